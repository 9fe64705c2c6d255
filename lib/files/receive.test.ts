import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sampleDigest, sampleImage, sampleState } from '../../testdata/sample-plans.ts'
import { ReceiptError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { ArchiveRecord, State } from '../state.ts'
import { parseTarget } from '../target.ts'
import { states } from './arbitraries.ts'
import { decodeReceipt, encodeReceipt } from './receipt-file.ts'
import { receive } from './receive.ts'
import { decodeState, encodeState } from './state-file.ts'

const archive = (number: number): ArchiveRecord => ({
  id: sampleDigest(`archive ${number}`),
  number,
  plan: sampleDigest(`plan ${number}`),
})

const confirmed = (number: number): ArchiveRecord => ({ ...archive(number), isConfirmed: true })

/** `app:1` is held and confirmed, `app:1 in 2` was shipped in archive 2. */
function stateWith(names: readonly string[], archives: readonly number[] = []): State {
  const parsed = names.map(name => name.split(' in '))
  const state = sampleState(parsed.map(([name = '']) => name))
  const images = state.images.map((image, at) => {
    const number = parsed[at]?.[1]
    return number === undefined ? image : { ...image, shippedIn: archive(Number(number)).id }
  })
  return { ...state, images, ...(archives.length > 0 && { archives: archives.map(archive) }) }
}

const receiptOf = (names: readonly string[], archives: readonly number[]) => ({
  revision: sampleDigest('revision'),
  state: stateWith(names, archives),
})

const namesOf = (images: State['images']) =>
  images.map(({ destination: { repository, tag }, shippedIn }) => {
    const number = [1, 2, 3].find(each => archive(each).id === shippedIn)
    return `${repository.slice(4)}:${tag}${number === undefined ? '' : ` in ${number}`}`
  })

const rules: readonly {
  readonly name: string
  readonly near: readonly string[]
  readonly far: readonly string[]
  readonly brought: readonly number[]
  readonly after: readonly string[]
}[] = [
  {
    name: 'what was shipped and arrived is confirmed',
    near: ['a:1 in 1'],
    far: ['a:1'],
    brought: [1],
    after: ['a:1'],
  },
  {
    name: 'what arrived is confirmed whatever the archives say',
    near: ['a:1 in 1'],
    far: ['a:1'],
    brought: [],
    after: ['a:1'],
  },
  {
    name: 'what is on its way stays shipped',
    near: ['a:1 in 2'],
    far: [],
    brought: [1],
    after: ['a:1 in 2'],
  },
  { name: 'what its archive did not bring is lost', near: ['a:1 in 1'], far: [], brought: [1], after: [] },
  { name: 'what was confirmed and is gone is lost', near: ['a:1'], far: [], brought: [1], after: [] },
  { name: 'what only the far side knows is taken', near: [], far: ['b:1'], brought: [1], after: ['b:1'] },
]

for (const { name, near, far, brought, after } of rules)
  test(name, () => {
    const { state } = receive(stateWith(near, [1, 2]), receiptOf(far, brought), 'receipt')
    assert.deepEqual(namesOf(state.images), after)
  })

test('an image that moves on its way is not moved back by a receipt that has the old one', () => {
  const near = stateWith(['a:1 in 2'], [1, 2])
  const old = { ...sampleImage('a:1', 'old'), digest: sampleDigest('b:1') }
  const there = { ...stateWith(['b:1'], [1]), images: [old] }
  const { state } = receive(near, { revision: sampleDigest('r'), state: there }, 'receipt')
  assert.deepEqual(namesOf(state.images), ['a:1 in 2'])
  assert.equal(state.images[0]?.digest, sampleDigest('a:1'))
})

test('the last archive is remembered, so that numbers go on, and so are those on their way', () => {
  const near = stateWith(['a:1 in 3'], [1, 2, 3])
  const after = (brought: readonly number[]) =>
    receive(near, receiptOf([], brought), 'receipt').state.archives
  assert.deepEqual(after([1, 3]), [archive(2), confirmed(3)])
  assert.deepEqual(after([1, 2]), [confirmed(2), archive(3)])
  assert.deepEqual(after([1, 2, 3]), [confirmed(3)])
  assert.deepEqual(receive(undefined, receiptOf(['a:1'], [1, 2]), 'receipt').state.archives, [confirmed(2)])
})

test('an archive that brought what is there stays known, so that its number can be told', () => {
  const there = receiptOf(['a:1', 'b:1'], [1, 2, 3])
  const [a, ...others] = there.state.images
  assert.ok(a)
  const images = [{ ...a, arrivedIn: archive(1).id }, ...others]
  const { state } = receive(undefined, { ...there, state: { ...there.state, images } }, 'receipt')
  assert.deepEqual(state.archives, [confirmed(1), confirmed(3)])
  assert.equal(state.images[0]?.arrivedIn, archive(1).id)
})

test('a receipt older than one that was received before is refused: it would take back what is known since', () => {
  const near = stateWith(['a:1 in 1', 'b:1 in 2', 'c:1 in 3'], [1, 2, 3])
  const first = receiptOf(['a:1', 'gone:1'], [1])
  const { state } = receive(near, receiptOf(['a:1', 'b:1'], [1, 2]), 'second')
  const kept = decodeState(encodeState(state), 'state')
  assert.deepEqual(kept, state)
  assert.throws(
    () => receive(kept, first, 'first.json'),
    (error: unknown) =>
      error instanceof ReceiptError &&
      error.message ===
        'first.json is older than a receipt that was received before: it does not know archive 2',
  )
  const after = receive(state, receiptOf(['a:1', 'b:1', 'c:1'], [1, 2, 3]), 'third')
  assert.deepEqual(namesOf(after.state.images), ['a:1', 'b:1', 'c:1'])
})

test('receipts of another target or another state are refused', () => {
  const near = stateWith(['a:1'])
  const other = { ...stateWith(['a:1']), target: parseTarget('docker://registry.enc2.example:5000/ocp') }
  assert.throws(
    () => receive(near, { revision: sampleDigest('r'), state: other }, 'r.json'),
    (error: unknown) =>
      error instanceof ReceiptError &&
      error.message.startsWith('r.json is a receipt of docker://registry.enc2.example:5000/ocp'),
  )
  const stranger = { ...near, lineage: '00000000-0000-4000-8000-000000000000' }
  assert.throws(
    () => receive(near, { revision: sampleDigest('r'), state: stranger }, 'r.json'),
    /r\.json belongs to another state of/,
  )
})

test('a receipt reads back as it was written, and one that was edited is refused', () => {
  fc.assert(
    fc.property(states, ({ awaited: _, ...state }) => {
      const receipt = { revision: digestOf('revision'), state: { ...state, loose: [] } }
      const text = encodeReceipt(receipt)
      assert.deepEqual(decodeReceipt(text, 'r.json'), receipt)
      assert.equal(encodeReceipt(decodeReceipt(text.replaceAll('\n', '\r\n'), 'r.json')), text)
    }),
    { numRuns: 60 },
  )
  const text = encodeReceipt(receiptOf(['a:1'], [1]))
  assert.throws(() => decodeReceipt(text.replace('/a:1', '/b:1'), 'r.json'), /r\.json was changed after/)
  assert.throws(() => decodeReceipt(text.replace(/,\n {2}"digest": .*\n/, '\n'), 'r.json'), ReceiptError)
})

test('whatever two sides hold, importing the same receipt twice changes nothing more', () => {
  fc.assert(
    fc.property(states, states, (near, far) => {
      const receipt = { revision: digestOf('r'), state: { ...far, loose: [] } }
      const ours = { ...near, lineage: far.lineage, target: far.target }
      const once = receive(ours, receipt, 'r').state
      assert.deepEqual(receive(once, receipt, 'r').state, once)
      assert.deepEqual(receive(once, receipt, 'r').lost, [])
    }),
    { numRuns: 60 },
  )
})
