/**
 * The lower part of a rendered plan: what is incomplete, what was chosen, what stays or is forgotten and why, notes, moves, and last of all
 * the deletes, each told with everything else its requests do to the registry.
 */
import type { Change } from '../plan/plan.ts'
import { chosenSection } from './chosen-section.ts'
import { printable, wrap } from './fit.ts'
import { incompleteSections } from './incomplete-text.ts'
import { missingSection } from './missing-text.ts'
import { actionStyle, actionSymbol, digestStep, originsText, shortDestination } from './naming.ts'
import type { ChangeOf, GatheredPlan } from './plan-groups.ts'
import { INDENT, type Section, tableSection, textSection } from './plan-section.ts'
import type { PlanView } from './plan-view.ts'
import { countOf, formatBytes } from './quantities.ts'
import { removalDetails, removalsDetails } from './removal-text.ts'
import type { Cell } from './table.ts'
import { apart, commonReason, putTogether, type Together } from './together.ts'

/** Sections that have something to say, deletes last. */
export function planSections(gathered: GatheredPlan, view: PlanView): readonly Section[] {
  return [
    missingSection(view),
    ...incompleteSections(view),
    chosenSection(view),
    reasonSection('Stay as they are', gathered.keeps, view),
    reasonSection('Forgotten by the state, not touched at the target', gathered.forgets, view),
    noteSection(view),
    moveSection(gathered.moves, view),
    deleteSection(gathered.deletes, view),
  ].filter(section => section.heights.length > 0)
}

function moveSection(moves: readonly ChangeOf<'move'>[], view: PlanView): Section {
  return tableSection(
    {
      title: 'Moves',
      flag: '--all',
      whole: view.all,
      entries: view.all ? apart(moves) : putTogether(moves),
      details: ({ members: [move, ...others] }) =>
        move.reason === undefined || others.length > 0 ? [] : [move.reason],
      columns: [{ shorten: 'middle', min: 20 }, {}, { shorten: 'middle', min: 20, optional: true }],
      row: entry => {
        const [move] = entry.members
        if (entry.part !== undefined) return [label(entry, view), { text: membersText(entry) }]
        return [
          label(entry, view),
          { text: digestStep(move.from, move.image.digest, view.narrow) },
          { text: printable(move.image.source), style: view.style.faint },
        ]
      },
    },
    view,
  )
}

function deleteSection(deletes: readonly ChangeOf<'delete'>[], view: PlanView): Section {
  const reclaims = view.plan.summary.bytesReclaimable
  const heading =
    reclaims > 0 && !view.narrow
      ? `Deletes (${formatBytes(reclaims)} reclaimable after the registry's garbage collection)`
      : `Deletes${reclaims > 0 ? ` (${formatBytes(reclaims)} reclaimable)` : ''}`
  const whole = view.all || view.deletes
  return tableSection(
    {
      title: view.style.removed(heading),
      flag: '--deletes',
      whole,
      entries: whole ? apart(deletes) : putTogether(deletes),
      details: ({ members }) =>
        members.length > 1
          ? removalsDetails(members)
          : removalDetails(members[0].removal, members[0].image.destination.tag),
      columns: [
        { shorten: 'middle', min: 24 },
        { shorten: 'middle', min: 12, optional: true },
      ],
      row: entry => [label(entry, view), deleteText(entry, view)],
    },
    view,
  )
}

function deleteText(entry: Together<ChangeOf<'delete'>>, view: PlanView): Cell {
  const { members, part } = entry
  if (part === undefined) {
    const origins = originsText(members[0].image)
    return { text: `${view.narrow ? '' : 'last wanted by '}${origins}`, style: view.style.faint }
  }
  const reclaims = members.reduce((sum, change) => sum + change.reclaims, 0)
  const freed = reclaims > 0 ? `, ${formatBytes(reclaims)}${view.narrow ? '' : ' reclaimable'}` : ''
  return { text: membersText(entry) + freed }
}

function reasonSection(
  title: string,
  changes: readonly ChangeOf<'keep' | 'forget'>[],
  view: PlanView,
): Section {
  return tableSection(
    {
      title,
      flag: '--all',
      whole: view.all,
      entries: view.all ? apart(changes) : putTogether(changes),
      details: () => [],
      columns: [{ shorten: 'middle', min: 20 }, { min: 16 }],
      row: entry => {
        const reason = commonReason(entry.members)
        const text = entry.part === undefined ? reason : `${membersText(entry)}: ${reason}`
        return [label(entry, view), { text }]
      },
    },
    view,
  )
}

function noteSection(view: PlanView): Section {
  const notes = view.plan.notes.map(note => wrap(`  - ${printable(note)}`, view.width, INDENT))
  return textSection('Notes', notes, view)
}

function membersText({ members }: Together<unknown>): string {
  return countOf(members.length, 'image')
}

function label({ members: [first], part, brief }: Together<Change>, view: PlanView): Cell {
  const name = (view.narrow ? brief : part) ?? shortDestination(view.plan.target, first.image.destination)
  return {
    text: `${actionSymbol(first.action)} ${name}`,
    style: actionStyle(view.style, first.action),
  }
}
