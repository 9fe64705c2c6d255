import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Built, buildCosignSignature, buildImage, buildIndex } from '../../testdata/images.ts'
import type { MemoryRequest } from '../../testdata/memory-registry.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { plannedRequests } from '../plan/requests.ts'
import { createDeliveries } from './deliveries.ts'

const base = { 'etc/os-release': 'ID=base\n' }
const [red, blue] = ['red', 'blue'].map(name => buildImage({ layers: [base, { 'bin/app': name }] }))
assert.ok(red && blue)

function sorted(requests: readonly object[]): readonly string[] {
  return requests.map(request => JSON.stringify(Object.entries(request).sort())).sort()
}

/** Holds requests back until something that should not wait for them has happened, or everything else is done. */
function hold(isHeld: (request: MemoryRequest) => boolean) {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { release: resolve, before: (request: MemoryRequest) => (isHeld(request) ? promise : undefined) }
}

/** Resolves when nothing is left to do but what is held back. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise(resolve => setImmediate(resolve))
}

describe('images that share content', () => {
  const scenes: readonly (readonly [string, Readonly<Record<string, Built>>])[] = [
    ['layers in one repository', { 'app:blue': blue, 'app:red': red }],
    ['layers in two repositories', { 'blue:1': blue, 'red:1': red }],
    ['children in one repository', { 'app:1': buildIndex([red, blue]), 'app:2': buildIndex([blue]) }],
    ['everything', { 'app:1': red, 'app:2': red, 'other:1': red }],
  ]
  for (const [what, images] of scenes)
    it(`${what}: the second waits for the first, however slow it is, and nothing is sent twice`, async t => {
      const { plan, apply, target } = memoryMirror(t, images)
      const names = Object.keys(images)
      const made = await plan(names)
      target.forgetRequests()
      const [first] = made.changes
      const { release, before } = hold(
        ({ repository, reference }) =>
          repository === first?.image.destination.repository && reference === first.image.destination.tag,
      )
      target.before = before
      const running = apply(made)
      await idle()
      release()
      const result = await running
      assert.equal(result.done, names.length)
      assert.deepEqual(sorted(target.mutations), sorted(plannedRequests(made)))
    })

  it('a signature that two tags share is sent once', async t => {
    const { plan, apply, target, source } = memoryMirror(t, { 'app:1': red, 'app:2': red })
    const signature = buildCosignSignature(red.manifest.digest)
    source.hold('app', signature.tag, signature)
    const made = await plan(['app:1', 'app:2'])
    target.forgetRequests()
    assert.equal((await apply(made)).done, 2)
    assert.deepEqual(sorted(target.mutations), sorted(plannedRequests(made)))
  })

  for (const [what, images] of scenes)
    it(`${what}: when the first fails before it has sent any, the second sends it itself`, async t => {
      const { plan, apply, target, store } = memoryMirror(t, images)
      const made = await plan(Object.keys(images))
      const [first, second] = made.changes
      target.hold(
        first?.image.destination.repository ?? '',
        first?.image.destination.tag,
        buildImage({ seed: 9 }),
      )
      target.can = { ...target.can, sparseIndex: 'yes' }
      const result = await apply(made)
      assert.deepEqual(
        result.results.map(({ outcome }) => outcome),
        made.changes.map((_, at) => (at === 0 ? 'failed' : 'done')),
      )
      assert.ok(second)
      const { manifests, blobs } = target.content(second.image.destination.repository)
      const state = (await store.read())?.state
      for (const image of state?.images ?? [])
        for (const digest of [image.digest, ...(state?.manifests.get(image.digest)?.manifests ?? [])])
          for (const blob of state?.manifests.get(digest)?.blobs ?? [])
            assert.ok(
              image.destination.repository !== second.image.destination.repository ||
                (manifests.has(digest) && blobs.has(blob)),
            )
    })

  it('a blob whose copy fails is sent by the image that wanted to mount it', async t => {
    const { plan, apply, target } = memoryMirror(t, { 'blue:1': blue, 'red:1': red })
    const made = await plan(['blue:1', 'red:1'])
    target.before = ({ method, repository }) => {
      if (method === 'POST' && repository === 'ocp/blue') throw new Error('connection reset')
    }
    assert.deepEqual(outcomesOf(await apply(made)), ['blue:1 add failed', 'red:1 add done'])
  })
})

describe('deliveries', () => {
  it('nobody waits for what nobody brings, nor for what they bring themselves', async t => {
    const { plan } = memoryMirror(t, { 'app:1': red })
    const [change] = (await plan(['app:1'])).changes
    assert.ok(change)
    const { repository } = change.image.destination
    const deliveries = createDeliveries([change])
    assert.equal(await deliveries.arrival(change, repository, blue.manifest.digest), true)
    assert.equal(await deliveries.arrival(change, repository, red.manifest.digest), true)
  })

  it('what has arrived stays arrived when the change ends', async t => {
    const { plan } = memoryMirror(t, { 'app:1': red, 'other:1': blue })
    const [change, other] = (await plan(['app:1', 'other:1'])).changes
    assert.ok(change && other)
    const { repository } = change.image.destination
    const deliveries = createDeliveries([change, other])
    const [first, ...rest] = [...red.blobs.keys()]
    assert.ok(first)
    deliveries.arrived(repository, first)
    deliveries.end(change)
    assert.equal(await deliveries.arrival(other, repository, first), true)
    for (const digest of rest) assert.equal(await deliveries.arrival(other, repository, digest), false)
  })
})
