import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { storageFiles, writeTar, writeV2Archive } from '../../testdata/oc-mirror-archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openOcMirrorArchive } from './index.ts'
import { assertReadsBack, SIGNAL } from './testing/read-back.ts'

const OLD = buildImage({ seed: 'old', layers: [bytesFromSeed('old', 9000)] })
const NEW = buildImage({ seed: 'new', layers: [bytesFromSeed('new', 9000)] })
const IMAGES = { 'acme/app:v1': OLD, 'acme/tool:v1': NEW }
const APP = parseRepositoryPath('acme/app')

function chunk(folder: string, number: number): string {
  return path.join(folder, `mirror_${String(number).padStart(6, '0')}.tar`)
}

test('names of repositories in oc-mirror v2 that do not fit a plain tar header are read', async t => {
  const folder = temporaryFolder(t)
  const name = `${Array.from({ length: 12 }, (_, at) => `component-number-${at}`).join('/')}:v1`
  await writeV2Archive(folder, { [name]: OLD })
  await assertReadsBack(await openOcMirrorArchive(folder, SIGNAL), name, OLD)
})

test('a link in a later file of an archive counts instead of one in an earlier file', async t => {
  const folder = temporaryFolder(t)
  await writeTar(chunk(folder, 1), storageFiles({ 'acme/app:v1': OLD }))
  await writeTar(chunk(folder, 2), storageFiles({ 'acme/app:v1': NEW }))
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  await assertReadsBack(archive, 'acme/app:v1', NEW)
  await assertReadsBack(archive, 'acme/app', OLD)
})

test('a file that was not brought is named, and so is every blob that was in it', async t => {
  const folder = temporaryFolder(t)
  const files = await writeV2Archive(folder, IMAGES, { limit: 5000 })
  assert.ok(files.length > 3, `${files.length} files`)
  const before = await openOcMirrorArchive(folder, SIGNAL)
  assert.deepEqual(before.problems, [])
  const lost = [...OLD.blobs].find(([, bytes]) => bytes.length > 5000)?.[0]
  const holds = files.findIndex(file => readFileSync(file).includes(`${lost?.slice(7)}/data`))
  rmSync(files[holds] ?? '')
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  assert.deepEqual(archive.problems, [`mirror_${String(holds + 1).padStart(6, '0')}.tar is missing`])
  const { images } = await archive.list(SIGNAL)
  const [image] = images
  assert.ok(image)
  const { blobs } = await archive.missing(image, SIGNAL)
  assert.deepEqual(blobs, [lost])
  const descriptor = { mediaType: 'x', digest: lost ?? OLD.manifest.digest, size: 1 }
  await assert.rejects(archive.repository(APP).blob(descriptor, SIGNAL), {
    status: 404,
    hint: /mirror_0000\d\d\.tar is missing; or an earlier archive may carry it/,
  })
  await assertReadsBack(archive, 'acme/tool:v1', NEW)
})

test('without its last file an archive says that the last file is missing', async t => {
  const folder = temporaryFolder(t)
  const files = await writeV2Archive(folder, IMAGES, { limit: 5000 })
  rmSync(files.at(-1) ?? '')
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  assert.match(archive.problems.join(), /the last file is missing/)
})

test('an image whose blobs an earlier archive carried is listed, and what of it is missing is told', async t => {
  const folder = temporaryFolder(t)
  const carried = new Set([OLD.manifest.digest, ...OLD.blobs.keys()])
  await writeV2Archive(folder, IMAGES, { without: carried })
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  const { images } = await archive.list(SIGNAL)
  assert.deepEqual(
    images.map(({ repository }) => repository),
    ['acme/app', 'acme/tool'],
  )
  await assert.rejects(archive.repository(APP).resolve(parseTag('v1'), SIGNAL), {
    status: 404,
    message: new RegExp(`^${OLD.manifest.digest} is missing from acme/app in oc-mirror v2 archive`),
    hint: /an earlier archive may carry it/,
  })
})

test('of a file that is cut short everything before the cut is read, and the cut is told', async t => {
  const folder = temporaryFolder(t)
  const [file = ''] = await writeV2Archive(folder, IMAGES)
  const whole = readFileSync(file)
  const lost = whole.indexOf(`${NEW.manifest.digest.slice(7)}/data`)
  truncateSync(file, lost + 700)
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  assert.match(archive.problems.join('; '), /^mirror_000001\.tar is cut short after \d+ bytes/)
  await assertReadsBack(archive, 'acme/app:v1', OLD)
  await assert.rejects(assertReadsBack(archive, 'acme/tool:v1', NEW), {
    hint: /is cut short after \d+ bytes/,
  })
})

test('a flipped byte in a blob is never delivered as that blob', async t => {
  const folder = temporaryFolder(t)
  const [file = ''] = await writeV2Archive(folder, IMAGES)
  const bytes = readFileSync(file)
  const [digest, content] = [...OLD.blobs].find(([, blob]) => blob.length > 5000) ?? []
  assert.ok(digest && content)
  const at = bytes.indexOf(content) + 4000
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  await assert.rejects(assertReadsBack(archive, 'acme/app:v1', OLD), {
    name: 'DigestMismatchError',
    message: new RegExp(`^${digest} in acme/app in oc-mirror v2 archive`),
  })
  await assertReadsBack(archive, 'acme/tool:v1', NEW)
})

