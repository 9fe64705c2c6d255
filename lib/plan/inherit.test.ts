/** A target that another tool filled, and its record of it: what a first plan keeps, moves and deletes, and sends of it. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Built, buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { type MemoryMirror, memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { changesOf, never, noCache } from '../../testdata/mirroring.ts'
import { parseRepositoryPath, parseTag } from '../oci/reference.ts'
import { destinationKey } from '../target.ts'
import { type InheritedClaim, inheritImages } from './inherit.ts'
import { decodePlan, encodePlan } from './plan-file.ts'

const [APP, TOOL, OLD] = ['app', 'tool', 'old'].map(seed => buildImage({ seed }))
const NEW = buildImage({ seed: 'new' })

function claimOf(name: string, image: Built | undefined): InheritedClaim {
  const [repository = '', tag = ''] = name.split(':')
  const path = parseRepositoryPath(repository)
  return {
    destination: { repository: parseRepositoryPath(`ocp/${repository}`), tag: parseTag(tag) },
    source: { kind: 'registry', reference: { host: 'src.example', path, tag: parseTag(tag) } },
    ...(image !== undefined && { digest: image.manifest.digest }),
    origins: [{ kind: 'additionalImage', name: `src.example/${name}` }],
  }
}

/** The target holds all three, and the other tool says so. */
async function filled(
  t: TestContext,
): Promise<MemoryMirror & { inherit(): ReturnType<typeof inheritImages> }> {
  assert.ok(APP && TOOL && OLD)
  const mirror = memoryMirror(t, { 'app:1': APP, 'tool:1': NEW })
  const images = { 'app:1': APP, 'tool:1': TOOL, 'old:1': OLD }
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag = ''] = name.split(':')
    mirror.target.hold(`ocp/${repository}`, tag, image)
  }
  const claims = Object.entries(images).map(([name, image]) => claimOf(name, image))
  return { ...mirror, inherit: () => inheritImages(claims, mirror.target, noCache, never()) }
}

describe('a target that another tool filled', () => {
  it('is ours as far as it is as that tool left it', async t => {
    const mirror = await filled(t)
    mirror.target.hold('ocp/tool', '1', NEW)
    const { state, absent, changed } = await mirror.inherit()
    assert.deepEqual(
      state.images.map(({ destination }) => destinationKey(destination)),
      ['ocp/app:1', 'ocp/old:1'],
    )
    assert.deepEqual([absent, changed], [0, 1])
    assert.deepEqual(mirror.target.mutations, [])
    const gone = await inheritImages([claimOf('gone:1', APP)], mirror.target, noCache, never())
    assert.deepEqual([gone.absent, gone.changed, gone.state.images], [1, 0, []])
  })

  it('is not ours where it changes while we look, and neither is what others attached to it', async t => {
    const mirror = await filled(t)
    const { target } = mirror
    assert.ok(OLD)
    const signature = buildCosignSignature(OLD.manifest.digest)
    target.hold('ocp/old', signature.tag, signature)
    let asked = 0
    target.before = ({ method, repository }) => {
      if (method === 'HEAD' && repository === 'ocp/app' && ++asked === 2) target.hold('ocp/app', '1', NEW)
    }
    const { state, changed } = await mirror.inherit()
    assert.equal(changed, 1)
    target.before = () => {}
    const plan = await mirror.plan(['tool:1'], { inherited: state })
    await mirror.apply(plan)
    assert.deepEqual([...target.content('ocp/old').tags.keys()], [signature.tag])
    assert.equal(target.content('ocp/app').tags.size, 1)
  })

  it('is ours by whichever of several records names what is there', async t => {
    const mirror = await filled(t)
    const claims = [
      claimOf('app:1', NEW),
      claimOf('app:1', APP),
      claimOf('tool:1', NEW),
      claimOf('tool:1', OLD),
    ]
    const { state, absent, changed } = await inheritImages(claims, mirror.target, noCache, never())
    assert.deepEqual(
      state.images.map(({ digest }) => digest),
      [APP?.manifest.digest],
    )
    assert.deepEqual([absent, changed], [0, 1])
  })

  it('is taken whatever its digest where that tool made the image itself', async t => {
    const mirror = await filled(t)
    mirror.target.hold('ocp/index', '1', buildMultiArch())
    const { state } = await inheritImages([claimOf('index:1', undefined)], mirror.target, noCache, never())
    assert.equal(state.images.length, 1)
    assert.equal(state.manifests.size, 3)
  })

  it('gets a first plan that adopts, moves and deletes, and an apply that does just that', async t => {
    const mirror = await filled(t)
    const { state: inherited } = await mirror.inherit()
    const plan = await mirror.plan(['app:1', 'tool:1'], { inherited })
    assert.deepEqual(changesOf(plan), ['adopt ocp/app:1', 'move ocp/tool:1', 'delete ocp/old:1'])
    assert.deepEqual(
      plan.takenOver?.map(({ destination }) => destinationKey(destination)),
      ['ocp/old:1', 'ocp/tool:1'],
    )
    const { state: again } = await mirror.inherit()
    const same = await mirror.plan(['app:1', 'tool:1'], { inherited: again })
    assert.equal(encodePlan(same), encodePlan(plan), 'the same answers give the same bytes')
    const read = decodePlan(encodePlan(plan), 'plan.json')
    assert.equal(encodePlan(read), encodePlan(plan))
    assert.deepEqual(outcomesOf(await mirror.apply(read)), [
      'app:1 adopt done',
      'tool:1 move done',
      'old:1 delete done',
    ])
    assert.deepEqual(changesOf(await mirror.plan(['app:1', 'tool:1'])), [])
  })

  it('is remembered whole also where the first apply does only a part', async t => {
    const mirror = await filled(t)
    const { state: inherited } = await mirror.inherit()
    await mirror.apply(await mirror.plan(['app:1', 'tool:1'], { inherited, only: ['app'] }))
    const next = await mirror.plan(['app:1', 'tool:1'])
    assert.deepEqual(changesOf(next), ['move ocp/tool:1', 'delete ocp/old:1'])
  })

  it('keeps what is unwanted where deletes are skipped, and lets a later plan delete it', async t => {
    const mirror = await filled(t)
    const { state: inherited } = await mirror.inherit()
    await mirror.apply(await mirror.plan(['app:1', 'tool:1'], { inherited, skipDeletes: true }))
    assert.deepEqual(changesOf(await mirror.plan(['app:1', 'tool:1'])), ['delete ocp/old:1'])
  })

  it('counts for nothing once there is a state', async t => {
    const mirror = await filled(t)
    const { state: inherited } = await mirror.inherit()
    await mirror.apply(await mirror.plan(['app:1']))
    assert.deepEqual(changesOf(await mirror.plan(['app:1'], { inherited })), [])
  })
})
