import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { entriesThatFit, shareRoom } from './share.ts'

test('what short lists leave over goes to the long ones', () => {
  assert.deepEqual(shareRoom([2, 100, 5, 100], 27), [2, 10, 5, 10])
})

test('no list gets more than it wants, and all together never more than there is', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.nat(200), (wanted, room) => {
      const shares = shareRoom(wanted, room)
      assert.ok(shares.every((share, at) => share >= 0 && share <= (wanted[at] ?? 0)))
      const given = shares.reduce((sum, share) => sum + share, 0)
      assert.ok(given <= room)
      assert.equal(
        given,
        Math.min(
          room,
          wanted.reduce((sum, want) => sum + want, 0),
        ),
      )
    }),
  )
})

test('every list keeps its least lines even where there is no room', () => {
  assert.deepEqual(shareRoom([1, 50, 50], -4, 2), [1, 2, 2])
})

test('a list that is cut leaves a line for counting the rest', () => {
  assert.equal(entriesThatFit([1, 1, 1], 3), 3)
  assert.equal(entriesThatFit([1, 1, 1, 1], 3), 2)
  assert.equal(entriesThatFit([2, 2, 2], 4), 1)
})
