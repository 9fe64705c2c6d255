import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_OBJECT_BYTES, splitBySize } from './object-size.ts'

const make = (entries: readonly string[]) => ({ entries })

test('entries that fit into one object are in one object', () => {
  assert.deepEqual(splitBySize(['a', 'b'], make), [['a', 'b']])
})

test('nothing makes no object', () => {
  assert.deepEqual(splitBySize([], make), [])
})

test('an entry that is too large alone is alone', () => {
  const large = 'x'.repeat(40)
  assert.deepEqual(splitBySize(['a', large, 'b'], make, 30), [['a'], [large], ['b']])
})

test('an object stays below what oc apply can keep in an annotation', () => {
  assert.ok(MAX_OBJECT_BYTES < 256 * 1024)
})

test('parts keep every entry in order, and each fits where each entry does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 20 })),
      fc.integer({ min: 150, max: 400 }),
      (entries, limit) => {
        const parts = splitBySize(entries, make, limit)
        assert.deepEqual(parts.flat(), entries)
        for (const part of parts) assert.ok(Buffer.byteLength(JSON.stringify(make(part))) <= limit)
      },
    ),
  )
})
