import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sketchGraph } from '../../../../testdata/update-graphs.ts'
import { type ConditionalUpdates, checkUpdates } from './index.ts'

const STABLE_15 = sketchGraph('stable-4.15', { updates: ['4.15.0 4.15.3', '4.15.3 4.15.9'] })
const STABLE_16 = sketchGraph('stable-4.16', {
  updates: ['4.15.3 4.15.9', '4.15.9 4.16.2', '4.16.2 4.16.4', '4.15.9 4.16.1'],
  conditional: [{ update: '4.16.1 4.16.4', risk: 'A' }],
})

function check(
  held: readonly string[],
  wanted: readonly string[],
  graphs = [STABLE_16],
  conditionalUpdates: ConditionalUpdates = 'allow',
): string {
  return checkUpdates({ graphs, heldVersions: held, wantedVersions: wanted, conditionalUpdates }).join('\n')
}

describe('an update from the highest release held to the highest wanted', () => {
  it('is possible where every step of a way will be there', () => {
    assert.equal(check(['4.15.9', '4.15.3'], ['4.15.9', '4.16.2', '4.16.4']), '')
  })

  it('needs nothing of the release that clusters run', () => {
    assert.equal(check(['4.15.9'], ['4.16.2', '4.16.4']), '')
  })

  it('that lacks a release says which, on which way, and how to get it', () => {
    assert.equal(
      check(['4.15.3'], ['4.16.4']),
      'clusters on 4.15.3 (x86_64), the highest release the mirror holds now, cannot be updated to 4.16.4 from it: the way is 4.15.3 → 4.15.9 → 4.16.2 → 4.16.4, and the mirror will not hold 4.15.9, 4.16.2; give channel stable-4.16 minVersion: 4.15.3 and shortestPath: true, or minVersion: 4.15.3 alone for all between',
    )
  })

  it('across channels offers to list the other one', () => {
    assert.match(
      check(['4.15.0'], ['4.15.3', '4.16.4'], [STABLE_15, STABLE_16]),
      /will not hold 4\.15\.9, 4\.16\.2; list the channel that 4\.15\.0 is in, with minVersion: 4\.15\.0$/,
    )
  })

  it('whose only way is conditional tells the risk', () => {
    assert.match(
      check(['4.15.9'], ['4.16.1', '4.16.4']),
      /^the update from 4\.16\.1 to 4\.16\.4 .*: A: A may happen/,
    )
    assert.match(
      check(['4.15.9'], ['4.16.1', '4.16.4'], [STABLE_16], 'avoid'),
      /the way is 4\.15\.9 → 4\.16\.2 → 4\.16\.4, and the mirror will not hold 4\.16\.2/,
    )
  })

  it('that no graph knows a way for says where updates end', () => {
    const gap = sketchGraph('stable-4.16', { updates: ['4.15.3 4.15.9', '4.16.4'] })
    assert.match(
      check(['4.15.3'], ['4.16.4'], [gap]),
      /lead as far as 4\.15\.9, and none from there to 4\.16\.4$/,
    )
  })

  it('from a release that is in none of the channels cannot be judged', () => {
    assert.match(
      check(['4.14.1'], ['4.16.4']),
      /as far as can be seen: 4\.14\.1 is not in channel stable-4\.16 \(x86_64\); list/,
    )
  })

  it('is no question where nothing is held, nothing wanted, or nothing is higher', () => {
    assert.equal(check([], ['4.16.4']), '')
    assert.equal(check(['4.15.3'], []), '')
    assert.equal(check(['4.16.4'], ['4.15.3', '4.16.4']), '')
    assert.equal(check(['4.16.4'], ['4.15.3']), '')
    assert.equal(check(['4.15.3'], ['4.16.4'], []), '')
    assert.equal(check(['0123abcd'.repeat(8)], ['4.16.4']), '')
  })
})
