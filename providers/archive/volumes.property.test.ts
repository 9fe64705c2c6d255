/** For any blobs and any limit: no volume is too large, everything reads back, and the same input gives the same bytes. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../../lib/oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import { beginArchive, finishWith } from '../../testdata/archives.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { pushImage } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import type { ArchiveContents } from './contents.ts'
import { openArchive, verifyArchive } from './index.ts'
import { minimumVolumeSize, VolumeRoom } from './volume-room.ts'

const SIGNAL = new AbortController().signal
const APP = parseRepositoryPath('acme/app')

interface Case {
  /** Sizes of blobs, bytes. */
  readonly sizes: readonly number[]
  readonly images: number
  readonly limit: number
  /** Blobs that are written at the same time. */
  readonly parallel: number
  /** Every so many blobs one comes damaged first. */
  readonly damaged: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  sizes: fc.array(fc.oneof(fc.nat(600), fc.nat(30_000), fc.constantFrom(0, 511, 512, 513, 1024)), {
    maxLength: 25,
  }),
  images: fc.nat(3),
  limit: fc.integer({ min: minimumVolumeSize(1000), max: 80_000 }),
  parallel: fc.integer({ min: 1, max: 6 }),
  damaged: fc.integer({ min: 2, max: 9 }),
})

/** Large first and small afterwards, so that what is left of volumes is used. */
async function write(
  folder: string,
  { sizes, images, limit, parallel, damaged }: Case,
): Promise<ArchiveContents> {
  const target = await beginArchive(folder, { volumeSize: limit, largestManifest: 1000 })
  const repository = target.repository(APP)
  const push = async (size: number, at: number): Promise<void> => {
    const bytes = bytesFromSeed(`${size} ${at}`, size)
    const descriptor = { mediaType: '', digest: digestOf(bytes), size }
    const open = (content: Uint8Array) => async () => chunks(content)
    if (size > 0 && at % damaged === 1)
      await assert.rejects(
        repository.pushBlob(descriptor, { open: open(bytesFromSeed('bad', size + 1)) }, SIGNAL),
      )
    await repository.pushBlob(descriptor, { open: open(bytes) }, SIGNAL)
  }
  for (let at = 0; at < sizes.length; at += parallel)
    await Promise.all(sizes.slice(at, at + parallel).map((size, more) => push(size, at + more)))
  for (let at = 0; at < images; at++) {
    await pushImage(target, 'acme/app', `v${at}`, buildImage({ seed: at }))
    await pushImage(target, 'acme/app', `other-name-of-v${at}`, buildImage({ seed: at }))
  }
  return finishWith(target, {})
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096)
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('any blobs, written side by side and with failures, lie within the limit and read back', async t => {
  const root = temporaryFolder(t)
  let runs = 0
  await fc.assert(
    fc.asyncProperty(cases, async each => {
      runs += 1
      const folder = path.join(root, String(runs))
      const { volumes } = await write(folder, each)
      for (const { name, size } of volumes) {
        assert.ok(size <= each.limit, `${name} has ${size} bytes, more than ${each.limit}`)
        assert.equal(readFileSync(path.join(folder, name)).length, size)
      }
      const archive = await openArchive(folder)
      const report = await verifyArchive(archive, { signal: SIGNAL })
      assert.deepEqual(
        report.volumes.flatMap(({ problems }) => problems),
        [],
      )
      const reader = archive.repository(APP)
      for (const [at, size] of each.sizes.entries()) {
        const bytes = bytesFromSeed(`${size} ${at}`, size)
        const found = await reader.blob({ mediaType: '', digest: digestOf(bytes), size }, SIGNAL)
        assert.ok(bytes.equals(await whole(found)))
      }
      for (let at = 0; at < each.images; at++)
        for (const tag of [`v${at}`, `other-name-of-v${at}`])
          assert.equal(
            (await reader.resolve(parseTag(tag), SIGNAL))?.digest,
            buildImage({ seed: at }).manifest.digest,
          )
      await rm(folder, { recursive: true })
    }),
    { numRuns: 25 },
  )
})

test('the same blobs in the same order give the same bytes, whatever came damaged in between', async t => {
  const root = temporaryFolder(t)
  let runs = 0
  await fc.assert(
    fc.asyncProperty(cases, async each => {
      runs += 1
      const folders = [path.join(root, `${runs} a`), path.join(root, `${runs} b`)] as const
      for (const folder of folders) await write(folder, { ...each, parallel: 1 })
      const [one, two] = folders.map(folder =>
        readdirSync(folder).map(name => [name, digestOf(readFileSync(path.join(folder, name)))]),
      )
      assert.deepEqual(one, two)
      for (const folder of folders) await rm(folder, { recursive: true })
    }),
    { numRuns: 8 },
  )
})

test('room that is taken and given back in any order is never given twice', () => {
  const step = fc.oneof(fc.nat(60_000), fc.constant('release' as const))
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80 }),
      fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
      (steps, picks) => {
        const room = new VolumeRoom(50_000)
        const taken: { volume: number; offset: number; length: number }[] = []
        for (const [at, size] of steps.entries()) {
          if (size === 'release') {
            const [gone] = taken.splice((picks[at] ?? 0) % Math.max(1, taken.length), 1)
            if (gone !== undefined) room.release(gone)
            continue
          }
          const place = room.reserve('blobs/x', size)
          const places = place === undefined ? room.reserveParts(part => `parts/x.${part}`, size) : [place]
          assert.equal(
            places.reduce((sum, each) => sum + each.size, 0),
            size,
          )
          taken.push(...places)
        }
        const regions = [...taken, ...room.unused()].sort(
          (a, b) => a.volume - b.volume || a.offset - b.offset,
        )
        for (const [at, { volume, offset, length }] of regions.entries()) {
          const before = regions[at - 1]
          const end = before?.volume === volume ? before.offset + before.length : 1024
          assert.equal(offset, end)
          assert.ok(offset + length <= 50_000)
        }
      },
    ),
    { numRuns: 200 },
  )
})
