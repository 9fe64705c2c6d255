/** Bundles of operators and charts of which an image cannot be had: which, and what is missing. */
import type { Incomplete } from '../graph/graph.ts'
import type { Plan } from '../plan/plan.ts'
import { printable, wrap } from './fit.ts'
import { type Section, textSection } from './plan-section.ts'
import type { PlanView } from './plan-view.ts'
import { countOf } from './quantities.ts'

/** Bundles and charts apart, each under what is done about them; none that is empty. */
export function incompleteGroups({ incomplete = [] }: Pick<Plan, 'incomplete'>): readonly IncompleteGroup[] {
  const [bundles, charts] = [incomplete.filter(each => !isChart(each)), incomplete.filter(isChart)]
  return [
    { title: 'Incomplete operators: nothing is copied that only these bundles need', entries: bundles },
    { title: 'Incomplete charts: their other images are copied', entries: charts },
  ].filter(({ entries }) => entries.length > 0)
}

export interface IncompleteGroup {
  readonly title: string
  readonly entries: readonly Incomplete[]
}

function isChart(incomplete: Incomplete): boolean {
  return 'chart' in incomplete
}

/** `web-terminal.v1.9.0 (package web-terminal, catalog registry.example/index:v4.16)` */
export function incompleteName(incomplete: Incomplete): string {
  if ('chart' in incomplete) {
    const { chart, version, repository } = incomplete
    return `chart ${chart} ${version} (${repository})`
  }
  const { bundle, package: name, catalog } = incomplete
  return `${bundle} (package ${name}, catalog ${catalog})`
}

/** What is wrong with each image that is missing; its name first, where the message does not have it. */
export function missingTexts({ missing }: Incomplete): readonly string[] {
  return missing.map(({ image, message }) => (message.includes(image) ? message : `${image}: ${message}`))
}

export function incompleteSections(view: PlanView): readonly Section[] {
  const { plan, style, width } = view
  return incompleteGroups(plan).map(({ title, entries }) => {
    const shown = entries.map(each => [
      ...wrap(`  ! ${printable(incompleteName(each))}`, width, 4).map(style.warning),
      ...missingTexts(each).flatMap(text => wrap(`    ${printable(text)}`, width, 2)),
    ])
    return textSection(title, shown, view)
  })
}

/** Bundles and charts named in the result of an apply; the plan has all of them. */
const NAMED = 10

/** For the end of an apply: how many, and the first of them. */
export function incompleteLines(incomplete: readonly Incomplete[], width: number): readonly string[] {
  if (incomplete.length === 0) return []
  const charts = incomplete.filter(isChart).length
  const bundles = incomplete.length - charts
  const counts = [
    ...(bundles > 0 ? [`${countOf(bundles, 'bundle')} of operators`] : []),
    ...(charts > 0 ? [countOf(charts, 'chart')] : []),
  ]
  const named = incomplete.slice(0, NAMED).map(incompleteName)
  const more = incomplete.length - named.length
  return [
    `${counts.join(' and ')} incomplete, because images cannot be found:`,
    ...named.flatMap(name => wrap(`  ! ${printable(name)}`, width, 4)),
    ...(more > 0 ? [`  … ${more} more: the plan lists them all`] : []),
    '',
  ]
}
