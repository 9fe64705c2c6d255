import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Built, buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import type { MemoryRegistryOptions } from '../../testdata/memory-registry.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { changesOf, type PlanChoices } from '../../testdata/mirroring.ts'
import type { Tag } from '../oci/reference.ts'
import { encodePlan } from './plan-file.ts'

/** Plans from these images into an empty target, and applies where everything is expected to be done. */
function mirror(
  t: TestContext,
  images: Readonly<Record<string, Built>>,
  options: MemoryRegistryOptions = {},
) {
  const made = memoryMirror(t, images, options)
  return {
    ...made,
    async apply(names: readonly string[], choices?: PlanChoices) {
      const { results } = await made.mirror(names, choices)
      assert.ok(results.every(({ outcome }) => outcome === 'done'))
    },
  }
}

const [one, two, three] = ['one', 'two', 'three'].map(seed => buildImage({ seed }))
assert.ok(one && two && three)

describe('the seven actions', () => {
  it('add: what is nowhere yet is copied', async t => {
    const { plan } = mirror(t, { 'app:1': one })
    const made = await plan(['app:1'])
    assert.deepEqual(changesOf(made), ['add ocp/app:1'])
    assert.equal(made.summary.blobsToTransfer, one.blobs.size)
    assert.equal(made.lineage, undefined)
  })

  it('adopt: what is there already is taken over without a byte', async t => {
    const { plan, target } = mirror(t, { 'app:1': one })
    target.hold('ocp/app', '1', one)
    const made = await plan(['app:1'])
    assert.deepEqual(changesOf(made), ['adopt ocp/app:1'])
    assert.ok(made.changes.every(change => !('reason' in change)))
    assert.deepEqual([made.summary.bytesToTransfer, made.summary.bytesMounted], [0, 0])
  })

  it('adopt: an index some of whose images are missing gets those, and only those', async t => {
    const index = buildMultiArch()
    const { plan, target } = mirror(t, { 'app:1': index })
    target.hold('ocp/app', '1', index)
    const lost = index.children[1]?.manifest.digest
    assert.ok(lost)
    target.content('ocp/app').manifests.delete(lost)
    const [change, ...rest] = (await plan(['app:1'])).changes
    assert.ok(change?.action === 'add' && rest.length === 0)
    assert.deepEqual(change.transfer, { blobs: [], manifests: [{ digest: lost }] })
    assert.match(change.reason ?? '', /not all that belongs to it/)
  })

  it('move: a tag that moved at the source keeps its old digest in the plan', async t => {
    const { plan, apply, put } = mirror(t, { 'app:1': one })
    await apply(['app:1'])
    put('app:1', two)
    const [change] = (await plan(['app:1'])).changes
    assert.ok(change?.action === 'move')
    assert.equal(change.from, one.manifest.digest)
    assert.equal(change.image.digest, two.manifest.digest)
  })

  it('repair: what was deleted at the target by hand is put back, without copying what is left of it', async t => {
    const { plan, apply, target } = mirror(t, { 'app:1': one, 'app:2': two })
    await apply(['app:1', 'app:2'])
    target.content('ocp/app').tags.delete('1' as Tag)
    target.content('ocp/app').manifests.delete(one.manifest.digest)
    const made = await plan(['app:1', 'app:2'])
    assert.deepEqual(changesOf(made), ['repair ocp/app:1'])
    assert.deepEqual([made.summary.bytesToTransfer, made.summary.keep], [0, 1])
  })

  it('keep: after an apply there is nothing to do', async t => {
    const { plan, apply } = mirror(t, { 'app:1': one, 'app:2': two })
    await apply(['app:1', 'app:2'])
    const made = await plan(['app:1', 'app:2'])
    assert.deepEqual(made.changes, [])
    assert.equal(made.summary.keep, 2)
  })

  it('delete: what is no longer wanted goes, and the plan says how', async t => {
    const { plan, apply } = mirror(t, { 'app:1': one, 'app:2': two })
    await apply(['app:1', 'app:2'])
    const made = await plan(['app:1'])
    const [change, ...rest] = made.changes
    assert.ok(change?.action === 'delete' && rest.length === 0)
    assert.deepEqual(change.removal.steps, [
      { do: 'delete-tag', tag: '2' },
      { do: 'delete-manifest', digest: two.manifest.digest, releases: ['2'] },
    ])
    const shared = [...two.blobs].filter(([digest]) => one.blobs.has(digest))
    const all = [...two.blobs].filter(entry => !shared.includes(entry))
    assert.equal(
      made.summary.bytesReclaimable,
      all.reduce((sum, [, bytes]) => sum + bytes.length, 0),
    )
  })

  it('delete: a tag on the same digest that stays is named, and nothing is reclaimed', async t => {
    const { plan, apply, target } = mirror(t, { 'app:1': one, 'app:2': two })
    await apply(['app:1', 'app:2'])
    target.content('ocp/app').tags.set('theirs' as Tag, two.manifest.digest)
    const made = await plan(['app:1'])
    const [change] = made.changes
    assert.ok(change?.action === 'delete')
    assert.deepEqual(change.removal, { steps: [{ do: 'delete-tag', tag: '2' }], sparedTags: ['theirs'] })
    assert.equal(change.reclaims, 0)
  })

  it('delete: a tag that leaves the digest in the same plan is not told to stay on it', async t => {
    const { plan, apply, put } = mirror(t, { 'app:1': one, 'app:2': one })
    await apply(['app:1', 'app:2'])
    put('app:1', two)
    const change = (await plan(['app:1'])).changes.find(({ action }) => action === 'delete')
    assert.ok(change?.action === 'delete')
    assert.deepEqual(change.removal.sparedTags, [])
  })

  it('forget: what is gone, or replaced, or protected only leaves the state', async t => {
    const names = ['app:1', 'gone:1', 'replaced:1', 'kept/safe:1']
    const { plan, apply, target } = mirror(t, Object.fromEntries(names.map(name => [name, one])))
    await apply(names)
    target.content('ocp/gone').tags.clear()
    target.hold('ocp/replaced', '1', two)
    const made = await plan(['app:1'], { protect: ['kept/**'] })
    assert.deepEqual(changesOf(made), [
      'forget ocp/gone:1',
      'forget ocp/kept/safe:1',
      'forget ocp/replaced:1',
    ])
  })
})

