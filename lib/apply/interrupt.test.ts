import assert from 'node:assert/strict'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { plannedRequests } from '../plan/requests.ts'

const [one, two, three] = ['one', 'two', 'three'].map(seed => buildImage({ seed }))
assert.ok(one && two && three)
const IMAGES = { 'a:1': one, 'b:1': two, 'c:1': three }
const NAMES = Object.keys(IMAGES)

describe('the first interrupt', () => {
  it('lets what is in flight end, begins nothing new, and saves the state', async t => {
    const { plan, apply, target, store } = memoryMirror(t, IMAGES)
    const made = await plan(NAMES)
    const stop = new AbortController()
    target.before = ({ method, what, repository }) => {
      if (method === 'PUT' && what === 'manifest' && repository === 'ocp/a') stop.abort()
    }
    const result = await apply(made, { stopping: stop.signal, parallelImages: 1 })
    assert.deepEqual(outcomesOf(result), ['a:1 add done', 'b:1 add interrupted', 'c:1 add interrupted'])
    assert.deepEqual([result.done, result.failed, result.interrupted], [1, 0, 2])
    const state = (await store.read())?.state
    assert.equal(state?.images.length, 1)
    assert.equal(await store.leftover(), undefined)
    assert.equal(await store.holder(), undefined)
  })

  it('in the middle of an image keeps the blobs that were sent, and the next apply does not send them again', async t => {
    const { plan, apply, target, store } = memoryMirror(t, { 'a:1': one })
    const made = await plan(['a:1'])
    const stop = new AbortController()
    target.before = ({ method, what }) => {
      if (method === 'POST' && what === 'blob') stop.abort()
    }
    const first = await apply(made, { stopping: stop.signal, parallelBlobs: 1 })
    assert.deepEqual(outcomesOf(first), ['a:1 add interrupted'])
    assert.equal((await store.read())?.state.loose.length, 1)
    target.before = () => {}
    assert.deepEqual(outcomesOf(await apply(made)), ['a:1 add done'])
    const uploads = target.mutations.filter(({ do: what }) => what === 'upload')
    assert.equal(uploads.length, one.blobs.size)
    assert.deepEqual((await store.read())?.state.loose, [])
  })

  it('a new plan after it sends only what is missing', async t => {
    const { plan, apply, target } = memoryMirror(t, { 'a:1': one })
    const stop = new AbortController()
    target.before = ({ method }) => {
      if (method === 'POST') stop.abort()
    }
    await apply(await plan(['a:1']), { stopping: stop.signal, parallelBlobs: 1 })
    target.before = () => {}
    assert.equal((await plan(['a:1'])).summary.blobsToTransfer, one.blobs.size - 1)
  })

  it('before anything was begun changes nothing', async t => {
    const { plan, apply, target } = memoryMirror(t, IMAGES)
    const result = await apply(await plan(NAMES), { stopping: AbortSignal.abort() })
    assert.equal(result.interrupted, NAMES.length)
    assert.deepEqual(target.mutations, [])
  })
})

describe('the second interrupt', () => {
  it('breaks off what is in flight, and the next apply goes on without sending finished blobs again', async t => {
    const { plan, apply, target, store } = memoryMirror(t, IMAGES)
    const made = await plan(NAMES)
    const [stop, abort] = [new AbortController(), new AbortController()]
    target.before = ({ method, what, repository }) => {
      if (method !== 'POST' || what !== 'blob' || repository !== 'ocp/b') return
      stop.abort()
      abort.abort()
    }
    const first = await apply(made, {
      stopping: stop.signal,
      signal: abort.signal,
      parallelImages: 1,
      parallelBlobs: 1,
    })
    assert.deepEqual(outcomesOf(first), ['a:1 add done', 'b:1 add interrupted', 'c:1 add interrupted'])
    assert.equal((await store.read())?.state.images.length, 1)
    target.before = () => {}
    assert.deepEqual(outcomesOf(await apply(made)), ['a:1 add already', 'b:1 add done', 'c:1 add done'])
    const uploads = target.mutations.filter(({ do: what }) => what === 'upload')
    const planned = plannedRequests(made).filter(({ do: what }) => what === 'upload')
    assert.equal(uploads.length, planned.length)
  })
})

describe('a crash', () => {
  it('leaves a journal that the next apply replays, and tells of', async t => {
    const { plan, apply, target, store, statePath } = memoryMirror(t, IMAGES)
    const made = await plan(NAMES)
    const kept = `${statePath}.kept`
    target.before = async ({ method, what, repository }) => {
      if (method !== 'PUT' || what !== 'manifest' || repository !== 'ocp/c') return
      await copyFile(statePath, kept)
      await copyFile(`${statePath}.journal`, `${kept}.journal`)
    }
    await apply(made, { parallelImages: 1 })
    target.before = () => {}
    await writeFile(statePath, await readFile(kept))
    await writeFile(`${statePath}.journal`, await readFile(`${kept}.journal`))
    assert.equal((await store.read())?.state.images.length, 0)
    target.forgetRequests()
    const replays: number[] = []
    const result = await apply(made, { announce: ({ replayed }) => replays.push(replayed) })
    assert.deepEqual(replays, [2])
    assert.deepEqual(outcomesOf(result), ['a:1 add already', 'b:1 add already', 'c:1 add already'])
    assert.deepEqual(target.mutations, [])
    assert.equal((await store.read())?.state.images.length, 3)
    assert.equal(await store.leftover(), undefined)
  })

  it('is seen by a plan too, which counts what the journal tells as done', async t => {
    const { plan, apply, store } = memoryMirror(t, IMAGES)
    await apply(await plan(['a:1']))
    const loaded = await store.read()
    assert.ok(loaded)
    const { images, ...content } = loaded.state
    const [image] = images
    assert.ok(image)
    await store.write({ ...loaded.state, images: [] })
    const journal = await store.openJournal(loaded.state.lineage, loaded.state.target)
    await journal.append({ did: 'image', image, content })
    await journal.close()
    assert.deepEqual((await plan(['a:1'])).changes, [])
  })
})

it('a second apply on the same state is refused while one runs', async t => {
  const { plan, apply, target } = memoryMirror(t, { 'a:1': one })
  const made = await plan(['a:1'])
  let second: Promise<unknown> | undefined
  target.before = ({ method }) => {
    if (method === 'PUT') second ??= apply(made).catch((error: unknown) => error)
    return second?.then(() => {})
  }
  await apply(made)
  assert.match(String(await second), /StateError/)
})
