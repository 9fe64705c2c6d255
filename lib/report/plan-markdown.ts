/**
 * A plan as Markdown for a pull request: totals on top, what destroys or overwrites expanded, everything else folded.
 *
 * Hosting sites cap comments at 64 KiB; long lists share what there is and say how much they leave out. The order is
 * the plan's own, so that the comments of two plans can be compared.
 */
import { type Change, hasChanges, isDestructive, type Plan } from '../plan/plan.ts'
import { printable } from './fit.ts'
import { incompleteGroups, incompleteName, missingTexts } from './incomplete-text.ts'
import { MISSING_TITLE, missingReason } from './missing-text.ts'
import { actionSymbol, digestStep, originsText, shortDestination, targetName } from './naming.ts'
import { costOf, gatherPlan } from './plan-groups.ts'
import { totalsText } from './plan-text.ts'
import { countOf, formatBytes, formatCount } from './quantities.ts'
import { removalDetails, removalsDetails } from './removal-text.ts'
import { remarkedFirst, selectionText } from './selection-text.ts'
import { entriesThatFit, shareRoom } from './share.ts'
import { commonReason, putTogether, type Together } from './together.ts'

/** Bytes of UTF-8 the whole text stays within. */
export const MARKDOWN_BYTES = 60_000

/** What the line that counts the entries left out takes at most, bytes. */
const REST_BYTES = 40

interface Fold {
  readonly title: string
  readonly open: boolean
  readonly entries: readonly string[]
}

/** Markdown (with `<details>` blocks), ending in a line feed. */
export function renderPlanMarkdown(plan: Plan): string {
  const head = headText(plan)
  const folds = foldsOf(plan).filter(fold => fold.entries.length > 0)
  const frames = folds.map(fold => bytesIn(foldText(fold, fold.entries.length, '')) + REST_BYTES)
  const heights = folds.map(fold => fold.entries.map(bytesIn))
  const room = MARKDOWN_BYTES - bytesIn(head) - frames.reduce((sum, frame) => sum + frame, 0)
  const wanted = heights.map(list => list.reduce((sum, height) => sum + height, 0))
  const shares = shareRoom(wanted, room)
  const texts = folds.map((fold, at) => {
    const shown = entriesThatFit(heights[at] ?? [], shares[at] ?? 0, 0)
    return foldText(fold, shown, fold.entries.slice(0, shown).join(''))
  })
  return [head, ...texts].join('\n')
}

function headText(plan: Plan): string {
  const target = code(targetName(plan.target))
  const { shipment } = plan
  const what = shipment === undefined ? 'plan' : `archive ${shipment.number}`
  const title = `### mirrorform ${what} for ${target}\n`
  if (!hasChanges(plan)) {
    return `${title}\nNo changes: the target holds everything that is asked for (${countOf(plan.summary.keep, 'image')}).\n`
  }
  const { move, delete: deletes } = plan.summary
  const warnings = [
    ...(isDestructive(plan) ? [`**Deletes ${countOf(deletes, 'image')}.**`] : []),
    ...(move > 0 ? [`**${countOf(move, 'tag')} will name another digest.**`] : []),
  ]
  return [title, totalsText(plan.summary), ...(warnings.length > 0 ? ['', warnings.join(' ')] : []), ''].join(
    '\n',
  )
}

