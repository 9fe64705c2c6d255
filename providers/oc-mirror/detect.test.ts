import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import {
  type DiskFiles,
  mirrorFolderFiles,
  storageFiles,
  writeDiskFiles,
} from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { type DetectedKind, detectSource, openStoredImages } from './index.ts'
import { SIGNAL } from './testing/read-back.ts'

const IMAGES = { 'acme/app:v1': buildImage() }
const WORKSPACE = ['working-dir/isc_pinned_2026-01-02T03:04:05Z.yaml', ''] as const

const FOLDERS: readonly (readonly [string, DiskFiles, DetectedKind])[] = [
  ['an archive of ours', new Map([['archive.json', '{}']]), 'archive'],
  ['volumes of ours without their list', new Map([['mirrorform-000001.tar', '']]), 'archive'],
  ['an OCI layout', new Map([['oci-layout', '{}']]), 'oci-layout'],
  [
    'an OCI layout without its marker',
    new Map([
      ['index.json', '{}'],
      ['blobs/sha256/x', ''],
    ]),
    'oci-layout',
  ],
  ['an archive of oc-mirror v2', new Map([['mirror_000001.tar', '']]), 'oc-mirror-v2'],
  [
    'an archive of oc-mirror v2 beside its workspace',
    new Map([['mirror_000001.tar', ''], WORKSPACE]),
    'oc-mirror-v2',
  ],
  ['an archive of oc-mirror v1', new Map([['mirror_seq12_000000.tar', '']]), 'oc-mirror-v1'],
  ['the storage of a registry', storageFiles(IMAGES), 'registry-storage'],
  ['an unpacked archive', new Map([...storageFiles(IMAGES), WORKSPACE]), 'registry-storage'],
  ['a folder of oc image mirror', mirrorFolderFiles(IMAGES), 'image-mirror'],
  ['the workspace of oc-mirror v2', new Map([WORKSPACE]), 'workspace'],
]

for (const [what, files, kind] of FOLDERS)
  test(`${what} is recognised`, async t => {
    const folder = temporaryFolder(t)
    writeDiskFiles(folder, files)
    assert.equal(await detectSource(folder), kind)
  })

test('what was not written by another tool as a copy of images is not opened as one', async t => {
  for (const [what, files, kind] of FOLDERS) {
    if (kind !== 'archive' && kind !== 'workspace') continue
    const folder = temporaryFolder(t)
    writeDiskFiles(folder, files)
    await assert.rejects(openStoredImages(folder, SIGNAL), { name: 'UsageError' }, what)
  }
})

test('a folder that is none of them says which are known', async t => {
  const folder = temporaryFolder(t)
  await assert.rejects(detectSource(folder), {
    hint: /^the folder is empty; known are: archives of mirrorform/,
  })
  writeDiskFiles(
    folder,
    new Map([
      ['notes/v2/readme.txt', 'x'],
      ['mirror_1.tar', ''],
    ]),
  )
  await assert.rejects(detectSource(folder), {
    message: `${folder} holds no images in a form that mirrorform reads`,
    hint: /mirror_seq1_000000\.tar/,
  })
})

test('archives of both versions in one folder, a file and a folder that is not there are told apart', async t => {
  const folder = temporaryFolder(t)
  const [v2, v1] = ['mirror_000001.tar', 'mirror_seq1_000000.tar']
  for (const name of [v1, v2]) writeFileSync(path.join(folder, name), '')
  await assert.rejects(detectSource(folder), { name: 'UsageError', hint: /folders of their own/ })
  await assert.rejects(detectSource(path.join(folder, v1)), {
    name: 'UsageError',
    hint: new RegExp(`${folder}$`),
  })
  await assert.rejects(detectSource(path.join(folder, 'none')), { hint: /disc is mounted/ })
})
