import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodePlan, encodePlan } from '../plan/plan-file.ts'
import { decodeShoppingList, encodeShoppingList } from '../plan/shopping-list.ts'
import { decodeJournal, encodeJournalEntry, encodeJournalOwner } from './journal-lines.ts'
import { JsonPart } from './json-part.ts'
import { decodeOrigin, encodeOrigin } from './origin-json.ts'
import { decodeReceipt, encodeReceipt } from './receipt-file.ts'
import { decodeState, encodeState } from './state-file.ts'

const page = readFileSync(new URL('../../docs/file-formats.md', import.meta.url), 'utf8')

function example(name: string): string {
  const block = new RegExp(`^\`\`\`jsonl? ${name}\n([^]*?)^\`\`\`$`, 'm').exec(page)
  assert.ok(block?.[1], `docs/file-formats.md has no example of a ${name}`)
  return block[1]
}

test('the state shown in the documentation is one that mirrorform writes', () => {
  assert.equal(encodeState(decodeState(example('state'), 'docs')), example('state'))
})

test('the origins shown in the documentation are of every kind, as mirrorform writes them', () => {
  const lines = example('origins').trimEnd().split('\n')
  const decoded = lines.map(line => decodeOrigin(new JsonPart(JSON.parse(line))))
  assert.deepEqual(
    decoded.map(origin => JSON.stringify(encodeOrigin(origin))),
    lines,
  )
  assert.equal(new Set(decoded.map(({ kind }) => kind)).size, 8)
})

test('the plan shown in the documentation is one that mirrorform writes', () => {
  assert.equal(encodePlan(decodePlan(example('plan'), 'docs')), example('plan'))
})

test('the receipt shown in the documentation is one that mirrorform writes', () => {
  assert.equal(encodeReceipt(decodeReceipt(example('receipt'), 'docs')), example('receipt'))
})

test('the shopping list shown in the documentation is one that mirrorform writes', () => {
  const text = example('shopping-list')
  assert.equal(encodeShoppingList(decodeShoppingList(text, 'docs')), text)
})

test('the journal shown in the documentation is one that mirrorform writes', () => {
  const { owner, entries } = decodeJournal(Buffer.from(example('journal')), 'docs')
  assert.ok(owner)
  const lines = entries.map(entry => encodeJournalEntry(owner.target, entry))
  assert.equal(encodeJournalOwner(owner) + lines.join(''), example('journal'))
})
