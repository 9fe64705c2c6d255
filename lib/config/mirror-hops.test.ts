import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inOrderOfHops, targetsBefore } from './mirror-hops.ts'

interface Named {
  readonly name: string
  readonly via?: string
}

const enc2: Named = { name: 'enc2', via: 'enc1' }
const enc1: Named = { name: 'enc1', via: 'enterprise' }
const enterprise: Named = { name: 'enterprise' }
const lab: Named = { name: 'lab' }

test('a target comes after the one it is via, otherwise the order is that of the file', () => {
  assert.deepEqual(inOrderOfHops([enc2, lab, enc1, enterprise]), [enterprise, enc1, enc2, lab])
  assert.deepEqual(inOrderOfHops([lab, enterprise]), [lab, enterprise])
})

test('the targets on the way are told nearest first', () => {
  assert.deepEqual(targetsBefore([enc2, lab, enc1, enterprise], enc2), [enc1, enterprise])
  assert.deepEqual(targetsBefore([enc2, lab, enc1, enterprise], lab), [])
})

test('whatever the topology, every target stands once, and after all that lie on the way to it', () => {
  const topologies = fc
    .array(fc.nat(), { maxLength: 8 })
    .map(picks =>
      picks.map((pick, at) => ({
        name: `${at}`,
        ...(pick % (at + 1) < at && { via: `${pick % (at + 1)}` }),
      })),
    )
    .chain(targets => fc.shuffledSubarray(targets, { minLength: targets.length }))
  fc.assert(
    fc.property(topologies, targets => {
      const order = inOrderOfHops<Named>(targets)
      assert.deepEqual(new Set(order), new Set(targets))
      assert.equal(order.length, targets.length)
      for (const [at, target] of order.entries())
        for (const before of targetsBefore<Named>(targets, target)) assert.ok(order.indexOf(before) < at)
    }),
  )
})
