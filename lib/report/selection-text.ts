/**
 * What a section of an image set came down to, in a few lines: `channel stable-4.16 (x86_64): 4.16.2 (requested), 4.16.4 …
 * 4.16.7 (3: in the range), 4.16.8 (head of the channel)`, and below it what the reviewer should weigh.
 */
import type { Kept, Selection } from '../content/selection.ts'
import { printable } from './fit.ts'
import { formatCount } from './quantities.ts'

/** Runs shown before and after those that are only counted. */
const RUNS_FIRST = 3
const RUNS_LAST = 2

interface Run {
  readonly names: readonly string[]
  readonly why: string
}

/** One line, without what was remarked. */
export function selectionText({ title, kept }: Selection): string {
  if (kept.length === 0) return `${printable(title)}: nothing`
  const runs = runsOf(kept)
  if (runs.length <= RUNS_FIRST + RUNS_LAST + 1) return `${printable(title)}: ${runs.map(runText).join(', ')}`
  const between = runs.slice(RUNS_FIRST, -RUNS_LAST).reduce((sum, { names }) => sum + names.length, 0)
  const shown = [
    ...runs.slice(0, RUNS_FIRST).map(runText),
    `… ${formatCount(between)} more …`,
    ...runs.slice(-RUNS_LAST).map(runText),
  ]
  return `${printable(title)}: ${shown.join(', ')}`
}

/** `channel stable-4.16 (x86_64): 13 kept` */
export function selectionTitle({ title, kept }: Selection): string {
  return `${printable(title)}: ${kept.length === 0 ? 'nothing' : `${formatCount(kept.length)} kept`}`
}

/** A selection where it is shown. */
export interface Placed {
  readonly selection: Selection
  /** Below the one it is part of, whose name it need not repeat. */
  readonly isPart: boolean
}

/** Parts follow what they are part of: `package web-terminal, catalog registry.example/index:v4.16` its catalog. */
export function inFamilies(selections: readonly Selection[]): readonly Placed[] {
  return familiesOf(selections).flat()
}

/** The same, those with remarks first: they must not be what is left out. */
export function remarkedFirst(selections: readonly Selection[]): readonly Placed[] {
  const families = familiesOf(selections).map(([head, ...parts]) => [
    head,
    ...withRemarksFirst(parts, isRemarked),
  ])
  return withRemarksFirst(families, family => family.some(isRemarked)).flat()
}

/** Without the name of what it is part of. */
export function partOnly({ title, ...selection }: Selection): Selection {
  return { ...selection, title: title.slice(0, Math.max(0, title.lastIndexOf(SEPARATOR))) }
}

const SEPARATOR = ', '

function familiesOf(selections: readonly Selection[]): readonly (readonly [Placed, ...Placed[]])[] {
  const titles = new Set(selections.map(({ title }) => title))
  const families = new Map<string, [Placed, ...Placed[]]>()
  for (const selection of selections) {
    const { title } = selection
    const at = title.lastIndexOf(SEPARATOR)
    const whole = title.slice(at + SEPARATOR.length)
    const isPart = at > 0 && titles.has(whole)
    const family = families.get(isPart ? whole : title)
    const placed = { selection, isPart: isPart && family !== undefined }
    if (family === undefined) families.set(title, [placed])
    else family.push(placed)
  }
  return [...families.values()]
}

function isRemarked({ selection }: Placed): boolean {
  return selection.remarks.length > 0
}

function withRemarksFirst<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly T[] {
  return [...items.filter(isFirst), ...items.filter(item => !isFirst(item))]
}

/** Neighbours that are kept for the same reason. */
function runsOf(kept: readonly Kept[]): readonly Run[] {
  const runs: { names: string[]; why: string }[] = []
  for (const { name, why } of kept) {
    const last = runs.at(-1)
    if (last?.why === why) last.names.push(name)
    else runs.push({ names: [name], why })
  }
  return runs
}

function runText({ names, why }: Run): string {
  const [first = '', second = ''] = names
  const reason = printable(why)
  if (names.length === 1) return `${printable(first)} (${reason})`
  if (names.length === 2) return `${printable(first)}, ${printable(second)} (${reason})`
  return `${printable(first)} … ${printable(names.at(-1) ?? '')} (${formatCount(names.length)}: ${reason})`
}
