import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { digestOf, hexOf } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openManifestCache } from './manifest-cache.ts'

const bytes = Buffer.from('{"schemaVersion":2,\n"layers":[]}\n')
const manifest: RawManifest = {
  digest: digestOf(bytes),
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  bytes,
}

test('a manifest that was kept comes back from another run byte for byte, with its media type', async t => {
  const folder = path.join(temporaryFolder(t), 'cache')
  assert.equal(await openManifestCache(folder).get(manifest.digest), undefined)
  await openManifestCache(folder).put(manifest)
  assert.deepEqual(await openManifestCache(folder).get(manifest.digest), manifest)
})

test('many manifests kept at once leave their files and nothing else', async t => {
  const folder = temporaryFolder(t)
  const many = Array.from({ length: 20 }, (_, at) => {
    const bytes = Buffer.from(`{"number":${at}}`)
    return { digest: digestOf(bytes), mediaType: manifest.mediaType, bytes }
  })
  await Promise.all([...many, ...many].map(openManifestCache(folder).put))
  const files = readdirSync(path.join(folder, 'manifests/sha256'))
  assert.deepEqual(files.sort(), many.map(({ digest }) => hexOf(digest)).sort())
})

test('a damaged manifest, and one of another layout, is not there', async t => {
  const folder = temporaryFolder(t)
  const cache = openManifestCache(folder)
  await cache.put(manifest)
  const file = path.join(folder, 'manifests/sha256', hexOf(manifest.digest))
  const kept = readFileSync(file)
  for (const content of [kept.subarray(0, -1), kept.subarray(0, 10), bytes, Buffer.alloc(0)]) {
    writeFileSync(file, content)
    assert.equal(await cache.get(manifest.digest), undefined)
  }
  await cache.put(manifest)
  assert.deepEqual(await cache.get(manifest.digest), manifest)
})

test('a folder that cannot be written costs nothing but the manifests', async t => {
  const file = path.join(temporaryFolder(t), 'a-file')
  writeFileSync(file, '')
  const cache = openManifestCache(file)
  await cache.put(manifest)
  assert.equal(await cache.get(manifest.digest), undefined)
})
