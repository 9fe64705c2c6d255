/** The apply engine writes an archive on the near side, and applies its plan from it on the far side. */
import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Plan } from '../../lib/plan/plan.ts'
import { decodePlan, encodePlan, planDigest } from '../../lib/plan/plan-file.ts'
import { openStateFile } from '../../state/index.ts'
import { buildCosignSignature, buildImage, buildMultiArch, bytesFromSeed } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { applyTo, planFor, sourcesOf } from '../../testdata/mirroring.ts'
import { type TestEnd, temporaryFolder } from '../../testdata/temp.ts'
import { openArchive, openArchiveTarget, openFarSide } from './index.ts'

const SIGNAL = new AbortController().signal

/** A source, a far side that only what was carried reaches, and a state on each side of the gap. */
function gap(t: TestEnd) {
  const source = new MemoryRegistry('src.example')
  const far = new MemoryRegistry('mirror.example', { prefix: 'ocp', abilities: { sparseIndex: 'yes' } })
  const store = (side: string) => openStateFile(path.join(temporaryFolder(t), `${side}.state.json`))
  const [near, farStore] = [store('near'), store('far')]

  const plan = async (names: readonly string[]): Promise<Plan> =>
    planFor(
      {
        target: openFarSide(far.address, (await near.read())?.state),
        store: near,
        sources: sourcesOf(source),
      },
      names.map(name => `src.example/${name}`),
    )

  async function ship(made: Plan, folder: string): Promise<void> {
    const state = (await near.read())?.state
    const target = await openArchiveTarget(folder, {
      target: made.target,
      lineage: made.lineage,
      plan: planDigest(made),
      farSide: state,
    })
    const result = await applyTo({ target, store: near, sources: sourcesOf(source) }, made)
    assert.deepEqual(
      result.results.filter(({ outcome }) => outcome !== 'done'),
      [],
    )
    const images = made.changes.flatMap(change => ('transfer' in change ? change.image : []))
    const bytes = Buffer.from(encodePlan(made))
    await target.finish(
      { images, content: made, documents: [{ kind: 'plan', name: 'far.plan.json', bytes }] },
      SIGNAL,
    )
  }

  async function receive(folder: string): Promise<void> {
    const archive = await openArchive(folder)
    const [document] = archive.contents.documents
    assert.ok(document)
    const made = decodePlan(Buffer.from(await archive.document(document)).toString(), 'far.plan.json')
    const result = await applyTo({ target: far, store: farStore, sources: archive.sources }, made)
    assert.deepEqual(
      result.results.filter(({ outcome }) => outcome !== 'done'),
      [],
    )
  }

  const digestAt = async (registry: MemoryRegistry, repository: string, tag: string) =>
    (await registry.repository(repository as never).resolve(tag as never, SIGNAL))?.digest
  return { source, far, near, farStore, plan, ship, receive, digestAt }
}

test('what one side ships the other side has, and the next archive brings only the difference', async t => {
  const { source, far, near, farStore, plan, ship, receive, digestAt } = gap(t)
  const base = { layers: [bytesFromSeed('base', 500_000)] }
  const app = buildImage(base)
  const signature = buildCosignSignature(app.manifest.digest)
  source.hold('app', '1', app)
  source.hold('app', signature.tag, signature)
  source.hold('tool', '1', buildMultiArch({ seed: 'tool' }))
  source.hold('other', '1', app)

  const first = temporaryFolder(t)
  await ship(await plan(['app:1', 'tool:1', 'other:1']), first)
  assert.deepEqual(far.requests, [])
  await receive(first)
  for (const name of ['app', 'tool', 'other'])
    assert.equal(await digestAt(far, `ocp/${name}`, '1'), await digestAt(source, name, '1'))
  assert.equal(await digestAt(far, 'ocp/app', signature.tag), signature.manifest.digest)
  assert.deepEqual((await farStore.read())?.state, (await near.read())?.state)

  const next = buildImage({ layers: [...base.layers, { new: 'layer' }] })
  source.hold('app', '1', next)
  const second = temporaryFolder(t)
  await ship(await plan(['app:1', 'tool:1']), second)
  assert.ok(statSync(path.join(second, 'mirrorform-000001.tar')).size < 40_000)
  await receive(second)
  assert.equal(await digestAt(far, 'ocp/app', '1'), next.manifest.digest)
  assert.equal(await digestAt(far, 'ocp/other', '1'), undefined)
})
