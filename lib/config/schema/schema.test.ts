/** The published schemas are the ones the program uses. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Ajv } from 'ajv'
import { DELETE_SET_SCHEMA } from './deleteset-v2alpha1.ts'
import { V1_IMAGE_SET_SCHEMA } from './imageset-v1alpha2.ts'
import { IMAGE_SET_SCHEMA } from './imageset-v2alpha1.ts'
import { MIRROR_SCHEMA } from './mirror-v1alpha1.ts'
import { schemaText } from './schema-text.ts'

for (const [name, schema] of [
  ['imageset-v1alpha2', V1_IMAGE_SET_SCHEMA],
  ['imageset-v2alpha1', IMAGE_SET_SCHEMA],
  ['mirror-v1alpha1', MIRROR_SCHEMA],
  ['deleteset-v2alpha1', DELETE_SET_SCHEMA],
] as const)
  describe(`docs/schema/${name}.schema.json`, () => {
    const file = new URL(`../../../docs/schema/${name}.schema.json`, import.meta.url)

    it('is what the program checks files against, byte for byte (node --import tsx lib/config/schema/write.ts)', () => {
      assert.equal(readFileSync(file, 'utf8'), schemaText(schema))
    })

    it('is a valid schema', () => {
      const ajv = new Ajv({ strict: true, allowUnionTypes: true })
      assert.equal(ajv.validateSchema(JSON.parse(readFileSync(file, 'utf8'))), true)
    })

    it('describes every key for editors', () => {
      assert.deepEqual(undescribed(schema, ''), [])
    })
  })

function undescribed(schema: typeof IMAGE_SET_SCHEMA, path: string): readonly string[] {
  const below = Object.entries({ ...schema.definitions, ...schema.properties })
  const missing = below
    .filter(([, child]) => child.description === undefined)
    .map(([key]) => `${path}.${key}`)
  const items = schema.items === undefined ? [] : undescribed(schema.items, `${path}[]`)
  return [...missing, ...items, ...below.flatMap(([key, child]) => undescribed(child, `${path}.${key}`))]
}
