import assert from 'node:assert/strict'
import test from 'node:test'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { conforms } from './conforms.ts'
import { IMAGE_SET_SCHEMA } from './imageset-v2alpha1.ts'
import type { JsonSchema } from './json-schema.ts'
import { MIRROR_SCHEMA } from './mirror-v1alpha1.ts'

/** Every keyword that data can break, once. */
const EVERY_KEYWORD: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 2, pattern: '^[a-z😀]*$' },
    kind: { type: 'string', enum: ['one', 'two'] },
    only: { const: 'this' },
    share: { type: 'number', minimum: 0, maximum: 1 },
    count: { type: ['integer', 'boolean'], minimum: 3 },
    items: { type: 'array', minItems: 1, items: { $ref: '#/definitions/item' } },
    free: { type: 'object' },
  },
  definitions: { item: { type: 'object', properties: { name: { type: 'string' } } } },
}

const values = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('', 'a', 'ab', '😀', '😀😀', 'A', 'one', 'this', 0, 0.5, 1, 2, 3, 3.5, -1, true, null),
    fc.array(tie('any'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom('name', 'kind', 'only', 'share', 'count', 'items', 'free', 'unknown'),
    tie('any'),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).object

test('data conforms to a schema exactly when a full validator finds nothing wrong with it', () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(EVERY_KEYWORD)
  const seen = { true: 0, false: 0 }
  const check = (data: unknown): void => {
    const expected = validate(data)
    seen[`${expected}`]++
    assert.equal(conforms(EVERY_KEYWORD, data), expected, JSON.stringify(data))
  }
  fc.assert(fc.property(values, check), { numRuns: 2000 })
  fc.assert(
    fc.property(values, data => check({ ...data, name: 'ab' })),
    { numRuns: 2000 },
  )
  assert.ok(seen.true > 100 && seen.false > 100, JSON.stringify(seen))
})

test('the schemas of input files use no keyword that is passed over', () => {
  const checked = new Set(['type', 'properties', 'required', 'additionalProperties', 'items', 'minItems'])
  for (const keyword of [
    'enum',
    'const',
    'minLength',
    'pattern',
    'minimum',
    'maximum',
    '$ref',
    'definitions',
  ])
    checked.add(keyword)
  const told = new Set(['$schema', '$id', 'title', 'description', 'default', 'examples'])
  const walk = (schema: JsonSchema): void => {
    for (const keyword of Object.keys(schema)) assert.ok(checked.has(keyword) || told.has(keyword), keyword)
    for (const below of Object.values({ ...schema.properties, ...schema.definitions })) walk(below)
    if (schema.items !== undefined) walk(schema.items)
  }
  for (const schema of [IMAGE_SET_SCHEMA, MIRROR_SCHEMA]) walk(schema)
})
