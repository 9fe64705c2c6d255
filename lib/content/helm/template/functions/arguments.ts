/** Arguments of template functions read as what the function needs: sprig converts freely, and so do we. */
import { goText } from '../go-format.ts'
import { TemplateFault } from '../template-fault.ts'
import { type Dict, isDict, isList, isNothing, type Value } from '../value.ts'

export type TemplateFunction = (args: readonly Value[]) => Value

/** Characters or items that a function may make at once. */
export const MAX_MADE = 1_000_000

/** Nothing is the empty text. */
export function textAt(args: readonly Value[], at: number): string {
  const value = args[at]
  return isNothing(value) ? '' : goText(value)
}

/** sprig's `strval`: nothing is the empty text in lists that are joined. */
export function textsOf(value: Value): readonly string[] {
  if (isNothing(value)) return []
  return isList(value) ? value.filter(each => !isNothing(each)).map(goText) : [goText(value)]
}

export function numberAt(args: readonly Value[], at: number): number {
  return toNumber(args[at])
}

/** What is no number counts as zero (spf13/cast, as sprig uses it). */
export function toNumber(value: Value): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isNaN(parsed) ? 0 : parsed
}

export function wholeAt(args: readonly Value[], at: number): bigint {
  return toWhole(args[at])
}

/** A text is read as Go reads a number in a program: `0x1f`, `017`; with a point it is none, unless only zeros follow. */
export function toWhole(value: Value): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string') return wholeOfText(value.replace(/\.0*$/, ''))
  const size = Math.trunc(toNumber(value))
  return Number.isFinite(size) ? BigInt(size) : 0n
}

const WHOLE = /^([-+]?)(?:0[oO]?(?=[0-7_])([0-7_]+)|(0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*))$/

function wholeOfText(text: string): bigint {
  const [, sign, octal, other] = WHOLE.exec(text) ?? []
  const digits = (octal === undefined ? other : `0o${octal}`)?.replaceAll('_', '')
  if (digits === undefined || /^0[0-9]/.test(digits)) return 0n
  return sign === '-' ? -BigInt(digits) : BigInt(digits)
}

/** Of how many items or characters, never too many. @throws TemplateFault */
export function countAt(args: readonly Value[], at: number): number {
  const count = Math.max(0, Number(wholeAt(args, at)))
  if (count > MAX_MADE) throw new TemplateFault(`${count} is more than a chart needs`)
  return count
}

/** @throws TemplateFault */
export function listAt(args: readonly Value[], at: number): readonly Value[] {
  const value = args[at]
  if (isNothing(value)) return []
  if (isList(value)) return value
  throw new TemplateFault('a list is needed')
}

/** @throws TemplateFault */
export function dictAt(args: readonly Value[], at: number): Dict {
  const value = args[at]
  if (isDict(value)) return value
  if (isNothing(value)) return new Map()
  throw new TemplateFault('a dictionary is needed')
}
