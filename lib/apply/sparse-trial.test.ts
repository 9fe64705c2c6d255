import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { memoryMirror, outcomesOf } from '../../testdata/mirror-in-memory.ts'
import { decodePlan, encodePlan } from '../plan/plan-file.ts'
import { plannedRequests } from '../plan/requests.ts'

const IMAGES = {
  'many:1': buildMultiArch({ seed: 'many' }),
  'more:1': buildMultiArch({ seed: 'more' }),
  'single:1': buildImage({ seed: 'single' }),
}
const NAMES = ['many:1 linux/amd64', 'more:1 linux/amd64', 'single:1']
const index = IMAGES['many:1'].manifest.digest

function unsure(t: TestContext) {
  return memoryMirror(t, IMAGES, { abilities: { sparseIndex: 'unknown' } })
}

describe('a target of which nobody knows whether it takes an index with missing children', () => {
  it('is tried with one of them, which the plan lists first and says', async t => {
    const { plan } = unsure(t)
    const made = await plan(NAMES)
    assert.deepEqual(plannedRequests(made)[0], {
      do: 'put-manifest',
      repository: 'ocp/many',
      reference: index,
      digest: index,
    })
    assert.equal(made.changes.filter(change => 'transfer' in change && change.transfer.trial).length, 1)
    assert.match(made.notes.join(), /not known: apply tries it with that of mirror\.example\/ocp\/many:1/)
    assert.deepEqual(decodePlan(encodePlan(made), 'plan'), made)
  })

  it('that refuses it is sent nothing of any such image, and all of the others', async t => {
    const { plan, apply, target, source } = unsure(t)
    const made = await plan(NAMES)
    source.forgetRequests()
    const result = await apply(made)
    assert.deepEqual(outcomesOf(result), ['many:1 add failed', 'more:1 add failed', 'single:1 add done'])
    assert.match(
      result.results[1]?.message ?? '',
      /not begun, .*tried first, that of mirror\.example\/ocp\/many:1/,
    )
    assert.match(result.results[1]?.hint ?? '', /--platform-index rewrite/)
    const touched = target.mutations.map(mutation => 'repository' in mutation && mutation.repository)
    assert.deepEqual(new Set(touched), new Set(['ocp/single']))
    assert.equal(source.counts()['GET blob'], IMAGES['single:1'].blobs.size)
  })

  it('that takes it is asked exactly what the plan lists, and the trial comes before every blob', async t => {
    const { plan, apply, target } = unsure(t)
    const made = await plan(NAMES)
    target.can = { ...target.can, sparseIndex: 'yes' }
    target.forgetRequests()
    assert.equal((await apply(made)).done, NAMES.length)
    const text = (list: readonly object[]) =>
      list.map(entry => JSON.stringify(Object.entries(entry).sort())).sort()
    assert.deepEqual(text(target.mutations), text(plannedRequests(made)))
    assert.deepEqual(target.mutations[0], plannedRequests(made)[0])
    target.forgetRequests()
    assert.equal((await apply(made)).already, NAMES.length)
    assert.deepEqual(target.mutations, [])
  })

  it('is not tried once the state holds such an index there, nor where it is known or told', async t => {
    const { plan, apply, target, put } = unsure(t)
    const made = await plan(NAMES)
    target.can = { ...target.can, sparseIndex: 'yes' }
    await apply(made)
    put('new:1', buildMultiArch({ seed: 'new' }))
    for (const sparseIndex of ['unknown', 'yes'] as const) {
      target.can = { ...target.can, sparseIndex }
      const { changes, notes } = await plan([...NAMES, 'new:1 linux/amd64'])
      const [change] = changes
      assert.ok(change && 'transfer' in change)
      assert.deepEqual([change.transfer.trial, notes], [undefined, []])
    }
  })

  it('and which keeps what is learnt is told how the trial ended, so that the next plan knows', async t => {
    for (const [can, expected] of [
      ['no', [['ocp/many', 'sparseIndex', 'no']]],
      ['yes', [['ocp/many', 'sparseIndex', 'yes']]],
    ] as const) {
      const { plan, apply, target } = unsure(t)
      const kept: unknown[] = []
      Object.assign(target, { keepAbility: (...told: readonly unknown[]) => void kept.push(told) })
      const made = await plan(NAMES)
      target.can = { ...target.can, sparseIndex: can }
      await apply(made)
      assert.deepEqual(kept, expected)
    }
  })

  it('and holds all the children by chance has shown nothing by taking the index', async t => {
    const { plan, apply, target } = unsure(t)
    const kept: unknown[] = []
    Object.assign(target, { keepAbility: (...told: readonly unknown[]) => void kept.push(told) })
    const made = await plan(NAMES)
    target.hold('ocp/many', 'other', IMAGES['many:1'])
    target.content('ocp/many').manifests.delete(index)
    await apply(made)
    assert.deepEqual(kept, [])
  })
})
