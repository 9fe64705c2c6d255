/** Headers other tools understand, also for names and sizes the first tar could not say. */
import assert from 'node:assert/strict'
import { mkdtempSync, statSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { extract } from 'tar-stream'
import { digestOf } from '../../lib/oci/digest.ts'
import { bytesFromSeed } from '../../testdata/bytes.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { nodeDisk } from './disk.ts'
import { OpenVolumes } from './open-files.ts'
import { streamEntry } from './part-reader.ts'
import { writeParts } from './part-writer.ts'
import { headerSize, padded, readTarHeader, tarHeader } from './tar-header.ts'
import { blobName } from './volume-files.ts'
import { VolumeRoom } from './volume-room.ts'

const GiB = 2 ** 30
const SIGNAL = new AbortController().signal

async function namesIn(tar: Uint8Array): Promise<readonly (readonly [string, number | undefined])[]> {
  const found: (readonly [string, number | undefined])[] = []
  const reader = extract()
  reader.on('entry', (header, stream, next) => {
    found.push([header.name, header.size])
    stream.on('end', next).resume()
  })
  const read = new Promise<void>((resolve, reject) => reader.on('finish', resolve).on('error', reject))
  Readable.from([tar]).pipe(reader)
  await read
  return found
}

test('a header is one block for what a plain tar can say, and read back as it was', () => {
  const name = blobName(digestOf('x'))
  for (const size of [0, 1, 512, 8 * GiB - 1]) {
    const header = tarHeader(name, size)
    assert.equal(header.length, 512)
    assert.equal(headerSize(name, size), 512)
    assert.deepEqual(readTarHeader(header), { name, size, type: '0', link: '' })
  }
  assert.equal(readTarHeader(new Uint8Array(512)), undefined)
})

test('the name of a sha512 blob is said in an extended header', async () => {
  const name = blobName(digestOf('x', 'sha512'))
  const header = tarHeader(name, 3)
  assert.equal(header.length, headerSize(name, 3))
  const tar = Buffer.concat([header, Buffer.from('abc'), Buffer.alloc(padded(3) - 3), Buffer.alloc(1024)])
  assert.deepEqual(await namesIn(tar), [[name, 3]])
})

test('a size of 8 GiB and more is said in an extended header', () => {
  for (const size of [8 * GiB, 12 * GiB + 5, 2 ** 45]) {
    const header = tarHeader('blobs/sha256/x', size)
    assert.equal(header.length, 1536)
    assert.match(
      header.toString('latin1', 512, 1024),
      new RegExp(`^\\d+ path=blobs/sha256/x\\n\\d+ size=${size}\\n\\0`),
    )
  }
})

test('blobs beyond 4 GiB of a volume are written and read where they are', async t => {
  const folder = mkdtempSync(path.join(temporaryFolder(t), 'large-'))
  const room = new VolumeRoom(10 * GiB)
  room.occupy({ volume: 1, offset: 1024, length: 5 * GiB })
  const bytes = bytesFromSeed('far out', 100_000)
  const digest = digestOf(bytes)
  const name = blobName(digest)
  const place = room.reserve(name, bytes.length)
  assert.ok(place && place.offset > 5 * GiB)
  const volumes = new OpenVolumes(folder, nodeDisk)
  const expected = { digest, size: bytes.length }
  const parts = await writeParts(volumes, [{ ...place, name }], expected, Readable.from([bytes]), SIGNAL)
  await volumes.close()
  assert.ok(statSync(volumes.pathOf(1)).size > 5 * GiB)
  const stream = await streamEntry({ ...expected, parts }, volume => volumes.pathOf(volume), 'a test', SIGNAL)
  assert.ok(Buffer.concat(await Readable.from(stream).toArray()).equals(bytes))
})