function foldsOf(plan: Plan): readonly Fold[] {
  const { groups, repairs, moves, keeps, forgets, deletes } = gatherPlan(plan)
  const name = (entry: Together<Plan['changes'][number]>): string => label(plan, entry)
  const reasons = (changes: readonly (Change & { readonly reason: string })[]): readonly string[] =>
    putTogether(changes).map(entry => item(`${name(entry)} ${prose(commonReason(entry.members))}`))
  return [
    {
      title: MISSING_TITLE,
      open: true,
      entries: (plan.missing ?? []).map(each =>
        item(code(shortDestination(plan.target, each.destination)), [prose(missingReason(each))]),
      ),
    },
    ...incompleteGroups(plan).map(({ title, entries }) => ({
      title,
      open: true,
      entries: entries.map(each => item(prose(incompleteName(each)), missingTexts(each).map(prose))),
    })),
    {
      title: 'Chosen',
      open: true,
      entries: remarkedFirst(plan.selections).map(({ selection }) =>
        item(
          prose(selectionText(selection)),
          selection.remarks.map(remark => `**${prose(remark)}**`),
        ),
      ),
    },
    { title: 'Notes', open: true, entries: plan.notes.map(note => item(prose(note))) },
    {
      title: 'Deletes',
      open: true,
      entries: putTogether(deletes).map(entry => {
        const [change] = entry.members
        if (entry.part !== undefined) return item(name(entry), removalsDetails(entry.members).map(prose))
        return item(
          `${name(entry)} last wanted by ${prose(originsText(change.image))}`,
          removalDetails(change.removal, change.image.destination.tag).map(prose),
        )
      }),
    },
    {
      title: 'Moves',
      open: true,
      entries: putTogether(moves).map(entry => {
        const [change] = entry.members
        if (entry.part !== undefined) return item(name(entry))
        return item(
          `${name(entry)} ${code(digestStep(change.from, change.image.digest, false))}`,
          change.reason === undefined ? [] : [prose(change.reason)],
        )
      }),
    },
    { title: 'Drift: gone or changed at the target', open: true, entries: reasons(repairs) },
    ...groups.flatMap(group => [
      {
        title: `Adds: ${group.title}`,
        open: false,
        entries: putTogether(group.adds).map(entry => {
          const [change] = entry.members
          const cost = `${name(entry)} ${formatBytes(costOf(plan, entry.members).toCopy)} to copy`
          if (entry.part !== undefined) return item(cost)
          return item(
            `${cost}, from ${code(change.image.source)}`,
            change.reason === undefined ? [] : [prose(change.reason)],
          )
        }),
      },
      {
        title: `Already there, taken into the state: ${group.title}`,
        open: false,
        entries: putTogether(group.adopts.filter(each => each.reason === undefined)).map(entry =>
          item(name(entry)),
        ),
      },
      {
        title: `Already ours, told differently now: ${group.title}`,
        open: false,
        entries: reasons(
          group.adopts.flatMap(({ reason, ...each }) => (reason === undefined ? [] : [{ ...each, reason }])),
        ),
      },
    ]),
    { title: 'Stay as they are', open: false, entries: reasons(keeps) },
    { title: 'Forgotten by the state, not touched at the target', open: false, entries: reasons(forgets) },
  ]
}

function foldText(fold: Fold, shown: number, entries: string): string {
  const { title, open } = fold
  const hidden = fold.entries.length - shown
  const rest = hidden > 0 ? `- … ${formatCount(hidden)} more\n` : ''
  const count = formatCount(fold.entries.length)
  return `<details${open ? ' open' : ''}><summary>${prose(title)} (${count})</summary>\n\n${entries}${rest}\n</details>\n`
}

function label(plan: Plan, { members, part }: Together<Plan['changes'][number]>): string {
  const [{ action, image }] = members
  const name = code(`${actionSymbol(action)} ${part ?? shortDestination(plan.target, image.destination)}`)
  return part === undefined ? name : `${name} (${countOf(members.length, 'image')})`
}

function item(text: string, details: readonly string[] = []): string {
  return `- ${text}\n${details.map(detail => `  - ${detail}\n`).join('')}`
}

/** A code span whatever the text holds (CommonMark 0.31, "Code spans"). */
function code(text: string): string {
  const bare = printable(text).replaceAll('\n', ' ')
  const longest = Math.max(0, ...[...bare.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${bare}${fence}` : `${fence} ${bare} ${fence}`
}

/** Text that must not turn into markup (CommonMark 0.31, "Backslash escapes"). */
function prose(text: string): string {
  return printable(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_[\]<>|~#&]/g, '\\$&')
}

function bytesIn(text: string): number {
  return Buffer.byteLength(text)
}
