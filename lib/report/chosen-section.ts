/**
 * The part of a rendered plan that says what channels and packages came down to, and what to weigh about it. A short
 * line for each; with everything shown, a line for each version, with the reason why it is kept.
 */
import type { Selection } from '../content/selection.ts'
import { hasChanges } from '../plan/plan.ts'
import { printable, wrap } from './fit.ts'
import { type Section, textSection } from './plan-section.ts'
import type { PlanView } from './plan-view.ts'
import { inFamilies, partOnly, remarkedFirst, selectionText, selectionTitle } from './selection-text.ts'
import { alignTable } from './table.ts'

const ENTRY_INDENT = 2
const PART_INDENT = 4
/** Columns more for what belongs to a line above. */
const DEEPER = 2

/** Where nothing changes, only what was remarked is told, unless everything is to be shown. */
export function chosenSection(view: PlanView): Section {
  const { plan, all } = view
  const told =
    all || hasChanges(plan) ? plan.selections : plan.selections.filter(({ remarks }) => remarks.length > 0)
  const entries = (all ? inFamilies : remarkedFirst)(told).map(({ selection, isPart }) => {
    const shown = isPart ? partOnly(selection) : selection
    const indent = isPart ? PART_INDENT : ENTRY_INDENT
    return [
      ...(all ? wholeLines(shown, indent, view) : shortLines(shown, indent, view)),
      ...remarkLines(shown, indent, view),
    ]
  })
  return textSection('Chosen', entries, view)
}

function shortLines(selection: Selection, indent: number, { width }: PlanView): readonly string[] {
  return wrap(' '.repeat(indent) + selectionText(selection), width, DEEPER)
}

function wholeLines(selection: Selection, indent: number, { width, style }: PlanView): readonly string[] {
  const rows = selection.kept.map(({ name, why }) => [
    { text: printable(name) },
    { text: printable(why), style: style.faint },
  ])
  const columns = [{ shorten: 'middle', min: 12 }, { min: 16 }] as const
  return [
    ...wrap(' '.repeat(indent) + selectionTitle(selection), width, DEEPER),
    ...alignTable(rows, { columns, width, indent: indent + DEEPER }),
  ]
}

function remarkLines({ remarks }: Selection, indent: number, { width, style }: PlanView): readonly string[] {
  return remarks.flatMap(remark =>
    wrap(`${' '.repeat(indent + DEEPER)}! ${printable(remark)}`, width, DEEPER).map(style.warning),
  )
}
