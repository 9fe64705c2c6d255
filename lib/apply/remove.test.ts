import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage, buildIndex, buildMultiArch } from '../../testdata/images.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { wantedImage } from '../../testdata/mirroring.ts'
import { PlaceError } from '../errors.ts'
import type { Tag } from '../oci/reference.ts'
import { plannedRequests } from '../plan/requests.ts'
import type { Ability } from '../provider.ts'

const [one, two, three] = ['one', 'two', 'three'].map(seed => buildImage({ seed }))
assert.ok(one && two && three)
const index = buildMultiArch()
const stays = { 'stays:1': three }

describe('deletes', () => {
  const abilities: readonly (readonly [Ability, Ability])[] = [
    ['yes', 'yes'],
    ['no', 'yes'],
    ['yes', 'no'],
  ]
  for (const [deleteTag, deleteManifest] of abilities)
    it(`with tags ${deleteTag} and manifests ${deleteManifest}: as planned, and tags on the same digest still work`, async t => {
      const images = { ...stays, 'app:1': index, 'app:2': index, 'app:3': one, 'app:4': two }
      const made = memoryMirror(t, images, { abilities: { deleteTag, deleteManifest } })
      const { plan, apply, mirror, target, source } = made
      const signature = buildCosignSignature(one.manifest.digest)
      source.hold('app', signature.tag, signature)
      await mirror(Object.keys(images))
      target.content('ocp/app').tags.set('theirs' as Tag, two.manifest.digest)
      const plan1 = await plan(['stays:1', 'app:1'])
      target.forgetRequests()
      const result = await apply(plan1)
      assert.deepEqual(outcomesOf(result).toSorted(), [
        'app:2 delete done',
        'app:3 delete done',
        'app:4 delete done',
      ])
      assert.deepEqual(target.mutations, plannedRequests(plan1))
      const { tags, manifests } = target.content('ocp/app')
      assert.deepEqual(new Set(tags.keys()), new Set(['1', 'theirs']))
      for (const { manifest } of [index, ...index.children, two]) assert.ok(manifests.has(manifest.digest))
      assert.equal(manifests.has(one.manifest.digest), deleteManifest !== 'yes')
      assert.deepEqual((await plan(['stays:1', 'app:1'])).changes, [])
    })

  it('of two tags on one digest are both done where deleting the digest takes both', async t => {
    const images = { ...stays, 'app:1': one, 'app:2': one }
    const { plan, apply, mirror, target } = memoryMirror(t, images, { abilities: { deleteTag: 'no' } })
    await mirror(Object.keys(images))
    const made = await plan(['stays:1'])
    target.forgetRequests()
    const result = await apply(made)
    assert.deepEqual(outcomesOf(result), ['app:1 delete done', 'app:2 delete done'])
    assert.equal(target.mutations.length, 1)
  })

  it('with displaced tags send the empty blob as planned, even where the repository has it', async t => {
    const images = { ...stays, 'app:1': one, 'app:2': one, 'app:3': one }
    const { plan, apply, mirror, target } = memoryMirror(t, images, { abilities: { deleteTag: 'no' } })
    await mirror(Object.keys(images))
    target
      .content('ocp/app')
      .blobs.set(
        'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' as never,
        Buffer.from('{}'),
      )
    const made = await plan(['stays:1', 'app:3'])
    target.forgetRequests()
    assert.equal((await apply(made)).done, 2)
    assert.deepEqual(target.mutations, plannedRequests(made))
    assert.deepEqual([...target.content('ocp/app').tags], [['3', one.manifest.digest]])
  })
})

