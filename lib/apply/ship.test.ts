/** The near side of a gap: what a plan for an archive does to the state, and when. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { openFarSide } from '../../providers/archive/index.ts'
import { openStateFile } from '../../state/index.ts'
import { buildImage } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { never, noCache, planFor, sourcesOf } from '../../testdata/mirroring.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { PlanError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { Plan, Shipment } from '../plan/plan.ts'
import { planDigest } from '../plan/plan-file.ts'
import type { State } from '../state.ts'
import type { Destination } from '../target.ts'
import { parseTarget } from '../target.ts'
import { type OpenShipment, shipPlan } from './ship.ts'

function scene(t: TestEnd) {
  const source = new MemoryRegistry('src.example')
  /** Stands for the archive: takes everything. */
  const disc = new MemoryRegistry('far.example', { prefix: 'ocp' })
  const store = openStateFile(path.join(temporaryFolder(t), 'near.state.json'))
  const sources = sourcesOf(source)
  let archives = 0

  async function plan(names: readonly string[], notHeld: readonly Destination[] = []): Promise<Plan> {
    const state = (await store.read())?.state
    const target = openFarSide(disc.address, state)
    const made = await planFor(
      { target, store, sources },
      names.map(name => `src.example/${name}`),
    )
    const earlier = state?.archives ?? []
    const shipment: Shipment = {
      folder: 'disc',
      volumeSize: 1000,
      number: earlier.length + 1,
      earlier,
      notHeld,
    }
    return { ...made, shipment }
  }

  function ship(made: Plan, seen?: (farSide: State) => unknown, open?: () => Promise<OpenShipment>) {
    const options = {
      target: disc,
      sources,
      cache: noCache,
      emit: () => {},
      parallelImages: 2,
      parallelBlobs: 2,
      signal: never(),
      stopping: never(),
    }
    const finish = async () => digestOf(`archive ${++archives}`)
    const { shipment } = made
    assert.ok(shipment)
    return shipPlan({
      plan: made,
      planDigest: planDigest(made),
      shipment,
      store,
      announce: () => {},
      now: () => 0,
      receive: state => state,
      open: async farSide => {
        seen?.(farSide)
        return (await open?.()) ?? { done: undefined, options, finish, close: async () => {} }
      },
    })
  }
  const shipped = async () =>
    (await store.read())?.state.images.map(image => [image.destination.repository, image.shippedIn])
  return { source, store, plan, ship, shipped }
}

test('the state takes the images over when the archive is finished, and knows which one has them', async t => {
  const { source, store, plan, ship, shipped } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  source.hold('tool', '1', buildImage({ seed: 'tool' }))
  assert.equal((await ship(await plan(['app:1']))).done, 1)
  assert.deepEqual(await shipped(), [['ocp/app', digestOf('archive 1')]])
  assert.equal((await ship(await plan(['app:1', 'tool:1']))).done, 1)
  assert.deepEqual(await shipped(), [
    ['ocp/app', digestOf('archive 1')],
    ['ocp/tool', digestOf('archive 2')],
  ])
  assert.deepEqual(
    (await store.read())?.state.archives?.map(({ number }) => number),
    [1, 2],
  )
})

test('an archive that is not finished leaves the state as it was', async t => {
  const { source, store, plan, ship, shipped } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  const made = await plan(['app:1'])
  const full = async (): Promise<never> => {
    throw new PlanError('the disc is full')
  }
  await assert.rejects(ship(made, undefined, full), /the disc is full/)
  assert.equal(await store.read(), undefined)
  assert.equal((await ship(made)).done, 1)
  assert.deepEqual(await shipped(), [['ocp/app', digestOf('archive 1')]])
})

test('a run that was cut off between archive and state only has the state to write', async t => {
  const { source, plan, ship, shipped } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  const made = await plan(['app:1'])
  const result = await ship(made, undefined, async () => ({ done: digestOf('archive 7') }))
  assert.deepEqual([result.already, result.failed], [1, 0])
  assert.deepEqual(await shipped(), [['ocp/app', digestOf('archive 7')]])
  await ship(made, undefined, async () => ({ done: digestOf('archive 7') }))
  assert.deepEqual(await shipped(), [['ocp/app', digestOf('archive 7')]])
})

test('a plan that another archive has overtaken is refused, because it counts on what was expected then', async t => {
  const { source, plan, ship } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  source.hold('tool', '1', buildImage({ seed: 'tool' }))
  await ship(await plan(['app:1']))
  const made = await plan(['app:1', 'tool:1'])
  source.hold('tool', '1', buildImage({ seed: 'newer' }))
  await ship(await plan(['app:1', 'tool:1']))
  await assert.rejects(ship(made), /archives were written or confirmed since the plan was made/)
})

test('an archive that was lost before it was carried is written again as a whole, and is the same in the state', async t => {
  const { source, store, plan, ship } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  const made = await plan(['app:1'])
  await ship(made)
  const state = await store.read()
  const farSides: number[] = []
  const again = await ship(made, farSide => farSides.push(farSide.images.length))
  assert.deepEqual([again.failed, farSides], [0, [0]])
  const after = (await store.read())?.state
  assert.deepEqual(
    after?.archives?.map(({ number }) => number),
    [1],
  )
  assert.deepEqual(
    after?.images.map(({ digest }) => digest),
    state?.state.images.map(({ digest }) => digest),
  )
  assert.equal(after?.images[0]?.shippedIn, after?.archives?.[0]?.id)
})

test('a new archive is the one that brings an image, whatever brought it before; where it was read is kept', async t => {
  const { source, store, plan, ship } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  const target = parseTarget('docker://hub.example/ent')
  const route = { via: { name: 'enterprise', target, statePath: 'enterprise.state.json' } }
  await ship({ ...(await plan(['app:1'])), route })
  const state = (await store.read())?.state
  assert.ok(state)
  assert.deepEqual(state.archives?.[0]?.readAt, target)
  const arrivedIn = digestOf('archive before')
  await store.write({
    ...state,
    images: state.images.map(({ shippedIn: _, ...image }) => ({ ...image, arrivedIn })),
  })
  source.hold('app', '1', buildImage({ seed: 'newer' }))
  await ship(await plan(['app:1']))
  const [image] = (await store.read())?.state.images ?? []
  assert.deepEqual([image?.arrivedIn, image?.shippedIn], [undefined, digestOf('archive 2')])
})

test('what a receipt has confirmed is not shipped again by the same plan', async t => {
  const { source, store, plan, ship } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  const made = await plan(['app:1'])
  await ship(made)
  const state = (await store.read())?.state
  assert.ok(state)
  await store.write({ ...state, images: state.images.map(({ shippedIn: _, ...image }) => image) })
  await assert.rejects(ship(made), /has arrived at docker:\/\/far\.example\/ocp: a receipt confirmed it/)
})

test('an archive that others followed is not written again: they would be undone', async t => {
  const { source, plan, ship } = scene(t)
  source.hold('app', '1', buildImage({ seed: 'app' }))
  const made = await plan(['app:1'])
  await ship(made)
  source.hold('app', '1', buildImage({ seed: 'newer' }))
  await ship(await plan(['app:1']))
  await assert.rejects(ship(made), /archive 1 for .* was written before, and others after it/)
})
