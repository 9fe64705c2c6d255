/** Archives whose writing meets full disks, bad sources and impossible limits. */
import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { DigestMismatchError, PlaceError } from '../../lib/errors.ts'
import { parseRepositoryPath, parseTag } from '../../lib/oci/reference.ts'
import {
  type ArchiveImages,
  beginArchive,
  finishWith,
  smallDisk,
  writeArchive,
} from '../../testdata/archives.ts'
import { buildImage, bytesFromSeed, manifestsOf } from '../../testdata/images.ts'
import { pushImage } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { minimumVolumeSize, openArchive } from './index.ts'
import { blob, isGood, pieces } from './testing/pushing.ts'

const SIGNAL = new AbortController().signal
const APP = parseRepositoryPath('acme/app')
const IMAGES: ArchiveImages = {
  'acme/one:1': buildImage({ layers: [bytesFromSeed('one', 60_000)] }),
  'acme/two:1': buildImage({ layers: [bytesFromSeed('two', 60_000)] }),
}

test('a limit that cannot hold the largest manifest is refused before anything is written', async t => {
  const folder = path.join(temporaryFolder(t), 'archive')
  const volumeSize = minimumVolumeSize(10_000) - 1
  await assert.rejects(beginArchive(folder, { volumeSize, largestManifest: 10_000 }), (error: unknown) => {
    assert.ok(error instanceof PlaceError)
    assert.match(error.message, /too small: the largest manifest has 10000 bytes/)
    assert.match(error.hint ?? '', new RegExp(`${volumeSize + 1} bytes or more`))
    return true
  })
  assert.equal(existsSync(folder), false)
})

test('the smallest limit is enough, and one manifest larger is refused by its digest', async t => {
  const folder = temporaryFolder(t)
  const { manifest } = buildImage({ seed: 'm' })
  const volumeSize = minimumVolumeSize(manifest.bytes.length)
  const images = { 'acme/app:1': buildImage({ seed: 'm' }) }
  const contents = await writeArchive(folder, images, { volumeSize, largestManifest: manifest.bytes.length })
  for (const { name } of contents.volumes) assert.ok(statSync(path.join(folder, name)).size <= volumeSize)
  assert.ok(await isGood(folder))
  const target = await beginArchive(temporaryFolder(t), { volumeSize })
  t.after(() => target.close())
  const large = buildImage({ annotations: { note: 'x'.repeat(volumeSize) } })
  await assert.rejects(
    pushImage(target, 'acme/app', '1', large),
    /manifest sha256:\w+ of \d+ bytes does not fit a volume/,
  )
})

test('a full disk stops the blob that does not fit; what is complete stays, and a later run goes on', async t => {
  const folder = temporaryFolder(t)
  const disk = smallDisk(100_000)
  const target = await beginArchive(folder, { disk })
  await assert.rejects(
    (async () => {
      for (const [place, image] of Object.entries(IMAGES))
        await pushImage(target, place.slice(0, -2), '1', image)
    })(),
    (error: unknown) => {
      assert.ok(error instanceof PlaceError)
      assert.equal(error.code, 'ENOSPC')
      assert.match(error.message, /cannot write .*mirrorform-000001\.tar: the disk is full/)
      assert.match(error.hint ?? '', /free some space/)
      return true
    },
  )
  await target.close()
  await assert.rejects(openArchive(folder), /is not finished/)
  const again = await beginArchive(folder)
  let read = 0
  for (const [place, image] of Object.entries(IMAGES))
    for (const { manifest, blobs } of manifestsOf(image)) {
      const repository = again.repository(parseRepositoryPath(place.slice(0, -2)))
      for (const bytes of blobs.values())
        await repository.pushBlob(
          blob(bytes),
          {
            open: async () => {
              read += bytes.length
              return pieces(bytes)
            },
          },
          SIGNAL,
        )
      await repository.pushManifest(manifest, parseTag('1'), SIGNAL)
    }
  assert.ok(read < 80_000)
  await finishWith(again, IMAGES)
  assert.ok(await isGood(folder))
})

test('a disk that is full at the very end leaves an archive that is finished later', async t => {
  const folder = temporaryFolder(t)
  const target = await beginArchive(folder)
  for (const [place, image] of Object.entries(IMAGES)) await pushImage(target, place.slice(0, -2), '1', image)
  await target.close()
  const disk = smallDisk(4_000)
  const full = await beginArchive(folder, { disk })
  await assert.rejects(finishWith(full, IMAGES), /cannot write .*mirrorform-000001\.tar: the disk is full/)
  disk.allow(100_000)
  await finishWith(full, IMAGES)
  assert.ok(await isGood(folder))
})

