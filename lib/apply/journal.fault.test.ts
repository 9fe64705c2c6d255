/**
 * Disks and network file systems that give out under the state while an apply is at work: it ends at once and says why,
 * what was recorded counts, and the next apply goes on from there.
 */
import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { openStateFile } from '../../state/index.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { applyTo, planFor, sourcesOf } from '../../testdata/mirroring.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { StateError } from '../errors.ts'
import type { StateStore } from '../state.ts'

const NAMES = Array.from({ length: 12 }, (_, at) => `app-${at}`)
const FULL = new StateError('cannot write the journal: the disk is full (ENOSPC)', {
  hint: 'free some space',
})

function scene(t: TestEnd, make: (store: StateStore) => StateStore = store => store) {
  const source = new MemoryRegistry('src.example')
  const target = new MemoryRegistry('mirror.example', { prefix: 'ocp' })
  for (const name of NAMES) source.hold(name, '1', buildImage({ layers: [bytesFromSeed(name, 300)] }))
  const folder = path.join(temporaryFolder(t), 'state')
  const store = make(openStateFile(path.join(folder, 'mirror.state.json')))
  const setup = { target, store, sources: sourcesOf(source) }
  const plan = () =>
    planFor(
      setup,
      NAMES.map(name => `src.example/${name}:1`),
    )
  const uploads = () => target.mutations.filter(request => request.do === 'upload')
  return { target, setup, plan, uploads, folder }
}

/** A store whose journal takes so many entries and then no more; `write` fails too while `isFull` says so. */
function runningFull(store: StateStore, entries: number, disk: { isFull: boolean }): StateStore {
  let left = entries
  const check = (): void => {
    if (disk.isFull) throw FULL
  }
  return {
    name: store.name,
    read: () => store.read(),
    assertWritable: () => store.assertWritable(),
    lock: operation => store.lock(operation),
    holder: () => store.holder(),
    worker: () => store.worker(),
    unlock: () => store.unlock(),
    leftover: () => store.leftover(),
    dropJournal: () => store.dropJournal(),
    write: async state => {
      check()
      return store.write(state)
    },
    openJournal: async (lineage, target) => {
      const journal = await store.openJournal(lineage, target)
      return {
        append: async entry => {
          if (left-- <= 0) disk.isFull = true
          check()
          await journal.append(entry)
        },
        close: () => journal.close(),
      }
    },
  }
}

test('a disk that fills up under the journal ends the apply at once, and nothing recorded is sent again', async t => {
  const disk = { isFull: false }
  const { setup, plan, uploads, folder, target } = scene(t, store => runningFull(store, 5, disk))
  await mkdir(folder)
  const made = await plan()
  await assert.rejects(applyTo(setup, made, { parallelImages: 2, parallelBlobs: 2 }), FULL)
  const first = uploads()
  assert.ok(first.length <= 5 + 4, `${first.length} blobs were sent, of which only 5 could be recorded`)

  disk.isFull = false
  target.mutations.length = 0
  const store = openStateFile(path.join(folder, 'mirror.state.json'))
  const recorded = (await store.leftover())?.flatMap(entry =>
    entry.did === 'blob' ? [entry.blob.digest] : [],
  )
  assert.ok(recorded !== undefined && recorded.length > 0, 'the journal is still there')
  const again = await applyTo({ ...setup, store }, made)
  assert.equal(again.failed, 0)
  assert.deepEqual(
    uploads().filter(request => 'digest' in request && recorded.includes(request.digest)),
    [],
  )
  assert.equal(
    (
      await planFor(
        { ...setup, store },
        NAMES.map(name => `src.example/${name}:1`),
      )
    ).summary.keep,
    12,
  )
})

test('a folder of the state that goes away in the middle ends in words, and the next apply adopts what is there', async t => {
  const { setup, plan, uploads, folder, target } = scene(t)
  await mkdir(folder)
  const made = await plan()
  let requests = 0
  target.before = async () => {
    if (++requests === 30) await rm(folder, { recursive: true, force: true })
  }
  await assert.rejects(applyTo(setup, made), (error: unknown) => {
    assert.ok(error instanceof StateError, String(error))
    assert.match(error.message, /there is no folder .*state/)
    assert.match(error.hint ?? '', /mkdir -p/)
    return true
  })
  const sent = uploads().map(request => JSON.stringify(request))
  target.before = () => {}
  target.mutations.length = 0
  await mkdir(folder)
  const again = await applyTo(setup, await plan())
  assert.equal(again.failed, 0)
  assert.equal((await plan()).summary.keep, 12)
  const twice = uploads().filter(request => sent.includes(JSON.stringify(request)))
  assert.ok(twice.length < sent.length, 'whole images are adopted, not sent again')
})
