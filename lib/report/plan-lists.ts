/**
 * The lower part of a rendered plan: moves, what stays or is forgotten and why, notes, and last of all the deletes,
 * each told with everything else its requests do to the registry.
 */
import type { Removal, RemovalStep } from '../plan/plan.ts'
import { printable, shortenMiddle, wrap } from './fit.ts'
import { hiddenLine, type Listing } from './listing.ts'
import { actionStyle, actionSymbol, digestStep, originsText, shortDestination } from './naming.ts'
import type { ChangeOf, GatheredPlan } from './plan-groups.ts'
import type { PlanView } from './plan-view.ts'
import { countOf, formatBytes } from './quantities.ts'
import { alignTable, type Cell, type Column } from './table.ts'

export interface Section extends Listing {
  readonly title: string
  /** The lines of the first `count` entries. */
  readonly lines: (count: number) => readonly string[]
  readonly flag: '--all' | '--deletes'
}

const INDENT = 2
const DETAIL_INDENT = 6

/** Sections that have something to say, deletes last. */
export function planSections(gathered: GatheredPlan, view: PlanView): readonly Section[] {
  return [
    keptSection(gathered.keeps, view),
    forgottenSection(gathered.forgets, view),
    noteSection(view),
    moveSection(gathered.moves, view),
    deleteSection(gathered.deletes, view),
  ].filter(section => section.heights.length > 0)
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

function moveSection(moves: readonly ChangeOf<'move'>[], view: PlanView): Section {
  const details = moves.map(({ reason }) => detailLines(reason === undefined ? [] : [reason], view))
  const columns = [
    { shorten: 'middle', min: 20 },
    {},
    { shorten: 'middle', min: 20, optional: true },
  ] as const
  return section('Moves', '--all', view.all, details, view, columns, at => {
    const move = moves[at]
    if (move === undefined) return []
    return [
      label(move, view),
      { text: digestStep(move.from, move.image.digest, view.narrow) },
      { text: printable(move.image.source), style: view.style.faint },
    ]
  })
}

function deleteSection(deletes: readonly ChangeOf<'delete'>[], view: PlanView): Section {
  const reclaims = view.plan.summary.bytesReclaimable
  const heading =
    reclaims > 0 && !view.narrow
      ? `Deletes (${formatBytes(reclaims)} reclaimable after the registry's garbage collection)`
      : `Deletes${reclaims > 0 ? ` (${formatBytes(reclaims)} reclaimable)` : ''}`
  const details = deletes.map(({ removal, image }) =>
    detailLines(removalDetails(removal, image.destination.tag), view),
  )
  const columns = [
    { shorten: 'middle', min: 24 },
    { shorten: 'middle', min: 12, optional: true },
  ] as const
  return section(
    view.style.removed(heading),
    '--deletes',
    view.all || view.deletes,
    details,
    view,
    columns,
    at => {
      const change = deletes[at]
      if (change === undefined) return []
      return [
        label(change, view),
        {
          text: `${view.narrow ? '' : 'last wanted by '}${originsText(change.image)}`,
          style: view.style.faint,
        },
      ]
    },
  )
}

function keptSection(keeps: readonly ChangeOf<'keep'>[], view: PlanView): Section {
  return reasonSection('Stay as they are', keeps, view)
}

function forgottenSection(forgets: readonly ChangeOf<'forget'>[], view: PlanView): Section {
  return reasonSection('Forgotten by the state, not touched at the target', forgets, view)
}

function reasonSection(
  title: string,
  changes: readonly ChangeOf<'keep' | 'forget'>[],
  view: PlanView,
): Section {
  const columns = [{ shorten: 'middle', min: 20 }, { min: 16 }] as const
  const none = changes.map(() => [])
  return section(title, '--all', view.all, none, view, columns, at => {
    const change = changes[at]
    if (change === undefined) return []
    return [label(change, view), { text: printable(change.reason) }]
  })
}

function noteSection(view: PlanView): Section {
  const notes = view.plan.notes.map(note => wrap(`  - ${printable(note)}`, view.width, INDENT))
  return {
    title: 'Notes',
    heading: 2,
    heights: notes.map(lines => lines.length),
    whole: view.all,
    flag: '--all',
    lines: count => notes.slice(0, count).flat(),
  }
}

function section(
  title: string,
  flag: Section['flag'],
  whole: boolean,
  details: readonly (readonly string[])[],
  view: PlanView,
  columns: readonly Column[],
  row: (at: number) => readonly Cell[],
): Section {
  return {
    title: view.style.strong(title),
    heading: 2,
    heights: details.map(lines => 1 + lines.length),
    whole,
    flag,
    lines: count => {
      const rows = details.slice(0, count).map((_, at) => row(at))
      const lines = alignTable(rows, { columns, width: view.width, indent: INDENT })
      return lines.flatMap((line, at) => [line, ...(details[at] ?? [])])
    },
  }
}

function label(change: ChangeOf<'move' | 'delete' | 'keep' | 'forget'>, view: PlanView): Cell {
  return {
    text: `${actionSymbol(change.action)} ${shortDestination(view.plan.target, change.image.destination)}`,
    style: actionStyle(view.style, change.action),
  }
}

function detailLines(details: readonly string[], view: PlanView): readonly string[] {
  const margin = ' '.repeat(DETAIL_INDENT)
  return details.flatMap(detail => wrap(margin + printable(detail), view.width, 2))
}

/** What a removal does or spares beyond the image's own tag, one sentence each. */
export function removalDetails(removal: Removal, own: string): readonly string[] {
  const details: string[] = []
  const others = new Set(removal.steps.flatMap(tagsOfStep).filter(tag => tag !== own))
  if (others.size > 0) details.push(`${tagsText([...others])} ${others.size === 1 ? 'goes' : 'go'} with it`)
  for (const step of removal.steps)
    if (step.do === 'displace-tag')
      details.push(
        `tag ${shortTag(step.tag)} is put on an empty manifest and that is deleted: this registry deletes only by digest`,
      )
  const { sparedTags } = removal
  if (sparedTags.length === 1) details.push(`${tagsText(sparedTags)} stays: it is on the same digest`)
  if (sparedTags.length > 1) details.push(`${tagsText(sparedTags)} stay: they are on the same digest`)
  return details
}

function tagsOfStep(step: RemovalStep): readonly string[] {
  switch (step.do) {
    case 'delete-tag':
      return [step.tag]
    case 'delete-manifest':
      return step.releases
    case 'displace-tag':
      return []
  }
}

const TAGS_NAMED = 5
/** Columns: cosign's tags hold a whole digest. */
const TAG_COLUMNS = 32

function shortTag(tag: string): string {
  return shortenMiddle(tag, TAG_COLUMNS)
}

function tagsText(tags: readonly string[]): string {
  const named = tags.slice(0, TAGS_NAMED).map(shortTag).join(', ')
  const others = tags.length > TAGS_NAMED ? ` and ${countOf(tags.length - TAGS_NAMED, 'other')}` : ''
  return `${tags.length === 1 ? 'tag' : 'tags'} ${named}${others}`
}
