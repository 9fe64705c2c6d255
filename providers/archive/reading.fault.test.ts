/** Archives that were lost in part, damaged or tampered with on their way. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { DigestMismatchError, UsageError } from '../../lib/errors.ts'
import { writeArchive } from '../../testdata/archives.ts'
import { seededRandom } from '../../testdata/seeded-random.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { volumeName } from './contents.ts'
import { decodeContents, encodeContents, withId } from './contents-file.ts'
import { ArchiveError, openArchive } from './index.ts'
import { tablesOf, volumeRecord } from './members.ts'
import { tarHeader } from './tar-header.ts'
import { badVolumes, carried, IMAGES, patch, readImage } from './testing/carried.ts'

const ONE = volumeName(1)
const TWO = volumeName(2)

test('a missing volume is named with the images on it, and the others are read', async t => {
  const { folder, file, contents } = await carried(t)
  const { volume } = contents.entries.get(
    [...(IMAGES['acme/second:1']?.blobs.keys() ?? [])].at(-1) ?? contents.id,
  )?.parts[0] ?? { volume: 0 }
  assert.ok(volume > 1)
  rmSync(file(volumeName(volume)))
  const archive = await openArchive(folder)
  await readImage(archive, 'acme/first:1')
  await assert.rejects(readImage(archive, 'acme/second:1'), (error: unknown) => {
    assert.ok(error instanceof ArchiveError)
    assert.match(
      error.message,
      new RegExp(`${volumeName(volume)} of file://.* is missing; on it: .*acme/second:1`),
    )
    assert.match(error.hint ?? '', /archive repair/)
    return true
  })
  const [bad, ...more] = await badVolumes(archive)
  assert.deepEqual([bad?.name, bad?.condition, more], [volumeName(volume), 'missing', []])
  assert.ok(bad?.images.includes('mirror.enc1.example/acme/second:1'))
})

test('swapped volumes are told by what they really are', async t => {
  const { folder, file } = await carried(t)
  renameSync(file(ONE), file('x'))
  renameSync(file(TWO), file(ONE))
  renameSync(file('x'), file(TWO))
  const archive = await openArchive(folder)
  await assert.rejects(readImage(archive, 'acme/first:1'), /it is mirrorform-000002\.tar under another name/)
  assert.deepEqual(
    (await badVolumes(archive)).map(({ name }) => name),
    [ONE, TWO],
  )
})

test('a volume that was cut short is damaged, and nothing is read from it', async t => {
  const { folder, file, contents } = await carried(t)
  truncateSync(file(ONE), 30_000)
  const archive = await openArchive(folder)
  await assert.rejects(
    readImage(archive, 'acme/first:1'),
    /cut short: 30000 of \d+ bytes; on it: .*acme\/first:1/,
  )
  const [bad] = await badVolumes(archive)
  assert.match(bad?.problems[0] ?? '', new RegExp(`cut short: 30000 of ${contents.volumes[0]?.size} bytes`))
  assert.ok(bad?.images.includes('mirror.enc1.example/acme/first:1'))
})

test('one flipped byte, wherever it is, is found by verify, and no wrong blob is ever read', async t => {
  const { folder, file, contents } = await carried(t)
  const random = seededRandom('flipped')
  const inContent = new Set(
    [...contents.entries.values()].flatMap(({ parts }) => parts.map(part => `${part.volume} ${part.offset}`)),
  )
  const places = [...contents.volumes.entries()].flatMap(([at, { size }]) =>
    [0, 600, 1030, size - 1, ...Array.from({ length: 12 }, () => random.between(0, size - 1))].map(
      offset => [at + 1, offset] as const,
    ),
  )
  assert.ok(inContent.size > 3)
  for (const [volume, offset] of places) {
    const name = file(volumeName(volume))
    const good = readFileSync(name)[offset] ?? 0
    patch(name, offset, Uint8Array.of(good ^ 0x10))
    const bad = await badVolumes(await openArchive(folder))
    assert.deepEqual(
      bad.map(each => each.name),
      [volumeName(volume)],
      `${offset} in ${volume}`,
    )
    patch(name, offset, Uint8Array.of(good))
  }
  assert.deepEqual(await badVolumes(await openArchive(folder)), [])
})

test('a flipped byte inside a blob costs the images that need the blob', async t => {
  const { folder, file, contents } = await carried(t)
  const blob = [...(IMAGES['acme/first:1']?.blobs.keys() ?? [])].at(-1) ?? contents.id
  const part = contents.entries.get(blob)?.parts[0]
  assert.ok(part)
  const name = file(volumeName(part.volume))
  patch(name, part.offset + 77, Uint8Array.of((readFileSync(name)[part.offset + 77] ?? 0) ^ 1))
  const archive = await openArchive(folder)
  const [bad] = await badVolumes(archive)
  assert.deepEqual([bad?.lost, bad?.images], [[blob], ['mirror.enc1.example/acme/first:1']])
  await assert.rejects(readImage(archive, 'acme/first:1'), DigestMismatchError)
  await readImage(archive, 'acme/third:1')
})

test('an edited archive.json is refused', async t => {
  const { folder, file } = await carried(t)
  const text = readFileSync(file('archive.json'), 'utf8')
  writeFileSync(file('archive.json'), text.replace('"acme/first"', '"acme/other"'))
  await assert.rejects(openArchive(folder), /archive\.json was changed after it was written/)
  writeFileSync(file('archive.json'), text.slice(0, text.length / 2))
  await assert.rejects(openArchive(folder), ArchiveError)
  writeFileSync(file('archive.json'), text.replace('"version": 1', '"version": 2'))
  await assert.rejects(openArchive(folder), /written by a newer mirrorform/)
})

test('an archive.json that was made up, with every digest right, is refused where it contradicts itself', async t => {
  const { folder, file, contents } = await carried(t)
  const [entry] = [...contents.entries.values()].filter(({ parts }) => parts.length === 1)
  assert.ok(entry)
  const moved = (offset: number) => {
    const parts = entry.parts.map(part => ({ ...part, offset: part.offset + offset }))
    return withId({
      ...contents,
      entries: new Map([...contents.entries, [entry.digest, { ...entry, parts }]]),
    })
  }
  for (const [changed, said] of [
    [moved(-512), /overlap/],
    [moved(512), /nothing is said of the bytes before|overlap/],
    [
      withId({
        ...contents,
        entries: new Map([...contents.entries].filter(([digest]) => digest !== entry.digest)),
      }),
      /nothing is said/,
    ],
    [withId({ ...contents, volumes: contents.volumes.toReversed() }), /contradicts itself/],
    [withId({ ...contents, unused: [{ volume: 10 ** 9, offset: 1024, length: 512 }] }), /does not exist/],
  ] as const) {
    writeFileSync(file('archive.json'), encodeContents(changed))
    await assert.rejects(openArchive(folder), said)
  }
})

test('a key that is none is refused before anything is written', async t => {
  const folder = path.join(temporaryFolder(t), 'archive')
  const pem = ({ privateKey }: { readonly privateKey: KeyObject }) =>
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  for (const [signingKey, said] of [
    ['no key', /is no PEM of a private key/],
    [pem(generateKeyPairSync('x25519')), /is of type x25519, not Ed25519, ECDSA or RSA/],
    [pem(generateKeyPairSync('rsa', { modulusLength: 1024 })), /has 1024 bits: RSA keys need at least 2048/],
  ] as const)
    await assert.rejects(writeArchive(folder, IMAGES, { signingKey }), (error: unknown) => {
      assert.ok(error instanceof UsageError)
      assert.match(error.message, said)
      return true
    })
  const format = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const
  const encrypted = generateKeyPairSync('ed25519').privateKey.export(format).toString()
  await assert.rejects(writeArchive(folder, IMAGES, { signingKey: encrypted }), /private key is encrypted/)
  assert.equal(existsSync(folder), false)
})

test('with a key, only what its owner signed is opened', async t => {
  const ours = generateKeyPairSync('ed25519')
  const theirs = generateKeyPairSync('ed25519')
  const pem = (key: typeof ours.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString()
  const signingKey = ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const { folder, file } = await carried(t, { signingKey })
  const verifyKey = pem(ours.publicKey)
  assert.equal((await openArchive(folder, { verifyKey })).isVerified, true)
  assert.equal((await openArchive(folder)).isVerified, false)
  const others = [
    theirs,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]
  for (const { publicKey } of others)
    await assert.rejects(
      openArchive(folder, { verifyKey: pem(publicKey) }),
      /is not a signature of archive\.json/,
    )
  await assert.rejects(openArchive(folder, { verifyKey: 'no key' }), UsageError)
  const read = decodeContents(readFileSync(file('archive.json'), 'utf8'), 'archive.json')
  const other = withId({ ...read, lineage: read.lineage?.replace(/.$/, '2') })
  writeFileSync(
    file('archive.json'),
    encodeContents({ ...other, volumes: tablesOf(other).map(volumeRecord) }),
  )
  await openArchive(folder)
  await assert.rejects(openArchive(folder, { verifyKey }), /is not a signature of archive\.json/)
  rmSync(file('archive.json.sig'))
  await assert.rejects(openArchive(folder, { verifyKey }), /is not signed/)
  rmSync(file('archive.json'))
  await openArchive(folder)
  await assert.rejects(openArchive(folder, { verifyKey }), /signature cannot be checked/)
})

const INTRUDERS: readonly (readonly [
  what: string,
  name: string,
  type: string,
  link: string,
  said: RegExp,
])[] = [
  ['a symbolic link', 'blobs/sha256/x', '2', '/etc/passwd', /a symbolic link to "\/etc\/passwd"/],
  ['a hard link', 'blobs/sha256/x', '1', 'oci-layout', /a hard link to "oci-layout"/],
  ['a way out of the folder', '../../etc/cron.d/x', '0', '', /\.\.\/\.\.\/etc\/cron\.d\/x/],
  ['an absolute name', '/etc/cron.d/x', '0', '', /the file "\/etc\/cron\.d\/x"/],
  ['a second oci-layout', 'oci-layout', '0', '', /oci-layout/],
  ['a device', 'dev', '3', '', /a member of type "3"/],
]

for (const [what, name, type, link, said] of INTRUDERS)
  test(`${what} in a volume is refused by name, with archive.json and without`, async t => {
    const folder = temporaryFolder(t)
    const { entries } = await writeArchive(folder, IMAGES)
    const volume = path.join(folder, ONE)
    const part = [...entries.values()].map(({ parts }) => parts[0]).find(each => each?.offset === 1536)
    assert.ok(part)
    patch(volume, 1024, intruder(name, type, link, part.length))
    await assert.rejects(readImage(await openArchive(folder), 'acme/first:1'), said)
    const [bad] = await badVolumes(await openArchive(folder))
    assert.match(bad?.problems.join() ?? '', said)
    rmSync(path.join(folder, 'archive.json'))
    await assert.rejects(openArchive(folder), said)
  })

/** A header with the right checksum. */
function intruder(name: string, type: string, link: string, size: number): Uint8Array {
  const header = tarHeader(name, size)
  header.write(type, 156)
  header.write(link, 157)
  header.write('        ', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
