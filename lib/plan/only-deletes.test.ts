/** Plans that delete what is named: everything else is left alone, whatever has become of it. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import type { MemoryRegistryOptions } from '../../testdata/memory-registry.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { changesOf, never, wantedImage } from '../../testdata/mirroring.ts'
import { PlanError } from '../errors.ts'
import type { ImageContent } from '../graph/graph.ts'
import type { Tag } from '../oci/reference.ts'
import type { StateImage } from '../state.ts'
import { makePlan } from './make-plan.ts'

const IMAGES = Object.fromEntries(['a', 'b', 'c', 'd'].map(seed => [`${seed}:1`, buildImage({ seed })]))

async function held(t: TestContext, options: MemoryRegistryOptions = {}) {
  const mirror = memoryMirror(t, IMAGES, options)
  const names = Object.keys(IMAGES)
  await mirror.mirror(
    names.map(name => {
      const image = wantedImage(`src.example/${name}`)
      return { ...image, origins: [...image.origins, { kind: 'sample', name } as const] }
    }),
  )
  const loaded = await mirror.store.read()
  assert.ok(loaded)
  const at = (name: string): StateImage =>
    loaded.state.images.find(({ source }) => source.endsWith(`/${name}:1`)) ?? assert.fail(name)
  const plan = (going: readonly string[], staying: readonly ImageContent[]) => {
    const touched = new Set<StateImage | string>([
      ...going.map(at),
      ...staying.map(({ destination }) => destination.repository),
    ])
    return makePlan(
      {
        graph: { ...loaded.state, images: staying, made: new Map() },
        wantedElsewhere: loaded.state.images.flatMap(image =>
          touched.has(image) || touched.has(image.destination.repository) ? [] : [image.destination],
        ),
        loaded,
        target: mirror.target,
        abilities: {
          deleteTag: 'unknown',
          deleteManifest: 'unknown',
          sparseIndex: 'unknown',
          referrersApi: 'unknown',
        },
        inputs: [],
        options: { refresh: true, only: [], exclude: [], destroy: false, allowMassDelete: false },
        maxDeletePercent: 50,
        protect: [],
        onlyDeletes: true,
        skipDeletes: false,
        notes: [],
        selections: [],
        documents: [],
        statePath: mirror.statePath,
      },
      never(),
    )
  }
  return { ...mirror, at, plan }
}

const wantedBySample = (image: StateImage): ImageContent => ({
  ...image,
  origins: image.origins.filter(({ kind }) => kind === 'sample'),
})

describe('a plan that only deletes', () => {
  it('deletes what goes, takes an origin from what stays, and asks no source', async t => {
    const { at, plan, apply, source, store } = await held(t)
    const made = await plan(['a'], [wantedBySample(at('b'))])
    assert.deepEqual(changesOf(made), ['adopt ocp/b:1', 'delete ocp/a:1'])
    assert.deepEqual(outcomesOf(await apply(made)), ['b:1 adopt done', 'a:1 delete done'])
    assert.deepEqual(source.requests, [])
    const after = await store.read()
    assert.deepEqual(
      after?.state.images.map(({ destination, origins }) => [destination.repository, origins.length]),
      [
        ['ocp/b', 1],
        ['ocp/c', 2],
        ['ocp/d', 2],
      ],
    )
  })

  it('sends nothing for what stays and was lost at the target: that is for an ordinary plan', async t => {
    const { at, plan, target } = await held(t)
    target.content('ocp/b').tags.delete('1' as Tag)
    const made = await plan(['a'], [wantedBySample(at('b'))])
    assert.deepEqual(changesOf(made), ['delete ocp/a:1'])
  })

  it('forgets what goes and is gone, or is somebody else’s by now', async t => {
    const { plan, target } = await held(t)
    target.content('ocp/a').tags.delete('1' as Tag)
    target.hold('ocp/c', '1', buildImage({ seed: 'of somebody else' }))
    assert.deepEqual(changesOf(await plan(['a', 'c'], [])), ['forget ocp/a:1', 'forget ocp/c:1'])
  })

  it('is refused where the target does not delete, with a hint that fits', async t => {
    const { plan } = await held(t, { abilities: { deleteTag: 'no', deleteManifest: 'no' } })
    await assert.rejects(
      plan(['a'], []),
      (error: unknown) =>
        error instanceof PlanError &&
        /deletes disabled/.test(error.message) &&
        /enable deletes there/.test(error.hint ?? '') &&
        !/--skip-deletes/.test(error.hint ?? ''),
    )
  })

  it('is held by the guard against many deletes', async t => {
    const { plan } = await held(t)
    await assert.rejects(plan(['a', 'b', 'c'], []), /would delete 3 of 4 owned images/)
  })
})
