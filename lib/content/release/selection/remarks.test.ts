import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { remarksOf, select, versionsOf } from '../../../../testdata/release-choice.ts'
import { sketchGraph } from '../../../../testdata/update-graphs.ts'

describe('conditional updates', () => {
  const graph = sketchGraph('stable-4.15', {
    updates: ['4.15.0 4.15.1', '4.15.1 4.15.2'],
    conditional: [{ update: '4.15.2 4.15.9', risk: 'SlowDisks' }],
  })
  const wish = { name: 'stable-4.15', minVersion: '4.15.0', shortestPath: true }

  it('on the only way are taken, and their risks told', () => {
    const choice = select([graph], [wish])
    assert.equal(versionsOf(choice), '4.15.0 4.15.1 4.15.2 4.15.9')
    assert.deepEqual(remarksOf(choice), [
      'the update from 4.15.2 to 4.15.9 is recommended to some clusters only: SlowDisks: SlowDisks may happen. (https://issues.example/SlowDisks)',
    ])
  })

  it('whose risk every cluster has are recommended to none', () => {
    const risky = sketchGraph('stable-4.15', {
      updates: [],
      conditional: [{ update: '4.15.0 4.15.9', risk: 'LostData', always: true }],
    })
    assert.match(
      remarksOf(select([risky], [wish]))[0] ?? '',
      /^the update from 4\.15\.0 to 4\.15\.9 is not recommended: LostData: LostData may happen\./,
    )
  })

  it('that are to be avoided are no way', () => {
    assert.throws(
      () => select([graph], [wish], { conditionalUpdates: 'avoid' }),
      /lead as far as 4\.15\.2, and none from there to 4\.15\.9; there is one with conditional updates, which are to be avoided/,
    )
    const range = select([graph], [{ ...wish, shortestPath: false }], { conditionalUpdates: 'avoid' })
    assert.equal(versionsOf(range), '4.15.0 4.15.1 4.15.2 4.15.9')
    assert.match(remarksOf(range)[0] ?? '', /^no update path from 4\.15\.0 to 4\.15\.9/)
  })
})

describe('an EUS channel of which only the end is kept', () => {
  const graph = sketchGraph('eus-4.18', {
    updates: ['4.16.1 4.16.5', '4.16.5 4.17.3', '4.17.3 4.18.1', '4.18.1 4.18.2'],
  })
  it('comes with what a cluster on the EUS release before needs', () => {
    assert.deepEqual(remarksOf(select([graph], [{ name: 'eus-4.18' }])), [
      'a cluster on 4.16.5 gets to 4.18.2 by 4.16.5 → 4.17.3 → 4.18.1 → 4.18.2, of which the mirror will not hold 4.16.5 and 4.17.3 and 4.18.1: for that, give channel eus-4.18 minVersion: 4.16.5 and shortestPath: true',
    ])
  })
  it('is complete once a release of an earlier minor is kept', () => {
    const wish = { name: 'eus-4.18', minVersion: '4.16.5', shortestPath: true }
    assert.deepEqual(remarksOf(select([graph], [wish])), [])
  })
})