describe('what changed between plan and apply keeps an image from being deleted', () => {
  const scene = async (t: Parameters<typeof memoryMirror>[0], names = { ...stays, 'app:1': index }) => {
    const made = memoryMirror(t, names)
    await made.mirror(Object.keys(names))
    return { ...made, planned: await made.plan(['stays:1']) }
  }
  const untouched = async (
    { apply, planned, target, store }: Awaited<ReturnType<typeof scene>>,
    why: RegExp,
  ) => {
    target.forgetRequests()
    const result = await apply(planned)
    assert.deepEqual(outcomesOf(result), ['app:1 delete failed'])
    assert.match(result.results[0]?.message ?? '', why)
    assert.deepEqual(target.mutations, [])
    assert.equal((await store.read())?.state.images.length, 2)
  }

  it('a tag that appeared on its digest', async t => {
    const made = await scene(t)
    made.target.content('ocp/app').tags.set('theirs' as Tag, index.manifest.digest)
    await untouched(made, /theirs appeared on it since the plan was made/)
  })

  it('a tag that appeared on one of its children', async t => {
    const made = await scene(t)
    const child = index.children[0]?.manifest.digest
    assert.ok(child)
    made.target.content('ocp/app').tags.set('theirs' as Tag, child)
    await untouched(made, /theirs appeared on it/)
  })

  it("somebody else's index that lists one of its children", async t => {
    const made = await scene(t)
    const [child] = index.children
    assert.ok(child)
    made.target.hold('ocp/app', 'theirs', buildIndex([child, one]))
    await untouched(made, /part of an image that stays/)
  })

  it('its own tag, which names something else', async t => {
    const made = await scene(t)
    made.target.hold('ocp/app', '1', one)
    await untouched(made, /app:1 changed since the plan was made: it is sha256/)
  })

  it('the state, which no longer holds it', async t => {
    const made = await scene(t)
    const loaded = await made.store.read()
    assert.ok(loaded)
    const images = loaded.state.images.filter(image => image.destination.repository !== 'ocp/app')
    await made.store.write({ ...loaded.state, images })
    made.target.forgetRequests()
    const result = await made.apply(made.planned)
    assert.match(result.results[0]?.message ?? '', /no longer an image that the state holds/)
    assert.deepEqual(made.target.mutations, [])
  })

  it('an image of ours that another plan has put there since, and that lists the same child', async t => {
    const made = await scene(t)
    const [child] = index.children
    assert.ok(child)
    made.put('app:new', buildIndex([child, one]))
    await made.apply(await made.plan(['stays:1', 'app:1', 'app:new']))
    made.target.forgetRequests()
    const result = await made.apply(made.planned)
    assert.match(result.results[0]?.message ?? '', /part of an image that stays/)
    assert.deepEqual(made.target.mutations, [])
  })

  for (const deleteTag of ['yes', 'no'] as const)
    it(`something else that asks for it since, where deleting tags is ${deleteTag}: then its digest stays for its other tag too`, async t => {
      const names = { ...stays, 'app:1': one, 'app:2': one }
      const made = memoryMirror(t, names, { abilities: { deleteTag } })
      await made.mirror(Object.keys(names))
      const planned = await made.plan(['stays:1'])
      const app = wantedImage('src.example/app:1')
      const sample = { kind: 'sample', name: 'app' } as const
      await made.mirror(['stays:1', 'app:2', { ...app, origins: [...app.origins, sample] }])
      const result = await made.apply(planned)
      assert.deepEqual(outcomesOf(result), ['app:1 delete failed', 'app:2 delete failed'])
      assert.match(
        result.results[0]?.message ?? '',
        /app:1 is asked for by sample app since the plan was made/,
      )
      assert.equal(made.target.content('ocp/app').tags.get('1' as Tag), one.manifest.digest)
      assert.ok(made.target.content('ocp/app').manifests.has(one.manifest.digest))
    })
})

it('a registry that says it deleted a tag and did not is found out', async t => {
  const { plan, apply, mirror, target, store } = memoryMirror(t, { ...stays, 'app:1': one })
  await mirror(['stays:1', 'app:1'])
  const made = await plan(['stays:1'])
  const tags = target.content('ocp/app').tags
  target.before = ({ method, reference }) => {
    if (method === 'HEAD' && reference === '1') tags.set('1' as Tag, one.manifest.digest)
    if (method === 'HEAD' && reference === '1')
      target.content('ocp/app').manifests.set(one.manifest.digest, one.manifest)
  }
  const result = await apply(made)
  assert.match(result.results[0]?.message ?? '', /still there after it was deleted/)
  assert.equal((await store.read())?.state.images.length, 2)
})

it('a delete the target refuses leaves the image in the state', async t => {
  const { plan, apply, mirror, target, store } = memoryMirror(t, { ...stays, 'app:1': one })
  await mirror(['stays:1', 'app:1'])
  const made = await plan(['stays:1'])
  target.before = ({ method }) => {
    if (method === 'DELETE') throw new PlaceError('403', { status: 403, hint: 'ask for the right to delete' })
  }
  const result = await apply(made)
  assert.equal(result.results[0]?.hint, 'ask for the right to delete')
  assert.equal((await store.read())?.state.images.length, 2)
})
