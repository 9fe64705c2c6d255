/** The builders themselves: what they make is deterministic, and the real tools accept it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { digestOf } from '../lib/oci/digest.ts'
import { parseManifest } from '../lib/oci/manifest.ts'
import { parsePlatform } from '../lib/oci/platform.ts'
import { makeCertificates } from './certificates.ts'
import { skipWithout, startDockerRegistry, TEST_PASSWORD } from './docker-registry.ts'
import {
  allBlobsOf,
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildIndex,
  buildMultiArch,
  bytesFromSeed,
  manifestsOf,
  streamFromSeed,
} from './images.ts'
import { pushToServer } from './push.ts'
import { temporaryFolder } from './temp.ts'

const run = promisify(execFile)

test('bytes from a seed are the same every time, and a stream of them is the same bytes', async () => {
  const size = 1024 * 1024 + 17
  const whole = bytesFromSeed('a', size)
  assert.equal(whole.compare(bytesFromSeed('a', size)), 0)
  assert.notEqual(whole.compare(bytesFromSeed('b', size)), 0)
  assert.equal(whole.subarray(0, 100).compare(bytesFromSeed('a', 100)), 0)
  const chunks: Buffer[] = []
  for await (const chunk of streamFromSeed('a', size)) chunks.push(chunk)
  assert.equal(Buffer.concat(chunks).compare(whole), 0)
})

test('the same options build the same image, and every blob has the digest it is listed by', () => {
  const image = buildImage({ seed: 7 })
  assert.equal(image.manifest.digest, buildImage({ seed: 7 }).manifest.digest)
  assert.notEqual(image.manifest.digest, buildImage({ seed: 8 }).manifest.digest)
  assert.equal(digestOf(image.manifest.bytes), image.manifest.digest)
  for (const [digest, bytes] of image.blobs) assert.equal(digestOf(bytes), digest)
  const manifest = parseManifest(image.manifest, 'built')
  assert.ok(manifest.kind === 'image' && manifest.layers.length === 2)
})

test('a layer is a gzip-compressed tar that the system tar reads', async t => {
  const image = buildImage({ files: { 'etc/hello': 'hello\n', 'data.bin': bytesFromSeed(1, 1000) } })
  const manifest = parseManifest(image.manifest, 'built')
  assert.ok(manifest.kind === 'image')
  const layer = image.blobs.get(manifest.layers[0]?.digest ?? digestOf(''))
  assert.ok(layer !== undefined)
  assert.equal(gunzipSync(layer).length % 512, 0)
  const folder = temporaryFolder(t)
  writeFileSync(path.join(folder, 'layer.tgz'), layer)
  await run('tar', ['-xzf', 'layer.tgz'], { cwd: folder })
  assert.equal(readFileSync(path.join(folder, 'etc/hello'), 'utf8'), 'hello\n')
  assert.equal(readFileSync(path.join(folder, 'data.bin')).compare(bytesFromSeed(1, 1000)), 0)
})

test('an index lists its children in order with their platforms, and they are pushed before it', () => {
  const platforms = ['linux/amd64', 'linux/arm64/v8']
  const index = buildMultiArch({ seed: 1, platforms })
  const manifest = parseManifest(index.manifest, 'built')
  assert.ok(manifest.kind === 'index')
  assert.deepEqual(
    manifest.manifests.map(child => child.platform),
    platforms.map(parsePlatform),
  )
  assert.deepEqual(
    manifestsOf(index).map(each => each.manifest.digest),
    [...manifest.manifests.map(child => child.digest), index.manifest.digest],
  )
  assert.ok(allBlobsOf(index).size >= 5)
})

const BUILT = {
  'an OCI image': buildImage({ seed: 'oci' }),
  'a Docker image': buildImage({ seed: 'docker', mediaTypes: 'docker' }),
  'an OCI index': buildMultiArch({ seed: 'index' }),
  'a Docker manifest list': buildMultiArch({ seed: 'list', mediaTypes: 'docker' }),
  'an index in an index': buildIndex([buildMultiArch({ seed: 'inner' })]),
  'an artifact': buildArtifact({ artifactType: 'application/vnd.example', blobs: [Buffer.from('x')] }),
  'an artifact without content': buildArtifact({ artifactType: 'application/vnd.example' }),
  'a cosign signature': buildCosignSignature(buildImage({ seed: 'oci' }).manifest.digest),
} as const

test('docker-registry takes everything the builders make', {
  skip: skipWithout('docker-registry'),
}, async t => {
  const registry = await startDockerRegistry()
  t.after(registry.close)
  for (const [what, built] of Object.entries(BUILT)) {
    const digest = await pushToServer(registry.url, 'acme/app', 'v1', built)
    const answer = await fetch(`${registry.url}/v2/acme/app/manifests/v1`, {
      headers: { accept: built.manifest.mediaType },
    })
    assert.equal(answer.headers.get('docker-content-digest'), digest, what)
  }
})

test('skopeo copies and reads what the builders make', {
  skip: skipWithout('docker-registry', 'skopeo'),
}, async t => {
  const registry = await startDockerRegistry()
  t.after(registry.close)
  const folder = temporaryFolder(t)
  for (const name of ['an OCI image', 'a Docker image', 'an OCI index', 'a Docker manifest list'] as const) {
    await pushToServer(registry.url, 'acme/app', 'v1', BUILT[name])
    const from = `docker://${registry.host}/acme/app:v1`
    await run('skopeo', [
      'copy',
      '--all',
      '--src-tls-verify=false',
      from,
      `oci:${folder}:${name.replaceAll(' ', '-')}`,
    ])
  }
})

test('a registry with a password and a private certificate authority lets in only who knows and trusts', {
  skip: skipWithout('docker-registry', 'openssl'),
}, async t => {
  const tls = makeCertificates(temporaryFolder(t))
  const registry = await startDockerRegistry({ tls, htpasswd: { user: 'ann', password: TEST_PASSWORD } })
  t.after(registry.close)
  const ask = (ca: string | undefined, auth: string): Promise<number | string> =>
    new Promise(resolve => {
      const sent = request(`${registry.url}/v2/`, { ...(ca !== undefined && { ca }), auth }, answer => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      sent.once('error', error => resolve('code' in error ? String(error.code) : error.message))
      sent.end()
    })
  assert.equal(await ask(tls.pem.ca, `ann:${TEST_PASSWORD}`), 200)
  assert.equal(await ask(tls.pem.ca, 'ann:wrong'), 401)
  assert.match(String(await ask(undefined, `ann:${TEST_PASSWORD}`)), /VERIFY|ISSUER|SELF_SIGNED/)
})
