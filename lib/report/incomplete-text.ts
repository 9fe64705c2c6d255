/** Bundles of operators that are not brought because an image of theirs cannot be had: which, and what is missing. */
import type { IncompleteBundle } from '../graph/graph.ts'
import { printable, wrap } from './fit.ts'
import { type Section, textSection } from './plan-section.ts'
import type { PlanView } from './plan-view.ts'
import { countOf } from './quantities.ts'

export const INCOMPLETE_TITLE = 'Incomplete operators: nothing is copied that only these bundles need'

/** `web-terminal.v1.9.0 (package web-terminal, catalog registry.example/index:v4.16)` */
export function incompleteName({ bundle, package: name, catalog }: IncompleteBundle): string {
  return `${bundle} (package ${name}, catalog ${catalog})`
}

/** What is wrong with each image that is missing; its name first, where the message does not have it. */
export function missingTexts({ missing }: IncompleteBundle): readonly string[] {
  return missing.map(({ image, message }) => (message.includes(image) ? message : `${image}: ${message}`))
}

export function incompleteSection(view: PlanView): Section {
  const { plan, style, width } = view
  const entries = (plan.incomplete ?? []).map(bundle => [
    ...wrap(`  ! ${printable(incompleteName(bundle))}`, width, 4).map(style.warning),
    ...missingTexts(bundle).flatMap(text => wrap(`    ${printable(text)}`, width, 2)),
  ])
  return textSection(INCOMPLETE_TITLE, entries, view)
}

/** Bundles named in the result of an apply; the plan has all of them. */
const NAMED = 10

/** For the end of an apply: how many, and the first of them. */
export function incompleteLines(incomplete: readonly IncompleteBundle[], width: number): readonly string[] {
  if (incomplete.length === 0) return []
  const named = incomplete.slice(0, NAMED).map(incompleteName)
  const more = incomplete.length - named.length
  return [
    `${countOf(incomplete.length, 'bundle')} of operators incomplete, because images cannot be found:`,
    ...named.flatMap(name => wrap(`  ! ${printable(name)}`, width, 4)),
    ...(more > 0 ? [`  … ${more} more: the plan lists them all`] : []),
    '',
  ]
}
