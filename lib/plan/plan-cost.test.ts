import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { changesOf, planFor, sourcesOf } from '../../testdata/mirroring.ts'
import { PlanError } from '../errors.ts'

const NAMES = ['a:1', 'b:1', 'c/d:1', 'c/d:2', 'e:1']

async function mirrored(t: TestContext) {
  const images = NAMES.map(name => [name, buildMultiArch({ seed: name })] as const)
  const made = memoryMirror(t, Object.fromEntries(images))
  await made.mirror(NAMES)
  return made
}

describe('what planning asks of the target', () => {
  it('nothing changed: one HEAD for each image, and no content', async t => {
    const { plan, target } = await mirrored(t)
    const made = await plan(NAMES)
    assert.deepEqual(made.changes, [])
    assert.deepEqual(target.counts(), { 'HEAD abilities': 1, 'HEAD manifest': NAMES.length })
  })

  it('nothing changed and refresh off: nothing, of the source neither', async t => {
    const { plan, target, source } = await mirrored(t)
    const made = await plan(NAMES, { refresh: false })
    assert.deepEqual(made.changes, [])
    assert.deepEqual([...target.requests, ...source.requests], [])
  })

  it('much changed: HEADs and listings of tags, never content, and nothing that changes it', async t => {
    const { plan, target, source } = await mirrored(t)
    source.hold('a', '1', buildImage({ seed: 'moved' }))
    source.hold('new', '1', buildImage({ seed: 'new' }))
    target.content('ocp/b').tags.clear()
    const made = await plan(['a:1', 'b:1', 'c/d:1', 'new:1'])
    assert.deepEqual(changesOf(made), [
      'move ocp/a:1',
      'repair ocp/b:1',
      'add ocp/new:1',
      'delete ocp/c/d:2',
      'delete ocp/e:1',
    ])
    const kinds = Object.keys(target.counts()).sort()
    assert.deepEqual(kinds, ['GET tags', 'HEAD abilities', 'HEAD blob', 'HEAD manifest'])
    assert.deepEqual(target.mutations, [])
  })

  it('refresh off plans a new image without asking the target for it', async t => {
    const { plan, target, source } = await mirrored(t)
    source.hold('new', '1', buildImage({ seed: 'new' }))
    const [change, ...rest] = (await plan([...NAMES, 'new:1'], { refresh: false })).changes
    assert.ok(change?.action === 'add' && rest.length === 0)
    assert.equal(change.expect, 'unknown')
    assert.deepEqual(target.requests, [])
  })
})

describe('a part of the image set', () => {
  it('nothing outside of --only is asked for, changed or deleted', async t => {
    const { plan, target, source } = await mirrored(t)
    source.hold('a', '1', buildImage({ seed: 'moved' }))
    const made = await plan(['a:1', 'c/d:1'], { only: ['c/**'] })
    assert.deepEqual(changesOf(made), ['delete ocp/c/d:2'])
    const asked = target.requests
      .filter(({ what }) => what !== 'abilities')
      .map(request => request.repository)
    assert.deepEqual(new Set(asked), new Set(['ocp/c/d']))
  })

  it('what --exclude names stays, even when it is no longer wanted', async t => {
    const { plan } = await mirrored(t)
    assert.deepEqual(changesOf(await plan(['a:1'], { exclude: ['c/**', 'e'] })), ['delete ocp/b:1'])
  })

  it('an image that comes from another registry now is not deleted because --only names the old one', async t => {
    const { source, target, store } = await mirrored(t)
    const other = new MemoryRegistry('other.example')
    other.hold('a', '1', buildImage({ seed: 'other' }))
    const wanted = ['other.example/a:1', ...NAMES.slice(1).map(name => `src.example/${name}`)]
    const setup = { target, store, sources: sourcesOf(source, other) }
    const made = await planFor(setup, wanted, { only: ['src.example/**'] })
    assert.deepEqual(changesOf(made), [])
  })
})

describe('what is refused', () => {
  const refused = async (plan: Promise<unknown>, message: RegExp, hint: RegExp) =>
    assert.rejects(plan, (error: unknown) => {
      assert.ok(error instanceof PlanError)
      assert.match(error.message, message)
      assert.match(error.hint ?? '', hint)
      return true
    })

  it("a destination that holds somebody else's image", async t => {
    const { plan, target, source } = await mirrored(t)
    source.hold('new', '1', buildImage({ seed: 'new' }))
    target.hold('ocp/new', '1', buildImage({ seed: 'theirs' }))
    await refused(
      plan([...NAMES, 'new:1']),
      /ocp\/new:1 holds an image that is not ours/,
      /mirrorform import/,
    )
  })

  it('more deletes than allowed, unless it is said', async t => {
    const { plan } = await mirrored(t)
    await refused(plan(['a:1'], { maxDeletePercent: 20 }), /4 of 5 owned images/, /--allow-mass-delete/)
    const made = await plan(['a:1'], { maxDeletePercent: 20, allowMassDelete: true })
    assert.equal(made.summary.delete, 4)
    assert.equal(made.options.allowMassDelete, true)
  })

  it('everything, unless it is said', async t => {
    const { plan } = await mirrored(t)
    await refused(plan([], { destroy: true }), /every additional image/, /--allow-mass-delete/)
    assert.equal((await plan([], { destroy: true, allowMassDelete: true })).summary.delete, NAMES.length)
  })

  it('a sparse index where the target checks the children; a rewritten one is fine', async t => {
    const { plan, source } = await mirrored(t)
    source.hold('new', '1', buildMultiArch({ seed: 'new' }))
    const names = [...NAMES, 'new:1 linux/amd64']
    await refused(plan(names), /ocp\/new:1 \(linux\/amd64\)/, /--platform-index rewrite/)
    const [change] = (await plan(names, { platformIndex: 'rewrite' })).changes
    assert.ok(change?.action === 'add' && change.image.sourceDigest !== undefined)
  })

  it('deletes where the target has them disabled; --skip-deletes leaves the images', async t => {
    const { plan, target } = await mirrored(t)
    target.can = { ...target.can, deleteTag: 'no', deleteManifest: 'no' }
    await refused(
      plan(['a:1', 'b:1', 'c/d:1', 'e:1']),
      /deletes disabled \(405\): .*c\/d:2 cannot/,
      /--skip-deletes/,
    )
    const made = await plan(['a:1', 'b:1', 'c/d:1', 'e:1'], { skipDeletes: true })
    assert.deepEqual(changesOf(made), ['keep ocp/c/d:2'])
    assert.deepEqual([made.summary.delete, made.summary.keep], [0, 5])
    const [change] = made.changes
    assert.ok(change?.action === 'keep')
    assert.equal(change.reason, 'no longer wanted; it stays, because this plan deletes nothing')
  })

  it('nothing, where the target does not say whether it deletes: the images stay, with a reason', async t => {
    const { plan, target } = await mirrored(t)
    target.can = { ...target.can, deleteTag: 'unknown', deleteManifest: 'unknown' }
    const [change] = (await plan(['a:1', 'b:1', 'c/d:1', 'e:1'])).changes
    assert.ok(change?.action === 'keep')
    assert.match(change.reason, /does not say/)
  })

  it('several things at once are refused together', async t => {
    const { plan, target, source } = await mirrored(t)
    source.hold('new', '1', buildImage({ seed: 'new' }))
    target.hold('ocp/new', '1', buildImage({ seed: 'theirs' }))
    const made = plan(['new:1'], { maxDeletePercent: 20 })
    await refused(made, /not ours[\s\S]*\n.*5 of 5 owned images/, /import[\s\S]*\n.*--allow-mass-delete/)
  })
})
