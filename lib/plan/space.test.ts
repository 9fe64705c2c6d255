import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { MirrorformError, PlanError } from '../errors.ts'

const [one, two] = ['one', 'two'].map(seed => buildImage({ seed }))
assert.ok(one && two)
const IMAGES = { 'a:1': one, 'b:1': two }
const NAMES = Object.keys(IMAGES)
const sizeOf = (blobs: ReadonlyMap<unknown, Uint8Array>) =>
  [...blobs.values()].reduce((sum, bytes) => sum + bytes.length, 0)

/** A target with so much space left. */
function shortOf(free: { bytes: number | undefined }, t: Parameters<typeof memoryMirror>[0]) {
  const made = memoryMirror(t, IMAGES)
  Object.assign(made.target, { freeBytes: async () => free.bytes })
  return made
}

function isShort(error: unknown): boolean {
  assert.ok(error instanceof PlanError)
  assert.match(
    error.message,
    /docker:\/\/mirror\.example\/ocp has not enough space: 1 MiB are to be copied, 0 MiB/,
  )
  assert.match(error.hint ?? '', /free some space/)
  return true
}

describe('a target that is short of space', () => {
  it('is found while planning', async t => {
    const free = { bytes: 10 }
    const { plan } = shortOf(free, t)
    await assert.rejects(plan(NAMES), isShort)
    free.bytes = sizeOf(one.blobs) + sizeOf(two.blobs)
    assert.equal((await plan(NAMES)).summary.add, 2)
  })

  it('that does not tell its space, or has nothing to take, is no problem', async t => {
    const free: { bytes: number | undefined } = { bytes: undefined }
    const { plan, apply } = shortOf(free, t)
    await apply(await plan(NAMES))
    free.bytes = 0
    assert.deepEqual((await plan(NAMES)).changes, [])
  })

  it('is found again by the apply, before anything is done', async t => {
    const free = { bytes: 1e9 }
    const { plan, apply, target, store } = shortOf(free, t)
    const made = await plan(NAMES)
    free.bytes = 10
    await assert.rejects(apply(made), isShort)
    assert.deepEqual(target.mutations, [])
    assert.equal(await store.read(), undefined)
    assert.equal(await store.holder(), undefined)
  })

  it('takes the rest of a plan that was applied in part before, if only that fits', async t => {
    const free = { bytes: 1e9 }
    const { plan, apply, target } = shortOf(free, t)
    const made = await plan(NAMES)
    target.before = ({ method, repository }) => {
      if (method === 'PUT' && repository === 'ocp/b') throw new MirrorformError('the wire was cut')
    }
    assert.deepEqual(outcomesOf(await apply(made)), ['a:1 add done', 'b:1 add failed'])
    target.before = () => {}
    free.bytes = 0
    assert.deepEqual(outcomesOf(await apply(made)), ['a:1 add already', 'b:1 add done'])
  })
})
