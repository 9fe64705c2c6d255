import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { writeDiskFiles } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { readMetadataFolder, readMetadataImage } from './v1-metadata-files.ts'

const SIGNAL = new AbortController().signal

test('metadata of oc-mirror v1 is found in the first folder that has it', async t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(path.join(folder, 'b'), new Map([['publish/.metadata.json', '{}']]))
  const folders = ['a', 'b'].map(name => path.join(folder, name))
  assert.deepEqual(await readMetadataFolder(folders), {
    text: '{}',
    name: path.join(folder, 'b/publish/.metadata.json'),
  })
  assert.equal(await readMetadataFolder(folders.slice(0, 1)), undefined)
})

test('metadata of oc-mirror v1 is the one file of an image, and an image without it is told of', async () => {
  const registry = new MemoryRegistry('reg.example')
  registry.hold('meta', 'latest', buildImage({ files: { 'publish/.metadata.json': '{"kind": "Metadata"}' } }))
  registry.hold('meta', 'other', buildImage())
  registry.hold('meta', 'index', buildMultiArch())
  const read = (tag: string) =>
    readMetadataImage(registry.repository(parseRepositoryPath('meta')), parseTag(tag), SIGNAL)
  const found = await read('latest')
  assert.equal(found?.text, '{"kind": "Metadata"}')
  assert.match(found?.name ?? '', /meta:latest$/)
  assert.equal(await read('gone'), undefined)
  for (const tag of ['other', 'index'])
    await assert.rejects(read(tag), { name: 'PlaceError', message: /has no publish\/\.metadata\.json/ })
})
