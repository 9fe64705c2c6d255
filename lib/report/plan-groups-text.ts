/** The upper part of a rendered plan: what comes, by content kind and repository, and what drifted, with its bytes. */
import { printable } from './fit.ts'
import { hiddenLine, type Listing } from './listing.ts'
import { actionSymbol, shortDestination } from './naming.ts'
import { type ChangeOf, type ContentGroup, type Cost, costOf, type GatheredPlan } from './plan-groups.ts'
import type { PlanView } from './plan-view.ts'
import { countOf, formatBytes, formatCount } from './quantities.ts'
import { alignTable, type Cell } from './table.ts'
import { apart, commonReason, putTogether, type Together } from './together.ts'

/** One line below a group's heading, made only when it is shown. */
type Entry = () => readonly Cell[]

interface Block extends Listing {
  readonly title: readonly Cell[]
  readonly entries: readonly Entry[]
}

const INDENT = 2
/** Columns of a name that gives way to what it costs: the digests that are tags have no end. */
const LEAST_NAME = 32

/** The blocks in the order they are shown; their lines come from `groupLines`, all aligned with each other. */
export function groupBlocks(gathered: GatheredPlan, view: PlanView): readonly Block[] {
  const blocks = gathered.groups.map(group =>
    block(
      [
        { text: group.title, style: view.style.strong },
        { text: countsText(group) },
        costCell(group.cost, view.narrow),
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
      costCell(gathered.repairCost, view.narrow),
    ],
    repairEntries(gathered.repairs, view),
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
      { shorten: 'middle', min: LEAST_NAME },
      { min: 8 },
      { min: 12, optional: true },
      { shorten: 'middle', min: 24, optional: true },
    ],
    width: view.width,
    indent: INDENT,
    giveWay: [3, 0, 2, 1],
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
      addCell([change], view),
      { text: printable(change.image.source), style: view.style.faint },
    ])
  const entries = putTogether(group.adds, change => change.image.destination.repository)
  return entries.map(entry => () => [
    togetherLabel(entry, view),
    { text: membersText(entry) },
    addCell(entry.members, view),
  ])
}

function addCell(changes: readonly ChangeOf<'add'>[], view: PlanView): Cell {
  const cost = costOf(view.plan, changes)
  const reason = changes.length === 1 ? changes[0]?.reason : undefined
  if (reason === undefined) return costCell(cost, view.narrow)
  const amounts = costCell(cost, view.narrow).text
  return { text: `${amounts}${amounts === '' ? '' : ', '}${printable(reason)}` }
}

function adoptEntries(group: ContentGroup, view: PlanView): readonly Entry[] {
  const entries = view.all ? apart(group.adopts) : putTogether(group.adopts)
  return entries.map(entry => () => [
    togetherLabel(entry, view),
    { text: membersText(entry) },
    { text: adoptText(entry.members, view.narrow), style: view.style.faint },
    { text: view.all ? printable(entry.members[0].image.source) : '', style: view.style.faint },
  ])
}

/** Where the state has the image already, only what is told of it is new. */
function adoptText(adopts: readonly ChangeOf<'adopt'>[], narrow: boolean): string {
  const known = adopts.flatMap(({ reason }) => (reason === undefined ? [] : [{ reason }]))
  if (known.length === adopts.length) return narrow ? 'already ours' : commonReason(known)
  return narrow ? 'already there' : 'already there, taken into the state'
}

function repairEntries(repairs: readonly ChangeOf<'repair'>[], view: PlanView): readonly Entry[] {
  const entries = view.all ? apart(repairs) : putTogether(repairs)
  return entries.map(entry => () => [
    togetherLabel(entry, view),
    { text: membersText(entry) },
    { text: commonReason(entry.members), style: view.style.faint },
  ])
}

/** `191 images` of a part, `2 tags` of a repository; nothing for one alone. */
function membersText({ members, part }: Together<unknown>): string {
  if (members.length === 1) return ''
  return countOf(members.length, part === undefined ? 'tag' : 'image')
}

function togetherLabel(entry: Together<ChangeOf<'add' | 'adopt' | 'repair'>>, view: PlanView): Cell {
  const [first] = entry.members
  const { text, style } = entryLabel(first, view, entry.members.length > 1)
  const named = (part: string) => `  ${actionSymbol(first.action)} ${part}`
  return {
    text: entry.part === undefined ? text : named(entry.part),
    ...(entry.brief !== undefined && { brief: named(entry.brief) }),
    ...(style && { style }),
  }
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

function costCell(cost: Cost, narrow: boolean): Cell {
  if (cost.toCopy === 0 && cost.there === 0) return { text: '' }
  if (cost.toCopy === 0) return { text: narrow ? '0 B' : '0 B (blobs are there)', brief: '0 B' }
  const copied = formatBytes(cost.toCopy)
  if (narrow) return { text: copied }
  const there = cost.there > 0 ? `, ${formatBytes(cost.there)} already there` : ''
  return { text: `${copied} to copy${there}`, brief: `${copied} to copy` }
}

function driftText(count: number, narrow: boolean): string {
  const images = countOf(count, 'image')
  if (narrow) return `drift: ${images}`
  return `drift: ${images} ${count === 1 ? 'is' : 'are'} gone or changed at the target`
}
