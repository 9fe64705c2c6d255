import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildIndex,
  buildMultiArch,
} from '../../testdata/images.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { changesOf } from '../../testdata/mirroring.ts'
import { PlanError } from '../errors.ts'
import type { Tag } from '../oci/reference.ts'
import { plannedRequests } from '../plan/requests.ts'

const [one, two, three] = ['one', 'two', 'three'].map(seed => buildImage({ seed }))
assert.ok(one && two && three)

function sorted(requests: readonly object[]): readonly string[] {
  return requests.map(request => JSON.stringify(Object.entries(request).sort())).sort()
}

describe('applying a plan', () => {
  it('carries out all seven actions, and asks of the target exactly what the plan lists', async t => {
    const index = buildMultiArch()
    const images = {
      'moves:1': one,
      'repaired:1': two,
      'kept:1': index,
      'deleted:1': three,
      'deleted:2': three,
    }
    const { put, plan, apply, mirror, target, source, store } = memoryMirror(t, { ...images, 'gone:1': one })
    await mirror([...Object.keys(images), 'gone:1'])
    put('moves:1', buildMultiArch({ seed: 'moved' }))
    put('new:1', buildIndex([...index.children, one]))
    put('there:1', two)
    const signature = buildCosignSignature(index.manifest.digest)
    const sbom = buildArtifact({ artifactType: 'application/spdx+json', subject: index })
    source.hold('kept', signature.tag, signature)
    source.hold('kept', undefined, sbom)
    target.hold('ocp/there', '1', two)
    for (const gone of ['ocp/repaired', 'ocp/gone']) target.content(gone).tags.clear()
    const wanted = ['moves:1', 'repaired:1', 'kept:1', 'new:1', 'there:1', 'deleted:1']
    const made = await plan(wanted)
    target.forgetRequests()
    const result = await apply(made)
    assert.deepEqual(outcomesOf(result), [
      'kept:1 add done',
      'moves:1 move done',
      'new:1 add done',
      'repaired:1 repair done',
      'there:1 adopt done',
      'gone:1 forget done',
      'deleted:2 delete done',
    ])
    assert.deepEqual(sorted(target.mutations), sorted(plannedRequests(made)))
    assert.deepEqual([result.done, result.failed, result.interrupted], [7, 0, 0])
    assert.equal(result.blobsCopied, made.summary.blobsToTransfer)
    assert.equal(result.bytesCopied, made.summary.bytesToTransfer)
    const state = (await store.read())?.state
    assert.equal(state?.images.length, wanted.length)
    assert.deepEqual(state?.loose, [])
    assert.deepEqual((await plan(wanted)).changes, [])
    assert.ok(target.content('ocp/deleted').tags.has('1' as Tag))
  })

  it('twice does nothing the second time, says so, and leaves the state as it is', async t => {
    const { put, plan, apply, mirror, target, stateText } = memoryMirror(t, {
      'a:1': one,
      'b:1': two,
      'd:1': one,
    })
    await mirror(['a:1', 'b:1', 'd:1'])
    put('b:1', three)
    put('c:1', buildMultiArch())
    target.hold('ocp/e', '1', two)
    put('e:1', two)
    const made = await plan(['a:1', 'b:1', 'c:1', 'e:1'])
    assert.equal((await apply(made)).already, 0)
    const before = await stateText()
    target.forgetRequests()
    const again = await apply(made)
    assert.deepEqual(target.mutations, [])
    assert.deepEqual([again.done, again.already, again.failed], [0, made.changes.length, 0])
    assert.equal(await stateText(), before)
  })

  it('that changes nothing does not touch a byte of the state', async t => {
    const { plan, apply, mirror, stateText } = memoryMirror(t, { 'a:1': one })
    await mirror(['a:1'])
    const before = await stateText()
    const result = await apply(await plan(['a:1']))
    assert.deepEqual(result.results, [])
    assert.equal(await stateText(), before)
  })

  it('that was made without a state gives birth to one, of the lineage that follows from the plan', async t => {
    const { plan, apply, store } = memoryMirror(t, { 'a:1': one })
    const [made, same] = [await plan(['a:1']), await plan(['a:1'])]
    await apply(made)
    const lineage = (await store.read())?.state.lineage
    assert.match(lineage ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-8/)
    await apply(same)
    assert.equal((await store.read())?.state.lineage, lineage)
  })

  it('of another state is refused', async t => {
    const [mine, other] = [memoryMirror(t, { 'a:1': one }), memoryMirror(t, { 'a:1': two })]
    await mine.mirror(['a:1'])
    await other.mirror(['a:1'])
    mine.put('a:1', three)
    const made = await mine.plan(['a:1'])
    await assert.rejects(other.apply(made), PlanError)
    assert.deepEqual(other.target.mutations, [])
    const stateless = memoryMirror(t, { 'b:1': one })
    await assert.rejects(
      mine.apply(await stateless.plan(['b:1'])),
      /there was no state, and now there is one/,
    )
  })
})

