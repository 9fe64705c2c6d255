/** A list with a heading in the lower part of a rendered plan: entries in aligned columns, with details below each. */
import { printable, wrap } from './fit.ts'
import { hiddenLine, type Listing } from './listing.ts'
import type { PlanView } from './plan-view.ts'
import { alignTable, type Cell, type Column } from './table.ts'

export interface Section extends Listing {
  readonly title: string
  /** The lines of the first `count` entries. */
  readonly lines: (count: number) => readonly string[]
  readonly flag: '--all' | '--deletes'
}

/** Columns before an entry of a section. */
export const INDENT = 2
const DETAIL_INDENT = 6

export interface Table<E> {
  readonly title: string
  readonly flag: Section['flag']
  /** Shown in full. */
  readonly whole: boolean
  readonly entries: readonly E[]
  /** Sentences below an entry. */
  readonly details: (entry: E) => readonly string[]
  readonly columns: readonly Column[]
  readonly row: (entry: E) => readonly Cell[]
}

export function tableSection<E>(table: Table<E>, view: PlanView): Section {
  const { entries, columns } = table
  const details = entries.map(entry => detailLines(table.details(entry), view))
  return {
    title: view.style.strong(table.title),
    heading: 2,
    heights: details.map(lines => 1 + lines.length),
    whole: table.whole,
    flag: table.flag,
    lines: count => {
      const rows = entries.slice(0, count).map(table.row)
      const lines = alignTable(rows, { columns, width: view.width, indent: INDENT })
      return lines.flatMap((line, at) => [line, ...(details[at] ?? [])])
    },
  }
}

/** Entries of any number of lines each. */
export function textSection(title: string, entries: readonly (readonly string[])[], view: PlanView): Section {
  return {
    title: view.style.strong(title),
    heading: 2,
    heights: entries.map(lines => lines.length),
    whole: view.all,
    flag: '--all',
    lines: count => entries.slice(0, count).flat(),
  }
}

/** A section with its heading, after an empty line. */
export function sectionLines(section: Section, shown: number, view: PlanView): readonly string[] {
  return [
    '',
    section.title,
    ...section.lines(shown),
    ...hiddenLine(section, shown, view.more(section.flag), INDENT),
  ]
}

function detailLines(details: readonly string[], view: PlanView): readonly string[] {
  const margin = ' '.repeat(DETAIL_INDENT)
  return details.flatMap(detail => wrap(margin + printable(detail), view.width, 2))
}
