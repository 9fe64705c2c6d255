import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { makeImage, makeIndex, wantedMade } from '../../testdata/made-images.ts'
import { type MemoryMirror, memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { changesOf, never } from '../../testdata/mirroring.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import type { Tag } from '../oci/reference.ts'
import { decodePlan, encodePlan } from '../plan/plan-file.ts'
import { findUses } from '../report/uses.ts'
import { verifyState } from './verify.ts'

const base = buildImage({ seed: 'base' })
const made = makeImage(base, 'graph data')
const layer = digestOf('graph data')
const wanted = wantedMade(made, `src.example/ubi@${base.manifest.digest}`, 'graph:latest')

function setUp(t: Parameters<typeof memoryMirror>[0]): MemoryMirror {
  const mirror = memoryMirror(t, { 'ubi:latest': base })
  const signature = buildCosignSignature(base.manifest.digest)
  mirror.source.hold('ubi', signature.tag, signature)
  return mirror
}

async function stateOf({ store }: MemoryMirror) {
  const loaded = await store.read()
  assert.ok(loaded)
  return loaded.state
}

describe('an image that mirrorform puts together', () => {
  it('is planned without a question to the source: its digest is known, signatures of its base are not its own', async t => {
    const mirror = setUp(t)
    const plan = await mirror.plan([wanted])
    assert.deepEqual(changesOf(plan), ['add ocp/graph:latest'])
    assert.deepEqual(mirror.source.requests, [])
    const [change] = plan.changes
    assert.equal(change?.image.digest, made.root)
    assert.equal(change?.image.sourceDigest, base.manifest.digest)
    assert.deepEqual(change?.image.attachments, [])
    assert.deepEqual(new Set(plan.made.keys()), new Set(made.blobs.keys()))
  })

  it('is applied from the plan file: the source is asked for layers of the base and nothing else', async t => {
    const mirror = setUp(t)
    const plan = decodePlan(encodePlan(await mirror.plan([wanted])), 'p.json')
    const result = await mirror.apply(plan)
    assert.deepEqual(outcomesOf(result), ['graph:latest add done'])
    const asked = mirror.source.requests.map(
      ({ method, what, reference }) => `${method} ${what} ${reference}`,
    )
    const layers = [...base.blobs.keys()].slice(1)
    assert.deepEqual(asked.sort(), layers.map(digest => `GET blob ${digest}`).sort())
    assert.equal(mirror.target.content('ocp/graph').tags.get('latest' as Tag), made.root)
  })

  it('stays as it is while its input does, with and without questions, and keeps no bytes in the plan', async t => {
    const mirror = setUp(t)
    await mirror.mirror([wanted])
    for (const refresh of [true, false]) {
      const plan = await mirror.plan([wanted], { refresh })
      assert.deepEqual(plan.changes, [])
      assert.equal(plan.summary.keep, 1)
      assert.equal(plan.made.size, 0)
    }
    assert.deepEqual(mirror.source.requests, [])
  })

  it('moves when its input changes, and only what is new is sent', async t => {
    const mirror = setUp(t)
    await mirror.mirror([wanted])
    const next = makeImage(base, 'newer graph data')
    const plan = await mirror.plan([{ ...wanted, made: next }])
    assert.deepEqual(changesOf(plan), ['move ocp/graph:latest'])
    assert.deepEqual(new Set(plan.made.keys()), new Set(next.blobs.keys()))
    await mirror.apply(plan)
    assert.deepEqual(mirror.source.requests, [])
  })

  it('is repaired after the target lost it, blobs and all', async t => {
    const mirror = setUp(t)
    await mirror.mirror([wanted])
    const content = mirror.target.content('ocp/graph')
    content.tags.clear()
    content.manifests.clear()
    content.blobs.delete(layer)
    const plan = await mirror.plan([wanted])
    assert.deepEqual(changesOf(plan), ['repair ocp/graph:latest'])
    assert.ok(plan.made.has(layer))
    assert.deepEqual(outcomesOf(await mirror.apply(plan)), ['graph:latest repair done'])
    assert.ok(content.blobs.has(layer))
  })

  it('is verified and explained from the state alone', async t => {
    const mirror = setUp(t)
    await mirror.mirror([wanted])
    const state = await stateOf(mirror)
    const options = { target: mirror.target, parallel: 4, onBytes: () => {}, signal: never() }
    assert.deepEqual((await verifyState(state, { ...options, deep: true })).findings, [])
    const routes = (digest: Digest) => findUses(state, state.images, digest)[0]?.routes.map(({ via }) => via)
    assert.deepEqual(routes(layer), ['layer'])
    assert.deepEqual(routes(base.manifest.digest), ['base'])
  })

  it('may be an index that lists images of its base as they are', async t => {
    const other = buildImage({ seed: 'other platform' })
    const index = makeIndex(made, other)
    const mirror = setUp(t)
    mirror.source.hold('ubi', undefined, other)
    const result = await mirror.mirror([{ ...wanted, made: index }])
    assert.deepEqual(outcomesOf(result), ['graph:latest add done'])
    assert.ok(mirror.target.content('ocp/graph').manifests.has(other.manifest.digest))
  })

  it('that lost a blob at the target after it was planned fails with what to do', async t => {
    const mirror = setUp(t)
    await mirror.mirror([wanted])
    const content = mirror.target.content('ocp/graph')
    content.tags.clear()
    content.tags.set('other' as Tag, made.root)
    const plan = await mirror.plan([wanted])
    assert.deepEqual([...plan.made.keys()], [])
    content.manifests.clear()
    content.blobs.delete(layer)
    const [result] = (await mirror.apply(plan)).results
    assert.equal(result?.outcome, 'failed')
    assert.match(result.message ?? '', /neither the source nor the plan has blob/)
    assert.match(result.hint ?? '', /plan again/)
    assert.deepEqual(outcomesOf(await mirror.apply(await mirror.plan([wanted]))), [
      'graph:latest repair done',
    ])
  })

  it('is planned with what was chosen, and with what was read for it', async t => {
    const bytes = Buffer.from('a graph')
    const documents = [{ url: 'https://graph.example', digest: digestOf(bytes), bytes }]
    const selections = [{ title: 'channel stable-4.16 (x86_64)', kept: [], remarks: ['nothing is in it'] }]
    const plan = await setUp(t).plan([wanted], { selections, documents })
    const read = decodePlan(encodePlan(plan), 'p.json')
    assert.deepEqual(read.selections, selections)
    assert.deepEqual(Buffer.from(read.documents[0]?.bytes ?? []), bytes)
  })

  it('is refused where its bytes in the plan are not what its digest names', async t => {
    const mirror = setUp(t)
    const plan = await mirror.plan([wanted])
    const damaged = new Map([...plan.made, [layer, Buffer.from('graph dat!')] as const])
    const result = await mirror.apply({ ...plan, made: damaged })
    assert.deepEqual(outcomesOf(result), ['graph:latest add failed'])
    assert.match(result.results[0]?.message ?? '', /the plan's blob sha256:/)
  })
})
