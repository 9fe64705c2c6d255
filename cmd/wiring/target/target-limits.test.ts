/** Limits of a kind: Mirror file, down to the registry: time can only show that something was held back, never that it was fast. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReference } from '../../../lib/oci/reference.ts'
import { parseTarget } from '../../../lib/target.ts'
import { buildImage, bytesFromSeed } from '../../../testdata/images.ts'
import { pushToServer } from '../../../testdata/push.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import { openPlaces, type PlaceArguments } from '../places/open-places.ts'
import { type ParallelArguments, withRoute } from './target-settings.ts'

const ARGUMENTS: PlaceArguments & ParallelArguments = {
  srcTlsVerify: false,
  destTlsVerify: false,
  retryTimes: 0,
}
const SIGNAL = new AbortController().signal

/** Milliseconds for reading an image with one layer of 30 KiB, and how many requests that took. */
async function timeToRead(
  t: Parameters<typeof startTestRegistry>[0],
  limits: { maxRequestsPerSecond?: number; bandwidth?: string },
) {
  const registry = await startTestRegistry(t)
  const image = buildImage({ layers: [bytesFromSeed('layer', 30 * 1024)] })
  await pushToServer(registry.url, 'app', '1', image)
  registry.clearRequests()
  const env = { CONTAINERS_REGISTRIES_CONF: '/dev/null' }
  const home = temporaryFolder(t)
  const args = withRoute(ARGUMENTS, { limits })
  const places = await openPlaces(args, parseTarget(`docker://${registry.host}`), { env, home })
  try {
    const reference = parseReference(`${registry.host}/app:1`)
    const began = performance.now()
    const reader = places.sources.open({ kind: 'registry', reference })
    const { manifest } = image
    await reader.manifest(manifest.digest, SIGNAL)
    for (const [digest, bytes] of image.blobs) {
      const descriptor = { mediaType: 'application/octet-stream', digest, size: bytes.length }
      for await (const _ of await reader.blob(descriptor, SIGNAL));
    }
    return { took: performance.now() - began, requests: registry.requests.length }
  } finally {
    await places.close()
  }
}

test('maxRequestsPerSecond of a target holds requests back', async t => {
  const { took, requests } = await timeToRead(t, { maxRequestsPerSecond: 20 })
  assert.ok(requests >= 3, `${requests} requests`)
  assert.ok(took >= (requests - 1) * 50 - 5, `${requests} requests in ${took} ms`)
})

test('bandwidth of a target holds layers back', async t => {
  const { took } = await timeToRead(t, { bandwidth: '100KiB' })
  assert.ok(took >= 200, `30 KiB in ${took} ms`)
})
