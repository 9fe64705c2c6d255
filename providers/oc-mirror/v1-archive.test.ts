import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { parseRepositoryPath } from '../../lib/oci/reference.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { layoutFiles, v1ArchiveFiles, writeTar } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openOcMirrorV1Archive } from './index.ts'
import { assertReadsBack, SIGNAL } from './testing/read-back.ts'

const FIRST = { 'acme/app:v1': buildImage({ seed: 'first' }) }
const SECOND = { ...FIRST, 'acme/tool:v1': buildMultiArch({ seed: 'second' }) }
const CARRIED = new Set(FIRST['acme/app:v1'].blobs.keys())

function file(folder: string, sequence: number, segment = 0): string {
  return path.join(folder, `mirror_seq${sequence}_${String(segment).padStart(6, '0')}.tar`)
}

test('the metadata of oc-mirror v1 says where images came from', async t => {
  const folder = temporaryFolder(t)
  await writeTar(file(folder, 1), v1ArchiveFiles(SECOND))
  const archive = await openOcMirrorV1Archive(folder, SIGNAL)
  const { images } = await archive.list(SIGNAL)
  assert.deepEqual(
    images.map(({ origin }) => origin),
    ['quay.io/acme/app:v1', 'quay.io/acme/tool:v1'],
  )
  assert.deepEqual(await archive.documents(), ['publish/.metadata.json'])
})

test('archives of several sequences in one folder are read together', async t => {
  const folder = temporaryFolder(t)
  await writeTar(file(folder, 1), v1ArchiveFiles(FIRST))
  await writeTar(file(folder, 2), v1ArchiveFiles(SECOND, CARRIED))
  const archive = await openOcMirrorV1Archive(folder, SIGNAL)
  assert.deepEqual(archive.problems, [])
  for (const [name, image] of Object.entries(SECOND)) await assertReadsBack(archive, name, image)
})

test('an archive of a later sequence alone says which sequences carry what it lacks', async t => {
  const folder = temporaryFolder(t)
  await writeTar(file(folder, 3), v1ArchiveFiles(SECOND, CARRIED))
  const archive = await openOcMirrorV1Archive(folder, SIGNAL)
  const { images } = await archive.list(SIGNAL)
  const [app] = images
  assert.ok(app)
  assert.deepEqual((await archive.missing(app, SIGNAL)).blobs, [...CARRIED].sort())
  const [blob = app.digest] = CARRIED
  const reading = archive.repository(app.repository).blob({ mediaType: 'x', digest: blob, size: 1 }, SIGNAL)
  await assert.rejects(reading, { status: 404, hint: /^archives of sequences below 3 may carry it/ })
  await assertReadsBack(archive, 'acme/tool:v1', SECOND['acme/tool:v1'])
})

test('sequences and segments that are missing between others are named', async t => {
  const folder = temporaryFolder(t)
  await writeTar(file(folder, 1), v1ArchiveFiles(FIRST))
  await writeTar(file(folder, 3, 1), v1ArchiveFiles(SECOND))
  const archive = await openOcMirrorV1Archive(folder, SIGNAL)
  assert.deepEqual(archive.problems, [
    'the archive of sequence 2 is missing',
    'mirror_seq3_000000.tar is missing',
  ])
})

test('without metadata, or with metadata that is none, images are read all the same', async t => {
  for (const [text, problem] of [
    [undefined, 'publish/.metadata.json is missing'],
    ['{', 'publish/.metadata.json cannot be read as metadata of oc-mirror v1'],
  ] as const) {
    const folder = temporaryFolder(t)
    const files = new Map(v1ArchiveFiles(FIRST))
    files.delete('publish/.metadata.json')
    if (text !== undefined) files.set('publish/.metadata.json', text)
    await writeTar(file(folder, 1), files)
    const archive = await openOcMirrorV1Archive(folder, SIGNAL)
    assert.deepEqual(archive.problems, [problem])
    await assertReadsBack(archive, 'acme/app:v1', FIRST['acme/app:v1'])
  }
})

test('a tag that links to no digest leads nowhere, and one that links out of its folder is refused', async t => {
  const folder = temporaryFolder(t)
  const files = v1ArchiveFiles(FIRST)
  await writeTar(file(folder, 1), new Map([...files, ['v2/acme/app/manifests/odd', { link: 'v1' }]]))
  const archive = await openOcMirrorV1Archive(folder, SIGNAL)
  assert.deepEqual((await archive.list(SIGNAL)).problems, ['the tag odd of acme/app leads nowhere'])
  const app = archive.repository(parseRepositoryPath('acme/app'))
  const tags = (await app.tags(SIGNAL))?.tags ?? []
  assert.deepEqual(tags, ['odd', 'v1'])
  await assert.rejects(app.resolve(tags[0] ?? FIRST['acme/app:v1'].manifest.digest, SIGNAL), /leads nowhere/)
  await writeTar(
    file(folder, 1),
    new Map([...files, ['v2/acme/app/manifests/odd', { link: '../../../etc/passwd' }]]),
  )
  await assert.rejects(
    openOcMirrorV1Archive(folder, SIGNAL),
    /is a symbolic link to "\.\.\/\.\.\/\.\.\/etc\/passwd"/,
  )
})

test('catalogs of oc-mirror v1 are none of its images, and are found by who asks for one', async t => {
  const folder = temporaryFolder(t)
  const catalog = buildMultiArch({ seed: 'catalog' })
  const layout = [...layoutFiles({ 'olm/demo-index:v1': catalog })]
  const place = 'catalogs/registry.example.com/olm/demo-index/v1/layout'
  const files = layout.map(([name, content]) => [`${place}/${name}`, content] as const)
  await writeTar(file(folder, 1), new Map([...v1ArchiveFiles(FIRST), ...files]))
  const archive = await openOcMirrorV1Archive(folder, SIGNAL)
  const { images } = await archive.list(SIGNAL)
  assert.deepEqual(
    images.map(({ repository }) => repository),
    ['acme/app'],
  )
  assert.match(
    archive.problems.join(),
    /^the catalog registry\.example\.com\/olm\/demo-index:v1 is brought only where/,
  )
  await assertReadsBack(archive, 'olm/demo-index:v1', catalog)
})
