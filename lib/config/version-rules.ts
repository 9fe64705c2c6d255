/** Rules that releases and operators share: ranges are versions, and names stand once. */
import { dotted, type Entry, fieldOf, textOf } from './entry.ts'
import type { ProblemList } from './problem-list.ts'
import { isTolerantVersion } from './version-text.ts'

const BOUNDS = ['minVersion', 'maxVersion'] as const

export function checkRange(entry: Entry, problems: ProblemList): void {
  for (const bound of BOUNDS) {
    const field = fieldOf(entry, bound)
    const text = textOf(field)
    if (field === undefined || text === undefined || isTolerantVersion(text)) continue
    problems.add('rule', field.pointer, `${dotted(field.pointer)}: "${text}" is not a version`, {
      hint: 'write a semantic version, for example 4.16.8',
    })
  }
}

export function hasRange(entry: Entry): boolean {
  return BOUNDS.some(bound => textOf(fieldOf(entry, bound)) !== undefined)
}

/** Reports every name after its first; `what` begins the message: `release channel "stable-4.16"`. */
export function checkUnique(
  named: readonly { readonly at: Entry; readonly name: string }[],
  what: string,
  problems: ProblemList,
): void {
  const first = new Map<string, Entry>()
  for (const { at, name } of named) {
    const before = first.get(name)
    if (before === undefined) first.set(name, at)
    else
      problems.add('rule', at.pointer, `${what} "${name}" stands here twice`, {
        hint: `the first is in line ${problems.lineOf(before.pointer)}; join the two`,
      })
  }
}

/** The items that have text behind `key`, with it. */
export function namedBy(
  items: readonly Entry[],
  key: string,
): readonly { readonly at: Entry; readonly name: string }[] {
  return items.flatMap(item => {
    const at = fieldOf(item, key)
    const name = textOf(at)
    return at === undefined || name === undefined ? [] : [{ at, name }]
  })
}
