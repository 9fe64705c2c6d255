import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { imageAt, manifestNamed } from '../../testdata/sample-graph.ts'
import { parseTarget } from '../target.ts'
import { refuseConflicts, refuseDeletes, refuseMassDelete, refuseSparse } from './guards.ts'

const TARGET = parseTarget('docker://mirror.example/ocp')
const images = (count: number) => Array.from({ length: count }, (_, at) => imageAt(`app:${at}`, `m${at}`))

describe('how much may be deleted without asking for it', () => {
  const rows: readonly (readonly [number, number, boolean])[] = [
    [0, 10, false],
    [1, 10, false],
    [1, 2, false],
    [2, 10, false],
    [3, 10, true],
    [2, 3, true],
    [20, 100, false],
    [21, 100, true],
  ]
  for (const [gone, all, isRefused] of rows)
    it(`${gone} of ${all} is ${isRefused ? 'refused' : 'fine'} when 20 % may go`, () => {
      const held = images(all)
      const refusals = refuseMassDelete(held, held.slice(0, gone), held.slice(gone), {
        maxDeletePercent: 20,
        allowed: false,
      })
      assert.equal(refusals.length > 0, isRefused)
      if (isRefused) assert.match(refusals[0]?.message ?? '', new RegExp(`${gone} of ${all} owned images`))
      if (isRefused) assert.match(refusals[0]?.hint ?? '', /--allow-mass-delete/)
    })

  it('the last image of a content kind is refused, even a single one', () => {
    const [only] = images(1)
    assert.ok(only)
    const [refusal] = refuseMassDelete([only], [only], [], { maxDeletePercent: 100, allowed: false })
    assert.match(refusal?.message ?? '', /every additional image/)
  })

  it('anything goes once it is allowed', () => {
    const held = images(5)
    assert.deepEqual(refuseMassDelete(held, held, [], { maxDeletePercent: 20, allowed: true }), [])
  })
})

it("somebody else's image is named with both digests, and import is offered", () => {
  const [image] = images(1)
  assert.ok(image)
  const [refusal, ...rest] = refuseConflicts(TARGET, [
    { action: 'conflict', image, found: manifestNamed('theirs') },
    { action: 'keep', image },
  ])
  assert.equal(rest.length, 0)
  assert.match(
    refusal?.message ?? '',
    /^mirror\.example\/app:0 holds .* not ours: sha256:.*source\.example\/app:0$/,
  )
  assert.match(refusal?.hint ?? '', /mirrorform import/)
})

it('an index that is sparse is refused once for all, with the ways out', () => {
  const sparse = images(3).map(image => ({
    ...image,
    platforms: ['linux/amd64'],
    omitted: [manifestNamed('x')],
  }))
  const [refusal, ...rest] = refuseSparse(TARGET, [...images(1), ...sparse])
  assert.equal(rest.length, 0)
  assert.match(refusal?.message ?? '', /app:0 \(linux\/amd64\) and 2 more/)
  assert.match(refusal?.hint ?? '', /--platform-index rewrite/)
  const origins = [{ kind: 'mapping', name: 'q.io/a:1' }] as const
  const [mapped] = refuseSparse(
    TARGET,
    sparse.map(image => ({ ...image, origins })),
  )
  assert.match(mapped?.hint ?? '', /leave out --keep-manifest-list/)
  assert.deepEqual(refuseSparse(TARGET, images(2)), [])
})

it('deletes where the target does none are refused, with what to enable', () => {
  assert.match(
    refuseDeletes(TARGET, images(5))[0]?.message ?? '',
    /deletes disabled \(405\): mirror\.example\/\S*app:0, .* and 2 more cannot/,
  )
  assert.match(
    refuseDeletes(TARGET, images(1))[0]?.hint ?? '',
    /REGISTRY_STORAGE_DELETE_ENABLED.*--skip-deletes/,
  )
  assert.deepEqual(refuseDeletes(TARGET, []), [])
})
