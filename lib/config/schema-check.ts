/**
 * Data against a JSON schema: every violation as a problem that says what is wrong in the words of the file.
 *
 * A key with nothing behind it counts as left out, as in every tool that reads these files; where the key is needed,
 * that is the problem.
 */
import { createRequire } from 'node:module'
import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import { isRecord } from '../oci/json.ts'
import { dotted } from './entry.ts'
import { placesOfKey, resolveSchema, suggestKey } from './key-suggestion.ts'
import type { ProblemList } from './problem-list.ts'
import { conforms } from './schema/conforms.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import { describeFault } from './schema-fault.ts'
import { pointerTo } from './yaml-nodes.ts'

/** Keys, in lower case, that are known not to belong here, with what to do about them. */
export type ForeignKeys = ReadonlyMap<string, readonly [message: string, hint: string]>

/** Our own schemas need no check against the schema of schemas, which takes longer than checking an image set. */
const AJV: Options = {
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  meta: false,
  validateSchema: false,
}

const compiled = new WeakMap<JsonSchema, ValidateFunction>()

function faultsOf(schema: JsonSchema, data: unknown): readonly ErrorObject[] {
  if (conforms(schema, data)) return []
  const validate = compiled.get(schema) ?? compile(schema)
  return validate(data) ? [] : (validate.errors ?? [])
}

/** Loads the validator only now: a file without faults, which most are, needs none. */
function compile(schema: JsonSchema): ValidateFunction {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')
  const validate = new Ajv(AJV).compile(schema)
  compiled.set(schema, validate)
  return validate
}

/** The data without the known keys that have nothing behind them. */
export function withoutEmptyKeys(root: JsonSchema, data: unknown, schema: JsonSchema = root): unknown {
  const here = resolveSchema(root, schema)
  const { items, properties } = here
  if (Array.isArray(data))
    return items === undefined ? data : data.map(item => withoutEmptyKeys(root, item, items))
  if (!isRecord(data) || properties === undefined) return data
  const kept = Object.entries(data).flatMap(([key, value]): [string, unknown][] => {
    const below = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (below === undefined) return [[key, value]]
    return value === null ? [] : [[key, withoutEmptyKeys(root, value, below)]]
  })
  return Object.fromEntries(kept)
}

/** Adds a problem for every violation. */
export function checkSchema(
  schema: JsonSchema,
  data: unknown,
  problems: ProblemList,
  foreign: ForeignKeys = new Map(),
): void {
  const faults = faultsOf(schema, data)
  const suggested = new Set<string>()
  for (const fault of faults) {
    const unknown = unknownKeyOf(fault)
    if (unknown === undefined) continue
    const { key, parent, pointer } = unknown
    const advice = foreign.get(key.toLowerCase())
    if (advice !== undefined) {
      problems.add('schema', pointer, advice[0], { at: 'key', hint: advice[1] })
      continue
    }
    const known = Object.keys(fault.parentSchema?.properties ?? {})
    const near = suggestKey(key, known)
    if (near !== undefined) suggested.add(pointerTo(parent, near))
    problems.add('schema', pointer, `unknown key "${key}" in ${dotted(parent)}`, {
      at: 'key',
      hint: keyHint(schema, key, near, known),
    })
  }
  const wrongTypes = new Set(
    faults.filter(fault => fault.keyword === 'type').map(fault => fault.instancePath),
  )
  for (const fault of faults) {
    if (fault.keyword === 'additionalProperties') continue
    if (fault.keyword !== 'type' && wrongTypes.has(fault.instancePath)) continue
    const missing: unknown = fault.params.missingProperty
    if (typeof missing === 'string') {
      const pointer = pointerTo(fault.instancePath, missing)
      if (!suggested.has(pointer)) reportMissing(fault, missing, pointer, problems)
      continue
    }
    const { message, hint } = describeFault(fault, problems.writtenAt(fault.instancePath))
    problems.add('schema', fault.instancePath, `${dotted(fault.instancePath)} ${message}`, { hint })
  }
}

function unknownKeyOf(fault: ErrorObject): { key: string; parent: string; pointer: string } | undefined {
  const key: unknown = fault.params.additionalProperty
  if (typeof key !== 'string') return undefined
  return { key, parent: fault.instancePath, pointer: pointerTo(fault.instancePath, key) }
}

function keyHint(
  schema: JsonSchema,
  key: string,
  near: string | undefined,
  known: readonly string[],
): string {
  if (near?.toLowerCase() === key.toLowerCase()) return `upper and lower case matter: write "${near}"`
  const elsewhere = placesOfKey(schema, key)
  if (elsewhere.length > 0 && elsewhere.length <= 3)
    return `it belongs to ${elsewhere.map(place => dottedParent(place, key)).join(' or ')}; check the indentation`
  if (near !== undefined) return `did you mean "${near}"?`
  return `known keys here: ${known.join(', ')}`
}

function dottedParent(place: string, key: string): string {
  return place === key ? 'the top of the file' : place.slice(0, -key.length - 1)
}

function reportMissing(fault: ErrorObject, key: string, pointer: string, problems: ProblemList): void {
  const description: unknown = fault.parentSchema?.properties?.[key]?.description
  problems.add(
    'schema',
    pointer,
    problems.isWritten(pointer)
      ? `${dotted(pointer)} has no value`
      : `"${key}" is missing in ${dotted(fault.instancePath)}`,
    { at: 'key', hint: typeof description === 'string' ? `${key}: ${description}` : undefined },
  )
}
