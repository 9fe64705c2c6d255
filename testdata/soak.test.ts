/** What the soak measures with, on numbers that are known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordedRequest } from '../providers/embedded/index.ts'
import { curveOf } from './memory-curve.ts'
import { randomFaults } from './random-faults.ts'
import { seededRandom } from './seeded-random.ts'

const READ: RecordedRequest = {
  method: 'GET',
  path: '/v2/acme/app/manifests/1',
  query: '',
  what: 'manifest',
  headers: {},
  status: 0,
  bytesIn: 0,
  bytesOut: 0,
}

test('chance with a seed repeats itself, and covers its range evenly', () => {
  const draw = (seed: string) => {
    const random = seededRandom(seed)
    return Array.from({ length: 3000 }, () => random.between(1, 3))
  }
  assert.deepEqual(draw('a'), draw('a'))
  assert.notDeepEqual(draw('a'), draw('b'))
  for (const each of [1, 2, 3]) {
    const share = draw('a').filter(drawn => drawn === each).length / 3000
    assert.ok(share > 0.3 && share < 0.37, `${each} was drawn ${share}`)
  }
})

test('faults strike their share of requests once they are turned on, the same ones for a seed', () => {
  const strikes = () => {
    const trouble = randomFaults('seed', 0.05)
    assert.equal(trouble.faults(READ), undefined)
    trouble.turn(true)
    const struck = Array.from({ length: 4000 }, () => trouble.faults(READ)?.do ?? 'nothing')
    assert.equal(trouble.counts().requests, 4000)
    return struck
  }
  const share = strikes().filter(fault => fault !== 'nothing').length / 4000
  assert.ok(share > 0.04 && share < 0.06, `${share} were struck`)
  assert.deepEqual(strikes(), strikes())
})

test('the curve of memory leaves out the warm-up and tells growth', () => {
  assert.deepEqual(curveOf([9, 5, 5, 5, 6, 6, 10, 10]), { samples: 8, least: 5, most: 10, growth: 2 })
  assert.equal(curveOf([1, 2]), undefined)
})
