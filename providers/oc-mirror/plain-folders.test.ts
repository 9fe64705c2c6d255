import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { digestTag, parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import { skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import {
  type DiskFile,
  mirrorFolderFiles,
  storageFiles,
  writeDiskFiles,
  writeTar,
} from '../../testdata/oc-mirror-archives.ts'
import { pushToServer } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openImageMirrorFolder, openOcMirrorArchive, openRegistryStorage } from './index.ts'
import { assertReadsBack, SIGNAL } from './testing/read-back.ts'

const APP = buildImage({ seed: 'app' })
const OTHER = buildImage({ seed: 'other' })
const MULTI = buildMultiArch({ seed: 'multi' })

test('the storage folder of a real docker-registry, and an archive made of it, are read as that registry served them', {
  skip: skipWithout('docker-registry'),
}, async t => {
  const registry = await startDockerRegistry()
  t.after(() => registry.close())
  const images = { 'acme/app:v1': APP, 'acme/app:v2': OTHER, 'acme/deep/er/multi:latest': MULTI }
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag] = name.split(':')
    await pushToServer(registry.url, repository, tag, image)
  }
  await pushToServer(registry.url, 'acme/app', 'moved', APP)
  await pushToServer(registry.url, 'acme/app', 'moved', OTHER)
  const gone = await pushToServer(registry.url, 'acme/app', 'gone', buildImage({ seed: 'gone' }))
  const deleted = await fetch(`${registry.url}/v2/acme/app/manifests/${gone}`, { method: 'DELETE' })
  assert.equal(deleted.status, 202)

  const storage = await openRegistryStorage(registry.folder)
  for (const [name, image] of Object.entries(images)) await assertReadsBack(storage, name, image)
  const { images: listed, problems } = await storage.list(SIGNAL)
  assert.deepEqual(problems, [])
  assert.deepEqual(
    listed.map(({ repository, tag, digest }) => [`${repository}:${tag}`, digest]),
    [
      ['acme/app:moved', OTHER.manifest.digest],
      ['acme/app:v1', APP.manifest.digest],
      ['acme/app:v2', OTHER.manifest.digest],
      ['acme/deep/er/multi:latest', MULTI.manifest.digest],
    ],
  )

  const disc = temporaryFolder(t)
  const content = readdirSync(registry.folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .map((file): [string, DiskFile] => [path.relative(registry.folder, file), readFileSync(file)])
  await writeTar(path.join(disc, 'mirror_000001.tar'), new Map([...content, ['isc_2026', '']]))
  const archive = await openOcMirrorArchive(disc, SIGNAL)
  assert.deepEqual(archive.problems, [])
  assert.deepEqual((await archive.list(SIGNAL)).images, listed)
  for (const [name, image] of Object.entries(images)) await assertReadsBack(archive, name, image)
})

test('storage is found from the folder of a registry down to that of its repositories', async t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(path.join(folder, '.oc-mirror', '.cache'), storageFiles({ 'acme/app:v1': APP }))
  for (const below of ['', '.oc-mirror', '.oc-mirror/.cache', '.oc-mirror/.cache/docker/registry/v2'])
    await assertReadsBack(await openRegistryStorage(path.join(folder, below)), 'acme/app:v1', APP)
  await assert.rejects(openRegistryStorage(path.join(folder, 'none')), /is not the storage of a registry/)
})

test('an archive that somebody unpacked is read with its workspace', async t => {
  const folder = temporaryFolder(t)
  const workspace = [['working-dir/signatures/x', 'signed']] as const
  writeDiskFiles(folder, new Map([...storageFiles({ 'acme/app:v1': APP }), ...workspace]))
  const storage = await openRegistryStorage(folder)
  assert.deepEqual(await storage.documents(), ['working-dir/signatures/x'])
  await assertReadsBack(storage, 'acme/app:v1', APP)
})

test('a damaged link in a storage takes its tag along and nothing else', async t => {
  const folder = temporaryFolder(t)
  const tag = 'docker/registry/v2/repositories/acme/app/_manifests/tags/bad/current/link'
  writeDiskFiles(folder, new Map([...storageFiles({ 'acme/app:v1': APP }), [tag, 'sha256:12']]))
  const storage = await openRegistryStorage(folder)
  const { images, problems } = await storage.list(SIGNAL)
  assert.deepEqual(problems, ['the tag bad of acme/app leads nowhere'])
  assert.equal(images.length, 1)
  const app = storage.repository(parseRepositoryPath('acme/app'))
  await assert.rejects(app.resolve(parseTag('bad'), SIGNAL), /the tag bad of acme\/app .* leads nowhere/)
})

