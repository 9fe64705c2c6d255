import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JournalEntry } from '../state.ts'
import type { TargetAddress } from '../target.ts'
import { images, journalEntries, targets, WORLD } from './arbitraries.ts'
import { decodeJournal, encodeJournalEntry, encodeJournalOwner } from './journal-lines.ts'
import { reachableFrom } from './reachable.ts'

const lineage = '8f14e45f-ceea-867a-9b1d-2f3a4c5d6e7f'

function journal(target: TargetAddress, entries: readonly JournalEntry[]): Buffer {
  return Buffer.from(
    [
      encodeJournalOwner({ lineage, target }),
      ...entries.map(entry => encodeJournalEntry(target, entry)),
    ].join(''),
  )
}

test('a journal is read back as it was written', () => {
  fc.assert(
    fc.property(targets, fc.array(journalEntries, { maxLength: 5 }), (target, entries) => {
      const bytes = journal(target, entries)
      assert.deepEqual(decodeJournal(bytes, 'j'), {
        owner: { lineage, target },
        entries,
        length: bytes.length,
      })
    }),
  )
})

test('a journal cut anywhere gives the entries whose lines are whole', () => {
  fc.assert(
    fc.property(targets, fc.array(journalEntries, { maxLength: 4 }), fc.nat(), (target, entries, seed) => {
      const whole = journal(target, entries)
      const cut = whole.subarray(0, seed % whole.length)
      const decoded = decodeJournal(cut, 'j')
      const lines = cut.toString('latin1').split('\n').length - 1
      assert.deepEqual(decoded.entries, entries.slice(0, Math.max(0, lines - 1)))
      assert.equal(decoded.owner !== undefined, lines > 0)
      assert.equal(decoded.length, cut.lastIndexOf('\n') + 1)
    }),
  )
})

test('an image takes only the content it reaches into the journal', () => {
  fc.assert(
    fc.property(targets, images, (target, image) => {
      const line = encodeJournalEntry(target, { did: 'image', image, content: WORLD })
      const content = reachableFrom(WORLD, [image])
      assert.equal(line, encodeJournalEntry(target, { did: 'image', image, content }))
    }),
  )
})

const target: TargetAddress = { kind: 'layout', folder: 'mirror' }
const good = journal(target, [
  { did: 'remove', destination: { repository: 'a' as never, tag: '1' as never }, as: 'delete' },
  { did: 'remove', destination: { repository: 'a' as never, tag: '2' as never }, as: 'forget' },
]).toString()

const damages: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    'a damaged line in the middle',
    good.replace('{"did":"remove","destination":"a:1"', '{"did":"rem'),
    /^j:2: damaged line: it is not JSON$/,
  ],
  [
    'an entry of an unknown kind',
    good.replace('"remove"', '"dance"'),
    /^j:2: damaged line: did should be one of blob, image, remove, but is "dance"$/,
  ],
  [
    'an entry with a wrong destination',
    good.replace('"a:2"', '"A:2"'),
    /^j:3: damaged line: destination should be a destination in oci:\/\/mirror/,
  ],
  ['a file that is no journal', '{"format":"x"}\n', /^j is not a journal: its format is "x"/],
  [
    'a journal of a later version',
    good.replace('"version":1', '"version":2'),
    /version 2, written by a newer mirrorform; this one reads version 1/,
  ],
]

for (const [what, text, message] of damages) {
  test(`${what} is refused as a journal`, () => {
    assert.notEqual(text, good)
    assert.throws(() => decodeJournal(Buffer.from(text), 'j'), { name: 'StateError', message })
  })
}

test('bytes that are no text are refused as a journal', () => {
  assert.throws(() => decodeJournal(Buffer.from([0xff, 0x0a]), 'j'), { message: /not UTF-8/ })
})
