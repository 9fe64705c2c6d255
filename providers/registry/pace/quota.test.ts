import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gapFor, readQuota } from './quota.ts'

const FORMS = [
  [
    'Docker Hub',
    { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' },
    { remaining: 76, limit: 100, lasts: 21_600_000 },
  ],
  [
    'the IETF draft',
    { 'ratelimit-limit': '200', 'ratelimit-remaining': '3', 'ratelimit-reset': '50' },
    { remaining: 3, limit: 200, lasts: 50_000 },
  ],
  [
    'the older prefix',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5' },
    { remaining: 0, limit: undefined, lasts: 5000 },
  ],
  [
    'a reset that is a moment',
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767225600' },
    { remaining: 0, limit: undefined, lasts: undefined },
  ],
  ['no quota', { 'content-type': 'text/plain' }, undefined],
  ['nonsense', { 'ratelimit-remaining': 'plenty' }, undefined],
] as const

for (const [form, headers, quota] of FORMS)
  test(`what is left of a quota is read from ${form}`, () => {
    assert.deepEqual(readQuota(headers), quota)
  })

test('while plenty is left there is no gap, and none is longer than ten seconds', () => {
  assert.equal(gapFor({ remaining: 11, limit: 100, lasts: 60_000 }), 0)
  assert.equal(gapFor({ remaining: 10, limit: 100, lasts: 60_000 }), 6000)
  assert.equal(gapFor({ remaining: 0, limit: undefined, lasts: 5000 }), 5000)
  assert.equal(gapFor({ remaining: 5, limit: 100, lasts: 21_600_000 }), 10_000)
  assert.equal(gapFor({ remaining: 0, limit: 100, lasts: undefined }), 0)
})
