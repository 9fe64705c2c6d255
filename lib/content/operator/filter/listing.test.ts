import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hintForName, listed, suggestName } from './listing.ts'

describe('names in a message', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}`)

  it('are all told while they are few, and their ends where they are many', () => {
    assert.equal(listed(numbers(8)), '1, 2, 3, 4, 5, 6, 7, 8')
    assert.equal(listed(numbers(20)), '1, 2, 3, 4, … 13 more …, 18, 19, 20')
  })

  it('that do not exist are taken for a near spelling, or for the only one of which they are a part', () => {
    const known = ['web-terminal', 'compliance-operator', 'file-integrity-operator']
    assert.equal(suggestName('web-terminla', known), 'web-terminal')
    assert.equal(suggestName('compliance', known), 'compliance-operator')
    assert.equal(suggestName('operator', known), undefined)
    assert.equal(suggestName('of', known), undefined)
    assert.equal(hintForName('x', ['stable', 'fast'], 'channels'), 'channels: stable, fast')
    assert.equal(hintForName('x', [], 'channels'), 'there are no channels')
  })
})
