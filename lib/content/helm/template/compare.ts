/** `eq`, `ne`, `lt`, `le`, `gt`, `ge` (Go text/template, "Functions"), with numbers of every kind compared by their size. */
import { TemplateFault } from './template-fault.ts'
import { isDict, isList, isNothing, kindOf, type Value } from './value.ts'

/** Whether the first is any of the others. */
export function equalsAny([first, ...others]: readonly Value[]): boolean {
  return others.some(other => equals(first, other))
}

function equals(a: Value, b: Value): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b)
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b)
  if (isList(a) || isDict(a) || isList(b) || isDict(b)) return deepEquals(a, b)
  return a === b
}

/** `deepEqual`, and what lists are searched by: the same data of the same kind, so that 1 of a values file is not 1 of a template. */
export function deepEquals(a: Value, b: Value): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b)
  if (isList(a)) return isList(b) && a.length === b.length && a.every((each, at) => deepEquals(each, b[at]))
  if (!isDict(a)) return a === b
  return (
    isDict(b) &&
    a.size === b.size &&
    [...a].every(([key, each]) => b.has(key) && deepEquals(each, b.get(key)))
  )
}

/** Negative, zero or positive. @throws TemplateFault for values that have no order */
export function order(a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  throw new TemplateFault(`${kindOf(a)} and ${kindOf(b)} have no order`)
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}
