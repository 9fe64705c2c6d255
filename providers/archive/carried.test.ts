/** Archives as the only place images come from, with the target for what they were written without. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSource } from '../../lib/graph/naming.ts'
import { parseTag } from '../../lib/oci/reference.ts'
import type { RepositoryReader } from '../../lib/provider.ts'
import { farSideWith, writeArchive } from '../../testdata/archives.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { openArchive } from './archive.ts'
import { carriedSources } from './carried.ts'

const SIGNAL = new AbortController().signal
const base = bytesFromSeed('base', 5000)
const old = buildImage({ layers: [base] })
const next = buildImage({ layers: [base, { new: 'layer' }] })
const [layer = old.manifest.digest] = [...old.blobs.keys()].filter(
  digest => old.blobs.get(digest)?.length !== 0,
)

async function sizeOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of chunks) size += chunk.length
  return size
}

async function archives(t: TestEnd) {
  const [first, second] = [temporaryFolder(t), temporaryFolder(t)]
  await writeArchive(first, { 'app:1': old })
  await writeArchive(second, { 'app:2': next }, { farSide: farSideWith({ 'app:1': old }) })
  return { first: await openArchive(first), second: await openArchive(second) }
}

test('tags are those the images were collected by, in whichever archive they are', async t => {
  const { first, second } = await archives(t)
  const reader = carriedSources([second, first], () => undefined).open(parseSource('source.example/app:1'))
  assert.equal((await reader.resolve(parseTag('1'), SIGNAL))?.digest, old.manifest.digest)
  assert.equal((await reader.resolve(parseTag('2'), SIGNAL))?.digest, next.manifest.digest)
  assert.equal(await reader.resolve(parseTag('3'), SIGNAL), undefined)
  assert.equal((await reader.manifest(old.manifest.digest, SIGNAL)).bytes.length, old.manifest.bytes.length)
})

test('a blob that no archive has is read at the target, and where that has none either the error says what to do', async t => {
  const { second } = await archives(t)
  const descriptor = { mediaType: '', digest: layer, size: old.blobs.get(layer)?.length ?? 0 }
  const site = new MemoryRegistry('site.example')
  site.hold('app', '1', old)
  const there: RepositoryReader = site.repository('app' as never)
  const both = carriedSources([second], digest => (digest === layer ? there : undefined))
  const source = parseSource('source.example/app:2')
  assert.equal(await sizeOf(await both.open(source).blob(descriptor, SIGNAL)), descriptor.size)
  const alone = carriedSources([second], () => undefined)
  await assert.rejects(async () => sizeOf(await alone.open(source).blob(descriptor, SIGNAL)), {
    name: 'ArchiveError',
    status: 404,
  })
})
