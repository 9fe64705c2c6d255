/** Numbers, comparisons, defaults and kinds (sprig, "Math", "Defaults", "Reflection"; Go text/template). */
import { deepEquals, equalsAny, order } from '../compare.ts'
import { isTrue, kindOf, typeOf, type Value } from '../value.ts'
import { countAt, numberAt, type TemplateFunction, toNumber, toWhole, wholeAt } from './arguments.ts'

const sum = (args: readonly Value[]): bigint =>
  args.reduce<bigint>((total, each) => total + toWhole(each), 0n)
const product = (args: readonly Value[]): bigint =>
  args.reduce<bigint>((total, each) => total * toWhole(each), 1n)
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new RangeError('division by zero')
  return a / b
}

/** `seq`: the last number, the first and the last, or first, step and last; a text with spaces. */
function sequence(args: readonly Value[]): string {
  const numbers = args.map(toNumber)
  const [first = 1, last = 1] = numbers.length === 1 ? [1, numbers[0]] : [numbers[0], numbers.at(-1)]
  const step = numbers.length === 3 ? (numbers[1] ?? 1) : last < first ? -1 : 1
  return steps(first, last + Math.sign(step), step).join(' ')
}

const MAX_STEPS = 10_000

/** From `first` to before `end`. */
function steps(first: number, end: number, step: number): readonly number[] {
  const count = step === 0 ? 0 : Math.ceil((end - first) / step)
  if (count > MAX_STEPS) throw new RangeError(`${count} numbers are more than a chart needs`)
  return Array.from({ length: Math.max(0, count) }, (_, at) => first + at * step)
}

function round(value: number, places: number): number {
  const factor = 10 ** places
  return (Math.sign(value) * Math.round(Math.abs(value) * factor)) / factor
}

/** Sprig computes with decimal fractions: 0.1 and 0.2 are 0.3. */
function exact(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : value
}

export const NUMBER_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  int: args => wholeAt(args, 0),
  int64: args => wholeAt(args, 0),
  toDecimal: args => BigInt(Number.parseInt(String(args[0]), 8) || 0),
  float64: args => numberAt(args, 0),
  atoi: args => wholeAt(args, 0),
  add: sum,
  add1: args => wholeAt(args, 0) + 1n,
  sub: args => wholeAt(args, 0) - wholeAt(args, 1),
  mul: product,
  div: args => divide(wholeAt(args, 0), wholeAt(args, 1)),
  mod: args => wholeAt(args, 0) - divide(wholeAt(args, 0), wholeAt(args, 1)) * wholeAt(args, 1),
  max: args => args.map(toWhole).reduce(most, toWhole(args[0])),
  min: args => args.map(toWhole).reduce(least, toWhole(args[0])),
  addf: args => exact(args.reduce<number>((total, each) => total + toNumber(each), 0)),
  subf: args =>
    exact(args.slice(1).reduce<number>((total, each) => total - toNumber(each), numberAt(args, 0))),
  mulf: args => exact(args.reduce<number>((total, each) => total * toNumber(each), 1)),
  divf: args => args.slice(1).reduce<number>((total, each) => total / toNumber(each), numberAt(args, 0)),
  maxf: args => Math.max(...args.map(toNumber)),
  minf: args => Math.min(...args.map(toNumber)),
  ceil: args => Math.ceil(numberAt(args, 0)),
  floor: args => Math.floor(numberAt(args, 0)),
  round: args => round(numberAt(args, 0), Number(wholeAt(args, 1))),
  until: args => steps(0, countAt(args, 0), 1).map(BigInt),
  untilStep: args => steps(numberAt(args, 0), numberAt(args, 1), numberAt(args, 2)).map(BigInt),
  seq: sequence,
  eq: equalsAny,
  ne: args => !equalsAny(args.slice(0, 2)),
  lt: ([a, b]) => order(a, b) < 0,
  le: ([a, b]) => order(a, b) <= 0,
  gt: ([a, b]) => order(a, b) > 0,
  ge: ([a, b]) => order(a, b) >= 0,
  deepEqual: ([a, b]) => deepEquals(a, b),
  default: args => (args.length > 1 && isTrue(args[1]) ? args[1] : args[0]),
  empty: ([value]) => !isTrue(value),
  coalesce: args => args.find(isTrue),
  all: args => args.every(isTrue),
  any: args => args.some(isTrue),
  ternary: args => (isTrue(args[2]) ? args[0] : args[1]),
  kindOf: ([value]) => kindOf(value),
  kindIs: ([kind, value]) => kindOf(value) === kind || (kind === 'int64' && typeof value === 'bigint'),
  typeOf: ([value]) => typeOf(value),
  typeIs: ([type, value]) => typeOf(value) === type,
  typeIsLike: ([type, value]) => typeOf(value) === type || `*${typeOf(value)}` === type,
  call: ([called, ...args]) => (typeof called === 'function' ? called(args) : undefined),
}
