import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { channelHeads, faultText, graphFaults } from './channel-graph.ts'
import { sketchPackage } from './testing/sample-catalogs.ts'

function entriesOf(...lines: readonly string[]) {
  return sketchPackage('p', 'c', { c: lines }).channels[0]?.entries ?? []
}

function faultsOf(...lines: readonly string[]): readonly string[] {
  return graphFaults(entriesOf(...lines)).map(fault => faultText(fault).replaceAll('p.v', ''))
}

describe('the update graph of a channel', () => {
  it('its head is the entry that nobody replaces or skips', () => {
    assert.deepEqual(channelHeads(entriesOf('1', '2 replaces 1', '3 skips 1,2')), ['p.v3'])
  })

  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['a chain is in order', ['1', '2 replaces 1', '3 replaces 2'], []],
    ['what is replaced or skipped need not be an entry', ['3 replaces 2 skips 1'], []],
    ['an entry of its own skips all others', ['1', '2', '3 skips 1,2'], []],
    ['a channel without entries', [], ['it has no entries']],
    ['two heads', ['1', '2'], ['it has 2 heads (1, 2), and OLM needs exactly one']],
    [
      'no head',
      ['1 replaces 3', '2 replaces 1', '3 replaces 2'],
      ['it has no head: every entry is replaced or skipped, in a circle (1, 2, 3)'],
    ],
    [
      'a circle below the head',
      ['1 replaces 2', '2 replaces 1', '3 replaces 2'],
      ['its updates go in a circle (1, 2)'],
    ],
    [
      'a circle of skips',
      ['1 skips 2', '2 replaces 1', '3 replaces 2'],
      ['its updates go in a circle (1, 2)'],
    ],
    ['the same entry twice', ['1', '2 replaces 1', '2'], ['more than one entry has the same name (2)']],
    [
      'an entry that replaces itself',
      ['1', '2 replaces 2', '3 replaces 1'],
      ['an entry replaces itself (2)'],
    ],
    [
      'an entry that skips itself',
      ['1', '2 replaces 1 skips 2', '3 replaces 2'],
      ['an entry skips itself (2)'],
    ],
    [
      'an entry that only a skipped one replaces',
      ['1', '2 replaces 1', '3 skips 2'],
      ['its head does not lead to 1, by what is replaced or skipped'],
    ],
  ]
  for (const [name, lines, expected] of rows) it(name, () => assert.deepEqual(faultsOf(...lines), expected))

  it('a chain of ten thousand entries is looked at without going deep', () => {
    const lines = Array.from({ length: 10_000 }, (_, at) => (at === 0 ? '0' : `${at} replaces ${at - 1}`))
    assert.deepEqual(faultsOf(...lines), [])
  })
})
