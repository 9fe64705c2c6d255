/** Archives that come in pieces: volumes elsewhere, volumes alone, and volumes that are written again. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { DigestMismatchError } from '../../lib/errors.ts'
import { parseRepositoryPath } from '../../lib/oci/reference.ts'
import { blobsIn } from '../../testdata/archives.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { volumeName } from './contents.ts'
import { encodeContents } from './contents-file.ts'
import { fetchFrom, openArchive, repairVolume } from './index.ts'
import { badVolumes, carried, IMAGES, readImage, SIGNAL } from './testing/carried.ts'

const ONE = volumeName(1)

test('volumes may lie in other folders than archive.json', async t => {
  const { folder, file, contents } = await carried(t)
  const elsewhere = temporaryFolder(t)
  mkdirSync(path.join(elsewhere, 'disc'))
  for (const { name } of contents.volumes.slice(1)) renameSync(file(name), path.join(elsewhere, 'disc', name))
  const archive = await openArchive(folder, { folders: [path.join(elsewhere, 'disc')] })
  assert.deepEqual(await badVolumes(archive), [])
  for (const place of Object.keys(IMAGES)) await readImage(archive, place)
})

for (const [how, volumeSize] of [
  ['in one piece', 60_000],
  ['in several pieces, where volumes are small', 9_000],
] as const)
  test(`volumes alone are enough: the copy of archive.json is found ${how}`, async t => {
    const { folder, file, contents } = await carried(t, { volumeSize })
    if (volumeSize < 10_000) assert.ok(contents.copy.length > 1)
    const text = readFileSync(file('archive.json'), 'utf8')
    rmSync(file('archive.json'))
    const archive = await openArchive(folder)
    assert.equal(encodeContents(archive.contents), text)
    assert.deepEqual(await badVolumes(archive), [])
    rmSync(file(contents.volumes.at(-1)?.name ?? ''))
    await assert.rejects(
      openArchive(folder),
      /archive\.json is missing, and the volumes there do not hold all of its copy/,
    )
  })

test('a folder without an archive says so', async t => {
  await assert.rejects(openArchive(temporaryFolder(t)), /there is no archive in/)
  await assert.rejects(openArchive(path.join(temporaryFolder(t), 'nowhere')), /there is no archive in/)
})

test('any lost or damaged volume is written again alone from the sources, the same byte for byte', async t => {
  const { folder, file, contents } = await carried(t)
  const blobs = blobsIn(IMAGES)
  const manifests = new Map(Object.values(IMAGES).map(({ manifest }) => [manifest.digest, manifest.bytes]))
  const archive = await openArchive(folder)
  const asked = new Set<string>()
  const fetch = fetchFrom(
    contents,
    {
      open: () => ({
        ...archive.repository(parseRepositoryPath('acme/first')),
        name: 'source',
        resolve: async () => undefined,
        manifest: async digest => ({
          digest,
          mediaType: '',
          bytes: manifests.get(digest) ?? Buffer.alloc(0),
        }),
        async blob({ digest }) {
          asked.add(digest)
          return (async function* () {
            const bytes = blobs.get(digest) ?? Buffer.alloc(0)
            for (let at = 0; at < bytes.length; at += 7_000) yield bytes.subarray(at, at + 7_000)
          })()
        },
      }),
    },
    new Map(),
  )
  for (const [at, record] of contents.volumes.entries()) {
    const before = readFileSync(file(record.name))
    if (at === 0) truncateSync(file(record.name), 100)
    else rmSync(file(record.name))
    assert.deepEqual(await repairVolume(archive, record.name, fetch, { signal: SIGNAL }), record)
    assert.ok(before.equals(readFileSync(file(record.name))))
  }
  assert.equal(asked.size, blobs.size)
  await assert.rejects(
    repairVolume(archive, 'mirrorform-000099.tar', fetch, { signal: SIGNAL }),
    /has no volume/,
  )
})

test('a repair whose source has something else leaves the damaged volume as it is', async t => {
  const { folder, file } = await carried(t)
  const archive = await openArchive(folder)
  truncateSync(file(ONE), 100)
  copyFileSync(file(ONE), file('before'))
  const other = async () =>
    (async function* () {
      yield Buffer.from('something else')
    })()
  await assert.rejects(repairVolume(archive, ONE, other, { signal: SIGNAL }), DigestMismatchError)
  assert.ok(readFileSync(file(ONE)).equals(readFileSync(file('before'))))
})
