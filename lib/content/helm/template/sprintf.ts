/**
 * `printf` of templates (Go fmt, Sprintf): flags, width, precision, argument numbers and every verb. What does not fit is told
 * in the text as Go does (`%!d(string=x)`): an image that is named so is named so by Helm, too.
 */
import { floatText, goQuote, goQuoteRune, goText } from './go-format.ts'
import { GoObject, isDict, isList, isNothing, sortedEntries, typeOf, type Value } from './value.ts'

interface Form {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly verb: string
}

const DIRECTIVE = /%([-+# 0]*)(?:\[(\d+)\])?(\*|\d+)?(?:\.(?:\[(\d+)\])?(\*|\d*))?(?:\[(\d+)\])?(.)?/gsu
/** More than a chart pads to. */
const MAX_WIDTH = 4096

export function sprintf(format: string, args: readonly Value[]): string {
  let at = 0
  let isReordered = false
  const next = (index: string | undefined): void => {
    if (index === undefined) return
    at = Number(index) - 1
    isReordered = true
  }
  const size = (text: string | undefined): number | undefined => {
    if (text !== '*') return text === undefined ? undefined : Number(text)
    const value = args[at++]
    return isNothing(value) ? 0 : Number(value)
  }
  const text = format.replace(DIRECTIVE, (_, ...parts: (string | undefined)[]) => {
    const [flags = '', beforeWidth, width, beforePrecision, precision, beforeVerb, verb] = parts
    if (verb === undefined) return '%!(NOVERB)'
    next(beforeWidth)
    const wide = size(width) ?? 0
    next(beforePrecision)
    const precise = size(precision)
    next(beforeVerb)
    if (verb === '%') return '%'
    if (at < 0 || at >= args.length) return `%!${verb}(${isReordered ? 'BADINDEX' : 'MISSING'})`
    const form = { flags: wide < 0 ? `${flags}-` : flags, width: Math.abs(wide), precision: precise, verb }
    return verbText(args[at++], form, true)
  })
  if (isReordered || at >= args.length) return text
  return `${text}%!(EXTRA ${args.slice(at).map(typed).join(', ')})`
}

/** `int=5` */
function typed(value: Value): string {
  return isNothing(value) ? '<nil>' : `${typeOf(value)}=${goText(value)}`
}

function verbText(value: Value, form: Form, isTop: boolean): string {
  const { verb } = form
  if (verb === 'T') return padded(typeOf(value), form)
  if (isNothing(value)) return isTop && verb !== 'v' ? misfit(value, verb) : padded('<nil>', form)
  if (typeof value === 'boolean')
    return 'tv'.includes(verb) ? padded(String(value), form) : misfit(value, verb)
  if (typeof value === 'string') return textText(value, form)
  if (value instanceof GoObject) return textText(value.text, form)
  if (typeof value === 'bigint') return wholeText(value, form)
  if (typeof value === 'number') return decimalText(value, form)
  const isSource = verb === 'v' && form.flags.includes('#')
  const between = isSource ? ', ' : ' '
  const [open, close] = isSource ? [`${typeOf(value)}{`, '}'] : [isDict(value) ? 'map[' : '[', ']']
  if (isList(value)) return open + value.map(each => verbText(each, form, false)).join(between) + close
  if (!isDict(value)) return misfit(value, verb)
  const entries = sortedEntries(value).map(
    ([key, each]) => `${verbText(key, form, false)}:${verbText(each, form, false)}`,
  )
  return open + entries.join(between) + close
}

function misfit(value: Value, verb: string): string {
  return `%!${verb}(${typed(value)})`
}

function textText(text: string, form: Form): string {
  const { verb, flags, precision } = form
  const shown = precision === undefined ? text : Array.from(text).slice(0, precision).join('')
  if (verb === 'q' || (verb === 'v' && flags.includes('#')))
    return padded(goQuote(shown, flags.includes('+') && verb === 'q'), form)
  if (verb === 's' || verb === 'v') return padded(shown, form)
  const hex = Buffer.from(shown).toString('hex')
  if (verb === 'x') return padded(hex, form)
  return verb === 'X' ? padded(hex.toUpperCase(), form) : misfit(text, verb)
}

const BASES: ReadonlyMap<string, number> = new Map([
  ['d', 10],
  ['v', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
])
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' }

function wholeText(value: bigint, form: Form): string {
  const { verb, flags, precision } = form
  if (verb === 'c') return padded(String.fromCodePoint(Number(BigInt.asUintN(20, value))), form)
  if (verb === 'q') return padded(goQuoteRune(Number(value), flags.includes('+')), form)
  if (verb === 'U') return padded(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, form)
  const base = BASES.get(verb)
  if (base === undefined) return misfit(value, verb)
  const size = value < 0n ? -value : value
  const plain = size.toString(base).padStart(Math.min(precision ?? 0, MAX_WIDTH), '0')
  const digits = verb === 'X' ? plain.toUpperCase() : plain
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? (PREFIXES[verb] ?? '') : ''
  return signed(
    value < 0n,
    prefix + digits,
    precision === undefined ? form : { ...form, flags: unzeroed(form) },
  )
}

function decimalText(value: number, form: Form): string {
  const { verb, precision } = form
  const size = Math.abs(value)
  const isNegative = value < 0 || Object.is(value, -0)
  switch (verb) {
    case 'f':
    case 'F':
      return signed(isNegative, fixed(size, Math.min(precision ?? 6, 100)), form)
    case 'e':
    case 'E':
      return signed(isNegative, exponential(size, precision ?? 6, verb), form)
    case 'v':
    case 'g':
    case 'G': {
      const text = precision === undefined ? floatText(size) : rounded(size, precision)
      return signed(isNegative, verb === 'G' ? text.toUpperCase() : text, form)
    }
    default:
      return misfit(value, verb)
  }
}

/** Places behind those asked for: a number in the middle has none but a five. */
const ENOUGH = 30

/** What lies in the middle goes to the even digit. */
function fixed(value: number, places: number): string {
  const digits = value.toFixed(Math.min(places + ENOUGH, 100))
  const isMiddle = /^50*$/.test(digits.slice(digits.indexOf('.') + 1 + places))
  const below = digits.slice(0, digits.indexOf('.') + (places === 0 ? 0 : places + 1))
  return isMiddle && /[02468]$/.test(below) ? below : value.toFixed(places)
}

/** `%.3g` */
function rounded(value: number, precision: number): string {
  const digits = Math.min(Math.max(precision, 1), 100)
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < digits) return String(Number(value.toPrecision(digits)))
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return `${short}e${power.slice(0, 1)}${power.slice(1).padStart(2, '0')}`
}

function exponential(value: number, precision: number, letter: string): string {
  const [mantissa = '', power = '+0'] = value.toExponential(Math.min(precision, 100)).split('e')
  return `${mantissa}${letter}${power.slice(0, 1)}${power.slice(1).padStart(2, '0')}`
}

/** The sign stands before the zeros that fill the width. */
function signed(isNegative: boolean, digits: string, form: Form): string {
  const { flags, width } = form
  const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const isZeroed = flags.includes('0') && !flags.includes('-')
  if (!isZeroed) return padded(sign + digits, form)
  return sign + digits.padStart(Math.min(width, MAX_WIDTH) - sign.length, '0')
}

function unzeroed({ flags }: Form): string {
  return flags.replaceAll('0', '')
}

function padded(text: string, { flags, width }: Form): string {
  const missing = Math.min(width, MAX_WIDTH) - Array.from(text).length
  if (missing <= 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text
}