describe('what a plan sends', () => {
  it('each blob is copied once and mounted where else it is needed', async t => {
    const { plan } = mirror(t, { 'a:1': one, 'b:1': one, 'b:2': one })
    const { summary, changes } = await plan(['a:1', 'b:1', 'b:2'])
    assert.equal(summary.blobsToTransfer, one.blobs.size)
    assert.equal(summary.bytesMounted, summary.bytesToTransfer)
    const [, second, third] = changes
    assert.ok(second?.action === 'add' && third?.action === 'add')
    assert.ok(second.transfer.blobs.every(move => move.how === 'mount' && move.from === 'ocp/a'))
    assert.deepEqual(third.transfer.blobs, [])
  })

  it('a signature that appeared at the source is added to an image that is there', async t => {
    const { plan, apply, source } = mirror(t, { 'app:1': one })
    await apply(['app:1'])
    const signature = buildCosignSignature(one.manifest.digest)
    source.hold('app', signature.tag, signature)
    const [change, ...rest] = (await plan(['app:1'])).changes
    assert.ok(change?.action === 'add' && rest.length === 0)
    assert.deepEqual(change.transfer.manifests, [{ digest: signature.manifest.digest, tag: signature.tag }])
  })

  it('a signature that somebody else replaced at the target is left alone, and said so every time', async t => {
    const signature = buildCosignSignature(one.manifest.digest)
    const { plan, apply, source, target } = mirror(t, { 'app:1': one })
    await apply(['app:1'])
    source.hold('app', signature.tag, signature)
    target.hold('ocp/app', signature.tag, three)
    for (const made of [await plan(['app:1']), await plan(['app:1'])]) {
      assert.deepEqual(changesOf(made), ['keep ocp/app:1'])
      assert.match(made.notes.join(), /is left as it is/)
    }
  })

  it('another source of the same content only changes what the state says of it', async t => {
    const { plan, apply, source } = mirror(t, { 'app:1': one })
    await apply(['app:1'])
    source.hold('app', undefined, one)
    const made = await plan([`app:1@${one.manifest.digest}`])
    assert.deepEqual(changesOf(made), ['adopt ocp/app:1'])
    const [change] = made.changes
    assert.ok(change?.action === 'adopt')
    assert.equal(change.reason, 'comes from another source now')
    await apply([`app:1@${one.manifest.digest}`])
    assert.deepEqual((await plan([`app:1@${one.manifest.digest}`])).changes, [])
  })

  it('a wider platform choice sends the images that were left out', async t => {
    const index = buildMultiArch()
    const { plan, apply, target } = mirror(t, { 'app:1': index }, { abilities: { sparseIndex: 'yes' } })
    await apply(['app:1 linux/amd64'])
    const made = await plan(['app:1'])
    const [change] = made.changes
    assert.ok(change?.action === 'add')
    const arm64 = index.children[1]?.manifest.digest
    assert.deepEqual(change.transfer.manifests, [{ digest: arm64 }])
    await apply(['app:1'])
    assert.ok(arm64 && target.content('ocp/app').manifests.has(arm64))
    assert.deepEqual((await plan(['app:1'])).changes, [])
  })
})

it('the same inputs give the same plan, byte for byte', async t => {
  const { plan, apply, put } = mirror(t, { 'a:1': buildMultiArch(), 'b:1': one, 'c:1': one, 'd:1': two })
  await apply(['a:1', 'b:1', 'c:1', 'd:1'])
  put('b:1', three)
  const [first, second] = [await plan(['a:1', 'b:1']), await plan(['b:1', 'a:1'])]
  assert.equal(encodePlan(first), encodePlan(second))
  assert.deepEqual(changesOf(first), ['move ocp/b:1', 'delete ocp/c:1', 'delete ocp/d:1'])
})
