/**
 * `via`: which target is read from which other one. Checks that every way ends at a target that reads from the sources
 * themselves, and puts targets in an order in which each comes after the one it reads from.
 */
import { type Entry, fieldOf, textOf } from './entry.ts'
import { suggestKey } from './key-suggestion.ts'
import type { ProblemList } from './problem-list.ts'

/** A target, as far as ways are concerned. */
interface Hop {
  readonly name: string
  readonly via?: string
}

/** @param items the targets as written: what is wrong with one otherwise does not hide that another names it */
export function checkHops(items: readonly Entry[], problems: ProblemList): void {
  const byName = new Map(items.map(item => [textOf(fieldOf(item, 'name')), item]))
  const viaOf = (name: string) => textOf(fieldOf(byName.get(name), 'via'))
  for (const item of items) {
    const at = fieldOf(item, 'via')
    const via = textOf(at)
    if (at === undefined || via === undefined) continue
    const fault = faultOf(textOf(fieldOf(item, 'name')), via, byName, viaOf)
    if (fault !== undefined) problems.add('rule', at.pointer, `via: ${fault.message}`, { hint: fault.hint })
  }
}

function faultOf(
  name: string | undefined,
  via: string,
  byName: ReadonlyMap<string | undefined, Entry>,
  viaOf: (name: string) => string | undefined,
): { readonly message: string; readonly hint: string } | undefined {
  const before = byName.get(via)
  if (before === undefined) {
    const near = suggestKey(
      via,
      [...byName.keys()].filter(known => known !== undefined),
    )
    const hint = near === undefined ? 'name one of the targets of this file' : `did you mean "${near}"?`
    return { message: `there is no target "${via}"`, hint }
  }
  if (name !== undefined && leadsBack(name, viaOf))
    return {
      message: `the way from "${name}" over "${via}" leads back to "${name}"`,
      hint: 'the first target of a way has no via: it reads from the sources',
    }
  if (isFolder(before))
    return {
      message: `the target "${via}" is not a registry`,
      hint: 'only what is in a registry can be read on the way; what is in a folder is carried as an archive',
    }
  return undefined
}

/** Each after the one it is via; otherwise as in the file. */
export function inOrderOfHops<T extends Hop>(targets: readonly T[]): readonly T[] {
  const byName = new Map(targets.map(target => [target.name, target]))
  const order = new Set<T>()
  const visit = (target: T): void => {
    const before = target.via === undefined ? undefined : byName.get(target.via)
    if (before !== undefined && !order.has(before)) visit(before)
    order.add(target)
  }
  for (const target of targets) visit(target)
  return [...order]
}

/** The targets that lie on the way to one, nearest first: `enc1`, `enterprise`. Empty where it reads from the sources. */
export function targetsBefore<T extends Hop>(targets: readonly T[], { via }: T): readonly T[] {
  const before = targets.find(target => target.name === via)
  return via === undefined || before === undefined ? [] : [before, ...targetsBefore(targets, before)]
}

function leadsBack(name: string, viaOf: (name: string) => string | undefined): boolean {
  const seen = new Set<string>()
  for (let at = viaOf(name); at !== undefined && !seen.has(at); at = viaOf(at)) {
    if (at === name) return true
    seen.add(at)
  }
  return false
}

function isFolder(item: Entry): boolean {
  return /^(oci|file):\/\//.test(textOf(fieldOf(item, 'to')) ?? '')
}