test('a blob that came damaged gives its room back, and the next try takes it', async t => {
  const folder = temporaryFolder(t)
  const target = await beginArchive(folder)
  const repository = target.repository(APP)
  const [good, next] = [bytesFromSeed('good', 20_000), bytesFromSeed('next', 5_000)]
  for (const wrong of [bytesFromSeed('bad', 20_000), good.subarray(1), Buffer.concat([good, good])])
    await assert.rejects(
      repository.pushBlob(blob(good), { open: async () => pieces(wrong) }, SIGNAL),
      DigestMismatchError,
    )
  assert.equal(await repository.hasBlob(blob(good), SIGNAL), false)
  await repository.pushBlob(blob(good), { open: async () => pieces(good) }, SIGNAL)
  await repository.pushBlob(blob(next), { open: async () => pieces(next) }, SIGNAL)
  const contents = await finishWith(target, {})
  assert.deepEqual(contents.unused, [])
  assert.ok((contents.volumes[0]?.size ?? 0) < 32_000)
  assert.ok(await isGood(folder))
})

test('room that nothing takes again is a file of zeros, so that the volume stays a tar', async t => {
  const folder = temporaryFolder(t)
  const target = await beginArchive(folder)
  const repository = target.repository(APP)
  const [bad, good] = [bytesFromSeed('bad', 20_000), bytesFromSeed('good', 21_000)]
  const begun = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const failing = repository.pushBlob(
    blob(bad),
    {
      open: async () =>
        (async function* () {
          yield bad.subarray(0, 15_000)
          begun.resolve()
          await goOn.promise
          throw new PlaceError('the source went away')
        })(),
    },
    SIGNAL,
  )
  await begun.promise
  await repository.pushBlob(blob(good), { open: async () => pieces(good) }, SIGNAL)
  goOn.resolve()
  await assert.rejects(failing, /the source went away/)
  const contents = await finishWith(target, {})
  assert.equal(contents.unused.length, 1)
  assert.ok(await isGood(folder))
})

test('a blob pushed twice at the same time is read once', async t => {
  const target = await beginArchive(temporaryFolder(t))
  const bytes = bytesFromSeed('twice', 20_000)
  let opened = 0
  const content = {
    open: async () => {
      opened += 1
      return pieces(bytes)
    },
  }
  const all = ['acme/app', 'acme/other', 'acme/third'].map(name =>
    target.repository(parseRepositoryPath(name)).pushBlob(blob(bytes), content, SIGNAL),
  )
  assert.deepEqual((await Promise.all(all)).sort(), ['mounted', 'mounted', 'uploaded'])
  assert.equal(opened, 1)
  await target.close()
})

test('where one of many that push the same blob fails, one other tries, and the rest wait for it', async t => {
  const folder = temporaryFolder(t)
  const target = await beginArchive(folder)
  const [good, bad] = [bytesFromSeed('once', 20_000), bytesFromSeed('bad', 20_000)]
  let opened = 0
  const content = {
    open: async () => {
      opened += 1
      return pieces(opened === 1 ? bad : good)
    },
  }
  const all = Array.from({ length: 5 }, () => target.repository(APP).pushBlob(blob(good), content, SIGNAL))
  const outcomes = (await Promise.allSettled(all)).map(each =>
    each.status === 'fulfilled' ? each.value : 'failed',
  )
  assert.deepEqual(outcomes.sort(), ['failed', 'mounted', 'mounted', 'mounted', 'uploaded'])
  assert.equal(opened, 2)
  assert.deepEqual((await finishWith(target, {})).unused, [])
  assert.ok(await isGood(folder))
})

test('an interrupted blob leaves nothing behind that counts', async t => {
  const target = await beginArchive(temporaryFolder(t))
  const stop = new AbortController()
  const bytes = bytesFromSeed('stopped', 20_000)
  const content = {
    open: async () =>
      (async function* () {
        yield bytes.subarray(0, 5_000)
        stop.abort()
        yield bytes.subarray(5_000)
      })(),
  }
  await assert.rejects(target.repository(APP).pushBlob(blob(bytes), content, stop.signal), {
    name: 'AbortError',
  })
  assert.equal(await target.repository(APP).hasBlob(blob(bytes), SIGNAL), false)
  await target.close()
})
