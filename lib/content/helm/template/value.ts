/**
 * What templates compute with. Numbers of YAML are `number` (Go: float64), whole numbers of the template language are
 * `bigint` (Go: int). A dictionary can be changed by a template (`set`), as in Helm. `undefined` is no value at all, whose
 * fields are none either; `null` is an empty value, whose fields are an error (Go text/template, evalField).
 */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | Dict
  | GoObject
  | Method

export type Dict = Map<string, Value>

/** Something that is called: `.Files.Get`, `.Capabilities.APIVersions.Has`. */
export type Method = (args: readonly Value[]) => Value

/** A value with fields that prints as a text of its own: `.Capabilities.KubeVersion`. */
export class GoObject {
  readonly members: ReadonlyMap<string, Value>
  readonly text: string

  constructor(members: Readonly<Record<string, Value>>, text: string) {
    this.members = new Map(Object.entries(members))
    this.text = text
  }
}

export function isDict(value: Value): value is Dict {
  return value instanceof Map
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isNothing(value: Value): value is undefined | null {
  return value === undefined || value === null
}

/** Go text/template, "the empty values". */
export function isTrue(value: Value): boolean {
  if (isNothing(value)) return false
  if (isList(value)) return value.length > 0
  if (isDict(value)) return value.size > 0
  if (typeof value === 'object' || typeof value === 'function') return true
  return value !== false && value !== 0 && value !== 0n && value !== ''
}

/** Plain data, as YAML and JSON give it → a value; everything that can be changed is new. */
export function fromPlain(data: unknown): Value {
  if (data === null || data === undefined) return null
  if (Array.isArray(data)) return data.map(fromPlain)
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [String(key), fromPlain(value)]))
  if (data instanceof Date) return data.toISOString()
  if (typeof data === 'object')
    return new Map(Object.entries(data).map(([key, value]) => [key, fromPlain(value)]))
  if (typeof data === 'bigint') return Number(data)
  return typeof data === 'boolean' || typeof data === 'number' || typeof data === 'string' ? data : null
}

/** A value → plain data, keys sorted as Go writes them. */
export function toPlain(value: Value): unknown {
  if (isNothing(value) || typeof value === 'function') return null
  if (isList(value)) return value.map(toPlain)
  if (isDict(value))
    return Object.fromEntries(sortedEntries(value).map(([key, each]) => [key, toPlain(each)] as const))
  if (value instanceof GoObject) return toPlain(new Map(value.members))
  if (typeof value === 'bigint') return Number(value)
  return value
}

export function sortedEntries(dict: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...dict].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** A copy that shares nothing with the value. */
export function deepCopy(value: Value): Value {
  if (isList(value)) return value.map(deepCopy)
  return isDict(value) ? copyDict(value) : value
}

export function copyDict(dict: ReadonlyMap<string, Value>): Dict {
  return new Map([...dict].map(([key, value]) => [key, deepCopy(value)]))
}

/** Go reflect's names, as `kindOf` gives them. */
export function kindOf(value: Value): string {
  if (isNothing(value)) return 'invalid'
  if (isList(value)) return 'slice'
  if (isDict(value)) return 'map'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    case 'bigint':
      return 'int'
    case 'string':
      return 'string'
    default:
      return value instanceof GoObject ? 'struct' : 'func'
  }
}

/** `%T` of fmt, as `typeOf` gives it. */
export function typeOf(value: Value): string {
  if (isNothing(value)) return '<nil>'
  if (isList(value)) return '[]interface {}'
  return isDict(value) ? 'map[string]interface {}' : kindOf(value)
}