test('a damaged header ends the reading of its file with the place', async t => {
  const folder = temporaryFolder(t)
  await writeTar(chunk(folder, 1), storageFiles({ 'acme/app:v1': OLD }))
  await writeTar(chunk(folder, 2), storageFiles({ 'acme/tool:v1': NEW }))
  const bytes = readFileSync(chunk(folder, 2))
  bytes[10] = 0x7f
  writeFileSync(chunk(folder, 2), bytes)
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  assert.match(archive.problems.join('; '), /mirror_000002\.tar is damaged at byte 0: no member begins there/)
  await assertReadsBack(archive, 'acme/app:v1', OLD)
})

test('a folder without an archive, and an archive of which nothing can be read, are refused', async t => {
  const folder = temporaryFolder(t)
  await assert.rejects(openOcMirrorArchive(folder, SIGNAL), {
    message: /^there is no archive of oc-mirror v2 in /,
    hint: /mirror_000001\.tar/,
  })
  writeFileSync(chunk(folder, 1), '')
  await assert.rejects(openOcMirrorArchive(folder, SIGNAL), {
    message: /^nothing of the oc-mirror v2 archive .* can be read: mirror_000001\.tar is empty$/,
  })
  await assert.rejects(openOcMirrorArchive(path.join(folder, 'none'), SIGNAL), /cannot read the folder/)
})

const HOSTILE = [
  [
    'a name that leads out of the folder',
    { name: 'working-dir/../../etc/passwd' },
    /member called "working-dir\/\.\./,
  ],
  ['an absolute name', { name: '/docker/registry/v2/blobs/x' }, /member called "\/docker/],
  ['a name with backslashes', { name: 'working-dir\\..\\x' }, /member called/],
  [
    'a symbolic link',
    { name: 'working-dir/x', type: 'symlink', linkname: '/etc/passwd' },
    /is a symbolic link to "\/etc\/passwd"/,
  ],
  ['a hard link', { name: 'working-dir/x', type: 'link', linkname: 'isc_1' }, /is a hard link to "isc_1"/],
  ['a device', { name: 'working-dir/x', type: 'character-device' }, /is no file: its type is "3"/],
] as const

for (const [what, member, message] of HOSTILE)
  test(`an archive of oc-mirror v2 with ${what} is refused`, async t => {
    const folder = temporaryFolder(t)
    await writeTar(chunk(folder, 1), storageFiles(IMAGES), [member])
    await assert.rejects(openOcMirrorArchive(folder, SIGNAL), {
      message,
      hint: /no mirroring tool writes that/,
    })
  })

test('what stands before the known folders in names does not matter, as for oc-mirror', async t => {
  const folder = temporaryFolder(t)
  const renamed = [...storageFiles(IMAGES)].map(([name, file]) => [`./cache/${name}`, file] as const)
  await writeTar(chunk(folder, 7), new Map(renamed))
  renameSync(chunk(folder, 7), path.join(folder, 'monday-mirror_000001.tar'))
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  await assertReadsBack(archive, 'acme/app:v1', OLD)
})

test('files of the workspace and the configuration are read by name, and nothing else is', async t => {
  const folder = temporaryFolder(t)
  const graph = 'hold-release/cincinnati-graph-data/amd64-stable-4.16.json'
  await writeV2Archive(folder, IMAGES, {
    workingDir: { [graph]: '{"nodes":[]}', 'logs/a.log': 'x'.repeat(5000) },
  })
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  assert.deepEqual(await archive.documents(), [
    'isc_2026-01-02T03:04:05Z',
    `working-dir/${graph}`,
    'working-dir/logs/a.log',
  ])
  assert.equal(Buffer.from(await archive.document(`working-dir/${graph}`)).toString(), '{"nodes":[]}')
  assert.equal((await archive.document('working-dir/logs/a.log')).length, 5000)
  for (const name of ['working-dir', 'working-dir/none', 'docker/registry/v2/repositories', '../x'])
    await assert.rejects(archive.document(name), { status: 404 }, name)
})

test('a file that disappears or cannot be read is an error that names it', async t => {
  const folder = temporaryFolder(t)
  const [file = ''] = await writeV2Archive(folder, IMAGES)
  const archive = await openOcMirrorArchive(folder, SIGNAL)
  rmSync(file)
  await assert.rejects(assertReadsBack(archive, 'acme/app:v1', OLD), {
    name: 'PlaceError',
    message: new RegExp(`^cannot read ${file}: ENOENT`),
  })
  const [digest, bytes] = [...OLD.blobs].find(([, blob]) => blob.length > 5000) ?? []
  assert.ok(digest && bytes)
  const blob = await archive.repository(APP).blob({ mediaType: 'x', digest, size: bytes.length }, SIGNAL)
  await assert.rejects(buffer(blob), { name: 'PlaceError', hint: /check the disc/ })
  mkdirSync(file)
  await assert.rejects(openOcMirrorArchive(folder, SIGNAL), {
    name: 'PlaceError',
    message: new RegExp(`^cannot read ${file}: EISDIR`),
  })
})

test('reading the headers of an archive can be interrupted', async t => {
  const folder = temporaryFolder(t)
  await writeV2Archive(folder, IMAGES)
  await assert.rejects(openOcMirrorArchive(folder, AbortSignal.abort()), { name: 'AbortError' })
})
