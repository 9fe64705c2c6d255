import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../testdata/bytes.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushImage } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { openTestTarget, SIGNAL } from './testing/scripted-registry.ts'

const IMAGE = buildImage({ seed: 'app' })
const SBOM = buildImage({ seed: 'sbom', artifactType: 'application/spdx+json', subject: IMAGE })

test('the embedded registry takes images and referrers, lists both, and lets go of tags alone', async t => {
  const server = await startTestRegistry(t)
  const { access, address, repository } = await openTestTarget(t, new URL(server.url).host)
  const target = access.target(address)
  await pushImage(target, 'acme/app', 'v1', IMAGE)
  await pushImage(target, 'acme/app', 'v2', IMAGE)
  await pushImage(target, 'acme/app', undefined, SBOM)
  const referrers = await repository.referrers(IMAGE.manifest.digest, SIGNAL)
  assert.deepEqual(
    referrers?.map(({ digest, artifactType }) => [digest, artifactType]),
    [[SBOM.manifest.digest, 'application/spdx+json']],
  )
  assert.deepEqual(
    await target.abilities(
      'acme/app' as never,
      ['deleteTag', 'deleteManifest', 'sparseIndex', 'referrersApi'],
      SIGNAL,
    ),
    { deleteTag: 'yes', deleteManifest: 'yes', sparseIndex: 'no', referrersApi: 'yes' },
  )
  await repository.deleteTag('v1' as never, SIGNAL)
  assert.deepEqual(await repository.tags(SIGNAL), { tags: ['v2'], complete: true })
  await repository.deleteManifest(IMAGE.manifest.digest, SIGNAL)
  assert.equal(await repository.resolve('v2' as never, SIGNAL), undefined)
})

test('the embedded registry mounts, and a blob comes back as it went in', async t => {
  const server = await startTestRegistry(t)
  const { access, address, repository } = await openTestTarget(t, new URL(server.url).host)
  const blob = bytesFromSeed('blob', 1_000_000)
  const descriptor = { mediaType: 'application/octet-stream', digest: digestOf(blob), size: blob.length }
  const open = async () =>
    (async function* () {
      yield blob
    })()
  assert.equal(await repository.pushBlob(descriptor, { open }, SIGNAL), 'uploaded')
  const other = access.target(address).repository('other' as never)
  assert.equal(await other.pushBlob(descriptor, { open, mountFrom: 'acme/app' as never }, SIGNAL), 'mounted')
  const chunks: Uint8Array[] = []
  for await (const chunk of await other.blob(descriptor, SIGNAL)) chunks.push(chunk)
  assert.deepEqual(Buffer.concat(chunks), blob)
})
