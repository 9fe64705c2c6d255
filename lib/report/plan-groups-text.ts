/** The upper part of a rendered plan: what comes, by content kind and repository, and what drifted, with its bytes. */
import { printable } from './fit.ts'
import { hiddenLine, type Listing } from './listing.ts'
import { actionSymbol, shortDestination } from './naming.ts'
import { type ChangeOf, type ContentGroup, type Cost, costOf, type GatheredPlan } from './plan-groups.ts'
import type { PlanView } from './plan-view.ts'
import { countOf, formatBytes, formatCount } from './quantities.ts'
import { alignTable, type Cell } from './table.ts'

/** One line below a group's heading, made only when it is shown. */
type Entry = () => readonly Cell[]

interface Block extends Listing {
  readonly title: readonly Cell[]
  readonly entries: readonly Entry[]
}

const INDENT = 2

/** The blocks in the order they are shown; their lines come from `groupLines`, all aligned with each other. */
export function groupBlocks(gathered: GatheredPlan, view: PlanView): readonly Block[] {
  const blocks = gathered.groups.map(group =>
    block(
      [
        { text: group.title, style: view.style.strong },
        { text: countsText(group) },
        { text: costText(group.cost, view.narrow) },
      ],
      [...addEntries(group, view), ...adoptEntries(group, view)],
      view,
    ),
  )
  if (gathered.repairs.length === 0) return blocks
  const drift = block(
    [
      { text: driftText(gathered.repairs.length, view.narrow), style: view.style.strong },
      { text: `${actionSymbol('repair')} ${formatCount(gathered.repairs.length)}` },
      { text: costText(gathered.repairCost, view.narrow) },
    ],
    gathered.repairs.map(change => () => [
      entryLabel(change, view),
      { text: '' },
      { text: printable(change.reason), style: view.style.faint },
    ]),
    view,
  )
  return [...blocks, drift]
}

export function groupLines(
  blocks: readonly Block[],
  shown: readonly number[],
  view: PlanView,
): readonly string[] {
  const rows = blocks.map((of, at) => [of.title, ...of.entries.slice(0, shown[at]).map(entry => entry())])
  const lines = alignTable(rows.flat(), {
    columns: [
      { shorten: 'middle', min: 24 },
      { min: 8 },
      { min: 12, optional: true },
      { shorten: 'middle', min: 24, optional: true },
    ],
    width: view.width,
    indent: INDENT,
  })
  let next = 0
  return blocks.flatMap((of, at) => {
    const own = lines.slice(next, next + (rows[at]?.length ?? 0))
    next += own.length
    return [...own, ...hiddenLine(of, shown[at] ?? 0, view.more('--all'), INDENT + 2)]
  })
}

function block(title: readonly Cell[], entries: readonly Entry[], view: PlanView): Block {
  return { heading: 1, heights: entries.map(() => 1), whole: view.all, title, entries }
}

function addEntries(group: ContentGroup, view: PlanView): readonly Entry[] {
  if (view.all)
    return group.adds.map(change => () => [
      entryLabel(change, view),
      { text: '' },
      { text: addText([change], view) },
      { text: printable(change.image.source), style: view.style.faint },
    ])
  return [...byRepository(group.adds).values()].map(changes => () => [
    entryLabel(changes[0], view, changes.length > 1),
    { text: changes.length > 1 ? countOf(changes.length, 'tag') : '' },
    { text: addText(changes, view) },
  ])
}

function addText(changes: readonly ChangeOf<'add'>[], view: PlanView): string {
  const cost = costText(costOf(view.plan, changes), view.narrow)
  const reason = changes.length === 1 ? changes[0]?.reason : undefined
  return reason === undefined ? cost : `${cost}${cost === '' ? '' : ', '}${printable(reason)}`
}

function adoptEntries(group: ContentGroup, view: PlanView): readonly Entry[] {
  return group.adopts.map(change => () => [
    entryLabel(change, view),
    { text: '' },
    { text: view.narrow ? 'already there' : 'already there, taken into the state', style: view.style.faint },
    { text: view.all ? printable(change.image.source) : '', style: view.style.faint },
  ])
}

function byRepository(
  adds: readonly ChangeOf<'add'>[],
): ReadonlyMap<string, [ChangeOf<'add'>, ...ChangeOf<'add'>[]]> {
  const repositories = new Map<string, [ChangeOf<'add'>, ...ChangeOf<'add'>[]]>()
  for (const change of adds) {
    const known = repositories.get(change.image.destination.repository)
    if (known === undefined) repositories.set(change.image.destination.repository, [change])
    else known.push(change)
  }
  return repositories
}

function entryLabel(change: ChangeOf<'add' | 'adopt' | 'repair'>, view: PlanView, manyTags = false): Cell {
  const destination = shortDestination(view.plan.target, change.image.destination)
  const name = manyTags ? destination.slice(0, destination.lastIndexOf(':')) : destination
  const style = { add: view.style.added, adopt: view.style.faint, repair: view.style.repaired }[change.action]
  return { text: `  ${actionSymbol(change.action)} ${name}`, style }
}

/** `+ 199, ~ 1, = 3, − 11` */
function countsText(group: ContentGroup): string {
  const counts = [
    ['add', group.adds.length],
    ['move', group.moves],
    ['adopt', group.adopts.length],
    ['delete', group.deletes],
  ] as const
  return counts
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${actionSymbol(action)} ${formatCount(count)}`)
    .join(', ')
}

function costText(cost: Cost, narrow: boolean): string {
  if (cost.toCopy === 0 && cost.there === 0) return ''
  if (cost.toCopy === 0) return narrow ? '0 B' : '0 B (blobs are there)'
  if (narrow) return formatBytes(cost.toCopy)
  const there = cost.there > 0 ? `, ${formatBytes(cost.there)} already there` : ''
  return `${formatBytes(cost.toCopy)} to copy${there}`
}

function driftText(count: number, narrow: boolean): string {
  const images = countOf(count, 'image')
  if (narrow) return `drift: ${images}`
  return `drift: ${images} ${count === 1 ? 'is' : 'are'} gone or changed at the target`
}