test('links of a folder that lead elsewhere are not followed', async t => {
  const folder = temporaryFolder(t)
  const secret = path.join(folder, 'secret')
  writeFileSync(secret, 'secret')
  const disc = path.join(folder, 'disc')
  writeDiskFiles(disc, storageFiles({ 'acme/app:v1': APP }))
  mkdirSync(path.join(disc, 'working-dir'))
  symlinkSync(secret, path.join(disc, 'working-dir', 'x'))
  const storage = await openRegistryStorage(disc)
  assert.deepEqual(await storage.documents(), [])
  for (const name of ['working-dir/x', 'working-dir/../../secret'])
    await assert.rejects(storage.document(name), { status: 404 })
})

test('a mirror folder is read from the folder of --dir, from its v2 and from a workspace of oc-mirror v1', async t => {
  const folder = temporaryFolder(t)
  writeDiskFiles(path.join(folder, 'oc-mirror-workspace', 'src'), mirrorFolderFiles({ 'acme/app:v1': APP }))
  for (const below of ['', 'oc-mirror-workspace', 'oc-mirror-workspace/src', 'oc-mirror-workspace/src/v2'])
    await assertReadsBack(await openImageMirrorFolder(path.join(folder, below)), 'acme/app:v1', APP)
  await assert.rejects(openImageMirrorFolder(path.join(folder, 'none')), /was not written by oc image mirror/)
})

test('a mirror folder written on Windows is read', async t => {
  const folder = temporaryFolder(t)
  const files = [...mirrorFolderFiles({ 'acme/app:v1': APP, 'acme/multi': MULTI })].map(([name, file]) => {
    const content = typeof file === 'object' && 'link' in file ? { link: file.link.replace(':', '-') } : file
    return [name.replaceAll(':', '-'), content] as const
  })
  writeDiskFiles(folder, new Map(files))
  const mirror = await openImageMirrorFolder(folder)
  await assertReadsBack(mirror, 'acme/app:v1', APP)
  await assertReadsBack(mirror, 'acme/multi', MULTI)
  const { images } = await mirror.list(SIGNAL)
  assert.deepEqual(
    images.map(({ repository, tag }) => [repository, tag]),
    [
      ['acme/app', 'v1'],
      ['acme/multi', undefined],
    ],
  )
})

test('where links were copied as files a tag is its manifest, also one that looks like a digest', async t => {
  const folder = temporaryFolder(t)
  const tag = digestTag(APP.manifest.digest)
  const files = new Map(mirrorFolderFiles({ 'acme/app': OTHER }))
  files.set(`v2/acme/app/manifests/${tag}`, OTHER.manifest.bytes)
  files.set('v2/acme/app/manifests/v1', OTHER.manifest.bytes)
  writeDiskFiles(folder, files)
  const { images } = await (await openImageMirrorFolder(folder)).list(SIGNAL)
  assert.deepEqual(
    images.map(image => [image.tag, image.digest]),
    [
      [tag, OTHER.manifest.digest],
      ['v1', OTHER.manifest.digest],
    ],
  )
})

test('children of an index that were left out on purpose are told apart from blobs that are lost', async t => {
  const folder = temporaryFolder(t)
  const [kept, left] = MULTI.children
  assert.ok(kept && left)
  const files = new Map(mirrorFolderFiles({ 'acme/multi:v1': MULTI }))
  for (const digest of [left.manifest.digest, ...left.blobs.keys()])
    for (const name of [...files.keys()]) if (name.endsWith(digest)) files.delete(name)
  writeDiskFiles(folder, files)
  const mirror = await openImageMirrorFolder(folder)
  const image = { repository: parseRepositoryPath('acme/multi'), digest: MULTI.manifest.digest }
  assert.deepEqual(await mirror.missing(image, SIGNAL), { manifests: [left.manifest.digest], blobs: [] })
  const [blob = ''] = [...kept.blobs.keys()]
  rmSync(path.join(folder, 'v2/acme/multi/blobs', blob))
  assert.deepEqual((await mirror.missing(image, SIGNAL)).blobs, [blob])
})
