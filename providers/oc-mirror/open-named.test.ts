import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { v1ArchiveFiles, writeTar, writeV2Archive } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { nameStored, openNamed, openRecorded, recordStored } from './index.ts'
import { SIGNAL } from './testing/read-back.ts'

const OLD = buildImage({ seed: 'old' })
const NEW = buildImage({ seed: 'new' })

test('files of one folder are one archive, and of the files in it only those that are named are read', async t => {
  const folder = temporaryFolder(t)
  const files = await writeV2Archive(folder, { 'acme/app:v1': OLD, 'acme/tool:v1': NEW }, { limit: 4000 })
  assert.ok(files.length > 2)
  const [whole, ...none] = await openNamed(files, SIGNAL)
  assert.deepEqual([whole?.problems, none], [[], []])
  const [part] = await openNamed(files.slice(0, -1), SIGNAL)
  assert.match(part?.problems.join() ?? '', /the last file is missing/)
  assert.deepEqual(
    part?.files,
    files.slice(0, -1).map(file => path.basename(file)),
  )
})

test('of several archives the newest comes first, however they are named', async t => {
  const [one, two] = [temporaryFolder(t), temporaryFolder(t)]
  await writeTar(path.join(one, 'mirror_seq1_000000.tar'), v1ArchiveFiles({ 'acme/app:v1': OLD }))
  await writeTar(path.join(two, 'mirror_seq2_000000.tar'), v1ArchiveFiles({ 'acme/app:v1': NEW }))
  for (const names of [
    [one, two],
    [two, one],
  ])
    assert.deepEqual(
      (await openNamed(names, SIGNAL)).map(({ folder }) => folder),
      [two, one],
    )
})

test('what different tools wrote comes as it is named, and where it differs the plan says so', async t => {
  const [one, two] = [temporaryFolder(t), temporaryFolder(t)]
  const v1 = path.join(one, 'mirror_seq1_000000.tar')
  await writeTar(v1, v1ArchiveFiles({ 'acme/app:v1': OLD, 'acme/tool:v1': OLD }))
  await writeV2Archive(two, { 'acme/app:v1': NEW, 'acme/tool:v1': OLD })
  for (const [names, folders, image] of [
    [[v1, two], [one, two], OLD],
    [[two, v1], [two, one], NEW],
  ] as const) {
    const opened = await openNamed(names, SIGNAL)
    assert.deepEqual(
      opened.map(({ folder }) => folder),
      folders,
    )
    const { images, problems } = await nameStored(opened, SIGNAL)
    assert.equal(images.find(({ repository }) => repository === 'acme/app')?.digest, image.manifest.digest)
    assert.equal(images.length, 2)
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^acme\/app:v1 is another image in .* nothing says which is newer/)
  }
})

test('what a plan recorded is opened again, and refused when it names other images by then', async t => {
  const folder = temporaryFolder(t)
  const [file = ''] = await writeV2Archive(folder, { 'acme/app:v1': OLD })
  for (const name of [folder, file]) {
    const [opened] = await openNamed([name], SIGNAL)
    assert.ok(opened)
    const recorded = await recordStored(opened, SIGNAL)
    assert.equal((await openRecorded(recorded, SIGNAL)).kind, 'oc-mirror-v2')
    await writeV2Archive(folder, { 'acme/app:v1': NEW })
    await assert.rejects(openRecorded(recorded, SIGNAL), {
      name: 'PlanError',
      message: /is not what the plan was made from/,
    })
    await writeV2Archive(folder, { 'acme/app:v1': OLD })
  }
})

test('files that are no archive, and archives of both versions, are refused by name', async t => {
  const folder = temporaryFolder(t)
  const [file = ''] = await writeV2Archive(folder, { 'acme/app:v1': OLD })
  const other = path.join(folder, 'images.tar')
  writeFileSync(other, '')
  await assert.rejects(openNamed([other], SIGNAL), { message: /images\.tar is no archive of oc-mirror/ })
  const v1 = path.join(folder, 'mirror_seq1_000000.tar')
  renameSync(other, v1)
  await assert.rejects(openNamed([file, v1], SIGNAL), { hint: 'import them one after the other' })
})
