/** Archives whose writing was cut off, and what a later run makes of them. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { digestOf } from '../../lib/oci/digest.ts'
import { parseRepositoryPath } from '../../lib/oci/reference.ts'
import {
  type ArchiveImages,
  beginArchive,
  crashingDisk,
  finishWith,
  writeArchive,
} from '../../testdata/archives.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { pushImage } from '../../testdata/push.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import type { ArchiveDisk } from './disk.ts'
import { blob, isGood, pieces } from './testing/pushing.ts'

const SIGNAL = new AbortController().signal
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const APP = parseRepositoryPath('acme/app')
const IMAGES: ArchiveImages = {
  'acme/one:1': buildImage({ layers: [bytesFromSeed('one', 60_000)] }),
  'acme/two:1': buildImage({ layers: [bytesFromSeed('two', 60_000)] }),
}

test('an archive is never written over another one, finished or not', async t => {
  const folder = temporaryFolder(t)
  await writeArchive(folder, IMAGES)
  await assert.rejects(beginArchive(folder), /holds an archive already \(archive\.json\)/)
  const other = temporaryFolder(t)
  const target = await beginArchive(other, { volumeSize: 50_000 })
  await target.close()
  await assert.rejects(
    beginArchive(other, { volumeSize: 60_000 }),
    /unfinished archive with another volume size: 50000, not 60000/,
  )
  await assert.rejects(
    beginArchive(other, { volumeSize: 50_000, plan: digestOf('other') }),
    /with another plan/,
  )
})

test('progress whose volumes were lost or whose last line is torn counts as far as it goes', async t => {
  const folder = temporaryFolder(t)
  const target = await beginArchive(folder, { volumeSize: 70_000 })
  for (const [place, image] of Object.entries(IMAGES)) await pushImage(target, place.slice(0, -2), '1', image)
  await target.close()
  rmSync(path.join(folder, 'mirrorform-000002.tar'))
  const file = path.join(folder, 'archive.partial')
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"did":"entry","dig`)
  const again = await beginArchive(folder, { volumeSize: 70_000 })
  const there = await Promise.all(
    Object.values(IMAGES).flatMap(({ blobs }) =>
      [...blobs.values()].map(bytes => again.repository(APP).hasBlob(blob(bytes), SIGNAL)),
    ),
  )
  assert.ok(there.includes(true) && there.includes(false))
  for (const [place, image] of Object.entries(IMAGES)) await pushImage(again, place.slice(0, -2), '1', image)
  await finishWith(again, IMAGES)
  assert.ok(await isGood(folder))
})

test('a writer that was killed is gone on with: finished blobs are not read again', async t => {
  const folder = temporaryFolder(t)
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', KILLED, folder],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  child.stdout.setEncoding('utf8')
  for await (const said of child.stdout) if (String(said).includes('half')) break
  child.kill('SIGKILL')
  await once(child, 'exit')
  const blobs = Array.from({ length: 8 }, (_, at) => bytesFromSeed(`killed ${at}`, 3_000_000))
  const target = await beginArchive(folder, { volumeSize: 10_000_000 })
  const repository = target.repository(APP)
  let read = 0
  for (const bytes of blobs)
    await repository.pushBlob(
      blob(bytes),
      {
        open: async () => {
          read += 1
          return pieces(bytes, 50_000)
        },
      },
      SIGNAL,
    )
  assert.equal(read, 4)
  await finishWith(target, {})
  assert.deepEqual(
    readdirSync(folder).filter(name => !name.startsWith('mirrorform-')),
    ['archive.json'],
  )
  assert.ok(await isGood(folder))
})

/** Writes four blobs and hangs in the middle of the next four, which are written at the same time. */
const KILLED = `
  import { beginArchive } from './testdata/archives.ts'
  import { bytesFromSeed } from './testdata/bytes.ts'
  import { digestOf } from './lib/oci/digest.ts'
  const target = await beginArchive(process.argv[1], { volumeSize: 10000000 })
  const repository = target.repository('acme/app')
  const signal = new AbortController().signal
  let halves = 0
  const push = (at, all) => {
    const bytes = bytesFromSeed('killed ' + at, 3000000)
    async function* chunks() {
      yield bytes.subarray(0, 1200000)
      yield bytes.subarray(1200000, 2400000)
      if (all) return yield bytes.subarray(2400000)
      if (++halves === 4) console.log('half')
      await new Promise(resolve => setTimeout(resolve, 60000))
    }
    return repository.pushBlob({ mediaType: '', digest: digestOf(bytes), size: bytes.length }, { open: async () => chunks() }, signal)
  }
  await Promise.all([0, 1, 2, 3].map(at => push(at, true)))
  await Promise.all([4, 5, 6, 7].map(at => push(at, false)))`

test('wherever a crash strikes, even in the middle of a write or at the very end, the next run makes a good archive', async t => {
  let crashes = 0
  for (let writes = 0; ; writes++) {
    const folder = path.join(temporaryFolder(t), 'archive')
    const write = async (disk: ArchiveDisk | undefined): Promise<void> => {
      const target = await beginArchive(folder, { volumeSize: 70_000, disk })
      try {
        const pushes = Object.entries(IMAGES).map(([place, image]) =>
          pushImage(target, place.slice(0, -2), '1', image),
        )
        const failed = (await Promise.allSettled(pushes)).find(({ status }) => status === 'rejected')
        if (failed?.status === 'rejected') throw failed.reason
        await finishWith(target, IMAGES)
      } finally {
        await target.close()
      }
    }
    const crashed = await write(crashingDisk(writes)).then(
      () => false,
      () => true,
    )
    if (crashed) await write(undefined)
    assert.ok(await isGood(folder))
    if (!crashed) break
    crashes += 1
  }
  assert.ok(crashes > 20)
})

test('thousands of small blobs go in side by side, with few flushes and within the limit', async t => {
  const folder = temporaryFolder(t)
  const volumeSize = 1_000_000
  const target = await beginArchive(folder, { volumeSize })
  const repository = target.repository(APP)
  const blobs = Array.from({ length: 3000 }, (_, at) => Buffer.from(`blob ${at}`.repeat(1 + (at % 50))))
  for (let at = 0; at < blobs.length; at += 250)
    await Promise.all(
      blobs
        .slice(at, at + 250)
        .map(bytes => repository.pushBlob(blob(bytes), { open: async () => pieces(bytes) }, SIGNAL)),
    )
  const contents = await finishWith(target, {})
  for (const { name } of contents.volumes) assert.ok(statSync(path.join(folder, name)).size <= volumeSize)
  assert.equal(contents.entries.size, 3000)
  assert.ok(await isGood(folder))
})
