/** What one violation of a schema means to the person who wrote the file. */
import type { ErrorObject } from 'ajv'
import { canonicalArchitecture } from '../oci/platform.ts'
import { suggestKey } from './key-suggestion.ts'
import type { JsonSchema } from './schema/json-schema.ts'

export interface FaultText {
  /** Continues a sentence that begins with the name of the value. */
  readonly message: string
  readonly hint?: string | undefined
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** How the patterns of names begin; what others mean their examples show. */
const NAME = '^[A-Za-z0-9]'

/** @param written the value as it is written in the file. */
export function describeFault(fault: ErrorObject, written: string | undefined): FaultText {
  const { keyword, params, data } = fault
  switch (keyword) {
    case 'type':
      return describeType([params.type].flat(), data, written, fault.parentSchema)
    case 'enum':
      return describeChoice(params.allowedValues, data)
    case 'const':
      return describeChoice([params.allowedValue], data)
    case 'minimum':
      return { message: `must be ${params.limit} or more` }
    case 'maximum':
      return { message: `must be ${params.limit} or less` }
    case 'minLength':
      return { message: 'must not be empty' }
    case 'minItems':
      return { message: 'must not be an empty list' }
    case 'pattern':
      return {
        message: `is ${JSON.stringify(data)}, which is not allowed`,
        hint: patternHint(String(params.pattern), fault.parentSchema),
      }
    default:
      return { message: fault.message ?? `breaks the rule "${keyword}"` }
  }
}

function patternHint(pattern: string, schema: JsonSchema | undefined): string | undefined {
  if (pattern.startsWith(NAME))
    return 'letters, digits, ".", "_" and "-" are, beginning with a letter or digit'
  const [example] = schema?.examples ?? []
  return example === undefined ? undefined : `for instance ${example}`
}

function describeType(
  wanted: readonly string[],
  data: unknown,
  written: string | undefined,
  schema: JsonSchema | undefined,
): FaultText {
  const names = wanted.map(type => TYPE_NAMES[type] ?? type).join(' or ')
  const message = `must be ${names}, not ${typeName(data)}`
  const bare = written?.trim()
  if (wanted.includes('string') && (typeof data === 'number' || typeof data === 'boolean'))
    return { message, hint: `put it in quotes: "${bare}"` }
  if (wanted.includes('boolean') && typeof data === 'string' && /^(yes|no|on|off|true|false)$/i.test(data))
    return { message, hint: `write ${/^(yes|on|true)$/i.test(data) ? 'true' : 'false'}` }
  if (typeof data === 'string' && /\$\{|\{\{/.test(data))
    return { message, hint: 'this looks like a template; expand it first' }
  if ((wanted.includes('integer') || wanted.includes('number')) && /^\d+$/.test(String(data)))
    return { message, hint: 'leave out the quotes' }
  if (wanted.includes('integer')) return { message, hint: 'write it in digits, without a unit' }
  if (wanted.includes('array')) return { message, hint: 'begin each item with "- "' }
  if (wanted.includes('object') && typeof data === 'string')
    return { message, hint: objectHint(data, schema) }
  return { message }
}

function objectHint(data: string, schema: JsonSchema | undefined): string {
  const [key, ...more] = schema?.required ?? []
  if (key !== undefined && more.length === 0) return `write "${key}: ${shorten(data)}"`
  return `write it with its keys: ${Object.keys(schema?.properties ?? {}).join(', ')}`
}

function typeName(data: unknown): string {
  if (data === null || data === undefined) return 'nothing'
  if (Array.isArray(data)) return 'a list'
  if (typeof data === 'string') return `the text ${JSON.stringify(shorten(data))}`
  if (typeof data === 'object') return 'an object'
  return `the ${typeof data} ${String(data)}`
}

function describeChoice(allowed: readonly string[], data: unknown): FaultText {
  const near = typeof data === 'string' ? suggestValue(data, allowed) : undefined
  const choices = allowed.map(value => `"${value}"`).join(', ')
  return {
    message: `must be ${allowed.length > 1 ? 'one of ' : ''}${choices}, not ${JSON.stringify(data)}`,
    hint: near === undefined ? undefined : `did you mean "${near}"?`,
  }
}

/** An architecture also by its other name: release tags say `x86_64` where the update graph says `amd64`. */
function suggestValue(text: string, allowed: readonly string[]): string | undefined {
  return suggestKey(text, allowed) ?? allowed.find(value => value === canonicalArchitecture(text))
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
