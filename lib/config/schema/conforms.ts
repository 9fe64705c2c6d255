/**
 * Whether data is as a schema asks: yes or no, at once. It looks only at what our schemas use, where a full validator
 * first makes a program of the schema, which takes longer than all else there is to an image set. What does not conform
 * is for that validator to explain.
 */
import { isRecord } from '../../oci/json.ts'
import type { JsonSchema, SchemaType } from './json-schema.ts'

/** @param root of the schema, where its definitions are */
export function conforms(root: JsonSchema, data: unknown, schema: JsonSchema = root): boolean {
  if (schema.$ref !== undefined) {
    const definition = root.definitions?.[schema.$ref.replace('#/definitions/', '')]
    return definition !== undefined && conforms(root, data, definition)
  }
  const types: readonly SchemaType[] = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length > 0 && !types.some(type => isOfType(data, type))) return false
  if (schema.enum !== undefined && !schema.enum.some(value => value === data)) return false
  if (schema.const !== undefined && schema.const !== data) return false
  if (typeof data === 'string') return stringConforms(schema, data)
  if (typeof data === 'number') return numberConforms(schema, data)
  if (Array.isArray(data)) return arrayConforms(root, schema, data)
  return !isRecord(data) || objectConforms(root, schema, data)
}

function isOfType(data: unknown, type: SchemaType): boolean {
  switch (type) {
    case 'object':
      return isRecord(data)
    case 'array':
      return Array.isArray(data)
    case 'integer':
      return Number.isInteger(data)
    case 'number':
      return Number.isFinite(data)
    case 'string':
    case 'boolean':
      return typeof data === type
    default:
      return type satisfies never
  }
}

function stringConforms({ minLength = 0, pattern }: JsonSchema, text: string): boolean {
  // A character outside the first plane counts once (JSON Schema validation, section 6.3.2).
  return [...text].length >= minLength && (pattern === undefined || new RegExp(pattern, 'u').test(text))
}

function numberConforms({ minimum, maximum }: JsonSchema, value: number): boolean {
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum)
}

function arrayConforms(root: JsonSchema, { items, minItems = 0 }: JsonSchema, data: readonly unknown[]) {
  return data.length >= minItems && (items === undefined || data.every(item => conforms(root, item, items)))
}

function objectConforms(root: JsonSchema, schema: JsonSchema, data: Readonly<Record<string, unknown>>) {
  const { properties = {}, required = [], additionalProperties } = schema
  if (required.some(key => data[key] === undefined)) return false
  return Object.entries(data).every(([key, value]) => {
    const below = Object.hasOwn(properties, key) ? properties[key] : undefined
    return below === undefined ? additionalProperties !== false : conforms(root, value, below)
  })
}
