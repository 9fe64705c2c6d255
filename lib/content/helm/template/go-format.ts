/** Values as text, the way Go prints them: `%v` of its fmt package, and texts in quotes. */
import { GoObject, isDict, isList, isNothing, sortedEntries, type Value } from './value.ts'

/** From this exponent on, and below `MIN_EXPONENT`, `%v` writes a float with an exponent (Go strconv, 'g', shortest). */
const MAX_EXPONENT = 6
const MIN_EXPONENT = -4

/** `%v`. */
export function goText(value: Value): string {
  if (isNothing(value)) return '<nil>'
  if (typeof value === 'number') return floatText(value)
  if (isList(value)) return `[${value.map(goText).join(' ')}]`
  if (isDict(value))
    return `map[${sortedEntries(value)
      .map(([key, each]) => `${key}:${goText(each)}`)
      .join(' ')}]`
  return value instanceof GoObject ? value.text : String(value)
}

/** `%g`, shortest. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return '0'
  const exponent = Number(value.toExponential().split('e')[1])
  if (exponent >= MIN_EXPONENT && exponent < MAX_EXPONENT) return plainDigits(value)
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  return `${mantissa}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[+-]/, '').padStart(2, '0')}`
}

function plainDigits(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text
}

/** `%q`: a text as Go's own source has it (strconv.Quote). */
export function goQuote(text: string, isAscii = false): string {
  const quoted = Array.from(text, character => quotedCharacter(character, '"', isAscii))
  return `"${quoted.join('')}"`
}

/** A character code as Go's own source has it (strconv.QuoteRune). */
export function goQuoteRune(code: number, isAscii = false): string {
  const isCharacter = code >= 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff)
  return `'${quotedCharacter(String.fromCodePoint(isCharacter ? code : 0xff_fd), "'", isAscii)}'`
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
])
/** unicode.IsPrint. */
const PRINTED = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

function quotedCharacter(character: string, quote: string, isAscii: boolean): string {
  if (character === quote) return `\\${quote}`
  const escaped = ESCAPES.get(character)
  if (escaped !== undefined) return escaped
  const code = character.codePointAt(0) ?? 0
  if (PRINTED.test(character) && (!isAscii || code < 0x80)) return character
  const hex = code.toString(16)
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`
  return code < 0x1_00_00 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
