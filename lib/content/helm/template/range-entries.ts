/** What `range` goes through: lists by place, dictionaries by sorted keys, whole numbers from zero (Go text/template, "range"). */
import { TemplateFault } from './template-fault.ts'
import { isDict, isList, isNothing, kindOf, sortedEntries, type Value } from './value.ts'

/** More than a chart counts to. */
const MAX_COUNT = 100_000

/** @throws TemplateFault for what cannot be gone through */
export function entriesOf(value: Value): readonly (readonly [key: Value, value: Value])[] {
  if (isNothing(value)) return []
  if (isList(value)) return value.map((each, at) => [BigInt(at), each] as const)
  if (isDict(value)) return sortedEntries(value)
  if (typeof value === 'bigint' || typeof value === 'number') {
    const size = Number(value)
    if (size > MAX_COUNT) throw new TemplateFault(`range over ${size}`)
    return Array.from({ length: Math.max(0, size) }, (_, at) => [BigInt(at), BigInt(at)] as const)
  }
  throw new TemplateFault(`range over a value of kind ${kindOf(value)}`)
}