describe('an item whose destination changed since the plan was made', () => {
  it('fails, the others are done, and nothing wrong gets into the state', async t => {
    const { plan, apply, target, store } = memoryMirror(t, { 'a:1': one, 'b:1': two })
    const made = await plan(['a:1', 'b:1'])
    target.hold('ocp/a', '1', three)
    const result = await apply(made)
    assert.deepEqual(outcomesOf(result), ['a:1 add failed', 'b:1 add done'])
    assert.equal(result.failed, 1)
    assert.match(result.results[0]?.message ?? '', /changed since the plan was made: it is sha256:/)
    assert.match(result.results[0]?.hint ?? '', /plan again/)
    const state = (await store.read())?.state
    assert.deepEqual(
      state?.images.map(image => image.destination.repository),
      ['ocp/b'],
    )
    assert.equal(target.content('ocp/a').tags.get('1' as Tag), three.manifest.digest)
  })

  it('and holds what the plan wants is done already', async t => {
    const { plan, apply, target, store } = memoryMirror(t, { 'a:1': one })
    const made = await plan(['a:1'])
    target.hold('ocp/a', '1', one)
    assert.deepEqual(outcomesOf(await apply(made)), ['a:1 add already'])
    assert.deepEqual(target.mutations, [])
    assert.equal((await store.read())?.state.images.length, 1)
  })

  it('holds what the plan wants but not all below it: the rest is sent', async t => {
    const index = buildMultiArch()
    const { plan, apply, target } = memoryMirror(t, { 'a:1': index })
    const made = await plan(['a:1'])
    target.hold('ocp/a', '1', index)
    const [child] = index.children
    assert.ok(child)
    target.content('ocp/a').manifests.delete(child.manifest.digest)
    for (const digest of child.blobs.keys()) target.content('ocp/a').blobs.delete(digest)
    assert.deepEqual(outcomesOf(await apply(made)), ['a:1 add done'])
    assert.equal(target.mutations.length, child.blobs.size + 1)
  })

  it('a signature that somebody put there meanwhile is not overwritten', async t => {
    const { plan, apply, target, source } = memoryMirror(t, { 'a:1': one })
    const signature = buildCosignSignature(one.manifest.digest)
    source.hold('a', signature.tag, signature)
    const made = await plan(['a:1'])
    target.hold('ocp/a', signature.tag, three)
    const result = await apply(made)
    assert.match(result.results[0]?.message ?? '', /\.sig changed since the plan was made/)
    assert.equal(target.content('ocp/a').tags.get(signature.tag), three.manifest.digest)
  })
})

describe('what is damaged or refused', () => {
  it('a blob with wrong bytes at the source fails its image, and nothing of it is at the target', async t => {
    const { plan, apply, source, target, store } = memoryMirror(t, { 'a:1': one, 'b:1': three })
    const made = await plan(['a:1', 'b:1'])
    const [digest, bytes] = [...one.blobs].at(-1) ?? []
    assert.ok(digest && bytes)
    source.content('a').blobs.set(digest, Buffer.alloc(bytes.length))
    const result = await apply(made)
    assert.deepEqual(outcomesOf(result), ['a:1 add failed', 'b:1 add done'])
    assert.match(result.results[0]?.message ?? '', /do not match their digest/)
    assert.ok(!target.content('ocp/a').blobs.has(digest))
    assert.equal(target.content('ocp/a').tags.size, 0)
    const state = (await store.read())?.state
    assert.equal(state?.images.length, 1)
    assert.equal(state?.loose.length, one.blobs.size - 1)
  })

  it('deletes wait when a send failed, and the next apply catches up', async t => {
    const { put, plan, apply, mirror, target } = memoryMirror(t, { 'a:1': one, 'b:1': two })
    await mirror(['a:1', 'b:1'])
    put('c:1', three)
    const made = await plan(['a:1', 'c:1'])
    target.before = ({ method, repository }) => {
      if (method === 'PUT' && repository === 'ocp/c') throw new Error('no room')
    }
    const result = await apply(made)
    assert.deepEqual(outcomesOf(result), ['c:1 add failed', 'b:1 delete failed'])
    assert.match(result.results[1]?.message ?? '', /not deleted, because other items failed/)
    assert.ok(target.content('ocp/b').tags.has('1' as Tag))
    target.before = () => {}
    assert.deepEqual(outcomesOf(await apply(made)), ['c:1 add done', 'b:1 delete done'])
    assert.deepEqual(changesOf(await plan(['a:1', 'c:1'])), [])
  })

  it('what the state believed in but the target has lost is sent all the same', async t => {
    const shared = buildImage({ layers: [{ a: 'base' }, { b: 'more' }] })
    const { put, plan, apply, mirror, target } = memoryMirror(t, {
      'a:1': buildImage({ layers: [{ a: 'base' }] }),
    })
    await mirror(['a:1'])
    target.content('ocp/a').blobs.clear()
    put('a:2', shared)
    const made = await plan(['a:1', 'a:2'], { refresh: false })
    assert.equal(made.summary.blobsToTransfer, shared.blobs.size - 1)
    assert.deepEqual(outcomesOf(await apply(made)), ['a:2 add done'])
    for (const digest of shared.blobs.keys()) assert.ok(target.content('ocp/a').blobs.has(digest))
  })
})
