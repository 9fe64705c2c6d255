import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { buildImage } from '../../../testdata/images.ts'
import { storageFiles, writeDiskFiles, writeV2Archive } from '../../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { sortFromNames } from './from-names.ts'

const IMAGES = { 'acme/app:v1': buildImage() }

test('--from takes folders and files with and without their scheme, and knows our archives from those of others', async t => {
  const folder = temporaryFolder(t)
  const [ours, storage] = [path.join(folder, 'ours'), path.join(folder, 'storage')]
  const [file = ''] = await writeV2Archive(path.join(folder, 'theirs'), IMAGES)
  writeDiskFiles(ours, new Map([['archive.json', '{}']]))
  writeDiskFiles(storage, storageFiles(IMAGES))
  const rows = [
    [[`file://${ours}`, ours], { kind: 'archives', folders: [ours, ours] }],
    [[`file://${storage}`, `oci://${storage}`, file], { kind: 'stored', paths: [storage, storage, file] }],
  ] as const
  for (const [texts, expected] of rows) assert.deepEqual(await sortFromNames(texts), expected)
  await assert.rejects(sortFromNames([ours, storage]), {
    name: 'UsageError',
    message: /were written by different tools$/,
  })
  await assert.rejects(sortFromNames([ours, path.join(folder, 'nowhere')]), {
    name: 'PlaceError',
    message: /^there is nothing at .*nowhere$/,
    hint: /the disc is mounted$/,
  })
})

test('a registry and a workspace of oc-mirror v2 are no place to read images from after --from', async t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(folder, new Map([['working-dir/logs/a.log', '']]))
  await assert.rejects(sortFromNames([folder]), { hint: /mirrorform import --oc-mirror-workspace/ })
  await assert.rejects(sortFromNames(['docker://a.example']), { message: /is not an archive$/ })
})
