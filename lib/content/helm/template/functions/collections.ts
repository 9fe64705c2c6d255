/** Functions on lists and dictionaries (sprig, "Lists", "Dictionaries"; Go text/template `index`, `slice`, `len`). */
import { deepEquals } from '../compare.ts'
import { goText } from '../go-format.ts'
import { TemplateFault } from '../template-fault.ts'
import {
  copyDict,
  type Dict,
  deepCopy,
  isDict,
  isList,
  isNothing,
  isTrue,
  sortedEntries,
  type Value,
} from '../value.ts'
import { dictAt, listAt, type TemplateFunction, textAt, textsOf, wholeAt } from './arguments.ts'

/** @throws TemplateFault outside the list */
function index([of, ...keys]: readonly Value[]): Value {
  return keys.reduce<Value>((value, key) => {
    if (isNothing(value)) return undefined
    if (isDict(value)) return value.get(goText(key)) ?? null
    const at = Number(key)
    const item = isList(value) ? value[at] : typeof value === 'string' ? value.charCodeAt(at) : undefined
    if (!isList(value) && typeof value !== 'string')
      throw new TemplateFault('index of something that has no items')
    if (at < 0 || at >= value.length || Number.isNaN(at))
      throw new TemplateFault(`index ${goText(key)} is out of range`)
    return typeof value === 'string' ? BigInt(Number(item)) : item
  }, of)
}

function slice([of, start, end]: readonly Value[]): Value {
  const from = isNothing(start) ? 0 : Number(start)
  const to = isNothing(end) ? undefined : Number(end)
  return typeof of === 'string' ? of.slice(from, to) : isList(of) ? of.slice(from, to) : []
}

function length(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value))
  return BigInt(isList(value) ? value.length : isDict(value) ? value.size : 0)
}

function dict(args: readonly Value[]): Dict {
  const made: Dict = new Map()
  for (let at = 0; at < args.length; at += 2)
    made.set(goText(args[at]), at + 1 < args.length ? args[at + 1] : '')
  return made
}

/** `merge`: what the destination has stays, unless that is empty; `overwrites` takes what the others have, empty or not (mergo). */
function merge([first, ...others]: readonly Value[], overwrites: boolean): Dict {
  const into: Dict = isDict(first) ? first : new Map()
  for (const other of others) if (isDict(other)) mergeInto(into, other, overwrites)
  return into
}

function mergeInto(into: Dict, from: Dict, overwrites: boolean): void {
  for (const [key, value] of from) {
    const own = into.get(key)
    if (isDict(own) && isDict(value)) mergeInto(own, value, overwrites)
    else if (overwrites || (!isTrue(own) && !isNothing(value))) into.set(key, value)
  }
}

function pick(args: readonly Value[], keeps: boolean): Dict {
  const named = new Set(textsOf(args.slice(1).flatMap(each => (isList(each) ? each : [each]))))
  return new Map([...dictAt(args, 0)].filter(([key]) => named.has(key) === keeps))
}

/** `dig "a" "b" default dict`. */
function dig(args: readonly Value[]): Value {
  const keys = args.slice(0, -2).map(goText)
  let value: Value = args.at(-1)
  for (const key of keys) {
    if (!isDict(value) || !value.has(key)) return args.at(-2)
    value = value.get(key)
  }
  return value
}

function unique(list: readonly Value[]): readonly Value[] {
  return list.filter((value, at) => list.findIndex(other => deepEquals(other, value)) === at)
}

export const COLLECTION_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  index,
  slice,
  len: ([value]) => length(value),
  list: args => args,
  tuple: args => args,
  first: args => (typeof args[0] === 'string' ? args[0].slice(0, 1) : listAt(args, 0)[0]),
  last: args => listAt(args, 0).at(-1),
  rest: args => listAt(args, 0).slice(1),
  initial: args => listAt(args, 0).slice(0, -1),
  append: args => [...listAt(args, 0), args[1]],
  push: args => [...listAt(args, 0), args[1]],
  prepend: args => [args[1], ...listAt(args, 0)],
  concat: args => args.flatMap((_, at) => listAt(args, at)),
  reverse: args => listAt(args, 0).toReversed(),
  uniq: args => unique(listAt(args, 0)),
  compact: args => listAt(args, 0).filter(isTrue),
  without: args => listAt(args, 0).filter(value => !args.slice(1).some(other => deepEquals(value, other))),
  has: args => listAt(args, 1).some(value => deepEquals(value, args[0])),
  chunk: args => {
    const size = Math.max(1, Number(wholeAt(args, 0)))
    const list = listAt(args, 1)
    return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
      list.slice(at * size, (at + 1) * size),
    )
  },
  dict,
  get: args => {
    const value = dictAt(args, 0).get(textAt(args, 1))
    return value === undefined ? '' : value
  },
  set: args => dictAt(args, 0).set(textAt(args, 1), args[2]),
  unset: args => {
    const from = dictAt(args, 0)
    from.delete(textAt(args, 1))
    return from
  },
  hasKey: args => dictAt(args, 0).has(textAt(args, 1)),
  pluck: args =>
    args
      .slice(1)
      .flatMap(each => (isDict(each) && each.has(textAt(args, 0)) ? [each.get(textAt(args, 0))] : [])),
  keys: args => args.flatMap((_, at) => sortedEntries(dictAt(args, at)).map(([key]) => key)),
  values: args => sortedEntries(dictAt(args, 0)).map(([, value]) => value),
  pick: args => pick(args, true),
  omit: args => pick(args, false),
  dig,
  merge: args => merge(args, false),
  mustMerge: args => merge(args, false),
  mergeOverwrite: args => merge(args, true),
  mustMergeOverwrite: args => merge(args, true),
  deepCopy: ([value]) => (isDict(value) ? copyDict(value) : deepCopy(value)),
}
