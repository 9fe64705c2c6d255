import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../oci/digest.ts'
import { type Field, readSeal, sealDocument, writeDocument } from './canonical-json.ts'

const fields: readonly Field[] = [
  { key: 'format', value: 'example' },
  { key: 'options', value: { b: 1, a: undefined, c: [true, null] } },
  { key: 'images', entities: [{ name: 'one' }, { name: 'two' }] },
  { key: 'loose', entities: [] },
]

test('a document has a line for each member and one for each entity of its lists', () => {
  assert.equal(
    writeDocument(fields),
    [
      '{',
      '  "format": "example",',
      '  "options": {"b":1,"c":[true,null]},',
      '  "images": [',
      '    {"name":"one"},',
      '    {"name":"two"}',
      '  ],',
      '  "loose": []',
      '}',
      '',
    ].join('\n'),
  )
})

test('a document is JSON that says what its fields say, whatever characters they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.string({ unit: 'binary' }), (list, text) => {
      const entities = list.map(entry => JSON.parse(JSON.stringify(entry)))
      const document = writeDocument([
        { key: 'text', value: text },
        { key: 'list', entities },
      ])
      assert.deepEqual(JSON.parse(document), { text, list: entities })
    }),
  )
})

test('the digest of a sealed document is the sha256 of its bytes without the digest line', () => {
  const { text, digest } = sealDocument(fields)
  const without = text
    .split('\n')
    .filter(line => !line.startsWith('  "digest": '))
    .join('\n')
  assert.equal(digest, digestOf(without))
  assert.deepEqual(readSeal(text), { stated: digest, actual: digest })
  assert.equal(JSON.parse(text).digest, digest)
})

test('a seal no longer fits when anything before it changes', () => {
  const { text, digest } = sealDocument(fields)
  const seal = readSeal(text.replace('two', 'tow'))
  assert.equal(seal?.stated, digest)
  assert.notEqual(seal?.actual, digest)
})

test('a document without a digest at its end has no seal', () => {
  assert.equal(readSeal(writeDocument(fields)), undefined)
})
