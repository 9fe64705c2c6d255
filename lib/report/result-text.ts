/** What an apply did, what failed and why, and how to go on. */
import type { ApplyResult, ItemResult } from '../apply/events.ts'
import type { Action, Plan } from '../plan/plan.ts'
import { printable, wrap } from './fit.ts'
import { incompleteLines } from './incomplete-text.ts'
import { missingLines, waysToMissing } from './missing-text.ts'
import { actionStyle, actionSymbol, shellWord, targetName } from './naming.ts'
import { countOf, formatBytes, formatCount, formatDuration } from './quantities.ts'
import type { Style } from './style.ts'

export interface ResultRendering {
  readonly style: Style
  readonly width: number
  /** The plan file, where the plan came from one: for the command that goes on. */
  readonly planPath?: string | undefined
}

/** Failed items shown in full; all of them are in the JSON document. */
const FAILURES_SHOWN = 20

const DONE: Readonly<Record<Action, string>> = {
  add: 'added',
  adopt: 'adopted',
  move: 'moved',
  repair: 'repaired',
  keep: 'kept',
  delete: 'deleted',
  forget: 'forgotten',
}

/** 0 all done, 4 some items failed or bundles are incomplete, 130 interrupted (design, "Exit codes"). */
export function applyExitCode(
  result: Pick<ApplyResult, 'failed' | 'interrupted'>,
  { incomplete = [], missing = [] }: Pick<Plan, 'incomplete' | 'missing'>,
): 0 | 4 | 130 {
  if (result.interrupted > 0) return 130
  return result.failed + incomplete.length + missing.length > 0 ? 4 : 0
}

/** Lines without a final line feed. */
export function renderApplyResult(
  result: ApplyResult,
  plan: Pick<Plan, 'target' | 'incomplete' | 'missing' | 'shipment' | 'from'>,
  rendering: ResultRendering,
): string {
  const { style, width } = rendering
  return [
    ...failureLines(result, rendering),
    ...missingLines(plan, width),
    ...incompleteLines(plan.incomplete ?? [], width),
    ...wrap(doneText(result, plan), width).map(line =>
      result.failed + result.interrupted === 0 ? style.strong(line) : line,
    ),
    ...wrap(bytesText(result), width),
    ...nextLines(result, plan, rendering),
  ].join('\n')
}

function doneText(result: ApplyResult, { target, shipment }: Pick<Plan, 'target' | 'shipment'>): string {
  const counts = new Map<Action, number>()
  for (const { action, outcome } of result.results)
    if (outcome === 'done') counts.set(action, (counts.get(action) ?? 0) + 1)
  const parts = (Object.keys(DONE) as Action[]).flatMap(action => {
    const count = counts.get(action) ?? 0
    return count === 0 ? [] : [`${formatCount(count)} ${DONE[action]}`]
  })
  if (result.already > 0) parts.push(`${formatCount(result.already)} already done`)
  if (result.failed > 0) parts.push(`${formatCount(result.failed)} failed`)
  if (result.interrupted > 0) parts.push(`${formatCount(result.interrupted)} interrupted`)
  if (shipment !== undefined && parts.length === 0)
    return `No archive was written for ${targetName(target)}: nothing to do.`
  const what =
    shipment === undefined
      ? `Applied to ${targetName(target)}`
      : `${result.failed + result.interrupted > 0 ? 'Unfinished archive' : `Archive ${shipment.number}`} for ${targetName(target)} in ${printable(shipment.folder)}`
  return `${what}: ${parts.length === 0 ? 'nothing to do' : parts.join(', ')}.`
}

function bytesText({ bytesCopied, blobsCopied, blobsMounted, ms }: ApplyResult): string {
  const mounted = blobsMounted > 0 ? `, ${countOf(blobsMounted, 'blob')} mounted` : ''
  const rate = ms > 0 && bytesCopied > 0 ? ` (${formatBytes((bytesCopied * 1000) / ms)}/s)` : ''
  return `${formatBytes(bytesCopied)} copied in ${countOf(blobsCopied, 'blob')}${mounted}, in ${formatDuration(ms)}${rate}.`
}

function failureLines(result: ApplyResult, { style, width }: ResultRendering): readonly string[] {
  const failed = result.results.filter(({ outcome }) => outcome === 'failed')
  if (failed.length === 0) return []
  const shown = failed.slice(0, FAILURES_SHOWN)
  const hidden = failed.length - shown.length
  return [
    style.failure(`${countOf(failed.length, 'item')} failed:`),
    ...shown.flatMap((item, at) => itemLines(item, sameHint(item, shown[at + 1]), style, width)),
    ...(hidden > 0 ? [`  … ${formatCount(hidden)} more: --json lists them all`] : []),
    '',
  ]
}

/** A hint that the next item has as well is told once, below the last of them. */
function sameHint(item: ItemResult, next: ItemResult | undefined): boolean {
  return next !== undefined && next.hint === item.hint
}

function itemLines(item: ItemResult, hintFollows: boolean, style: Style, width: number): readonly string[] {
  const { action, destination, message, hint } = item
  const below = (text: string): readonly string[] =>
    wrap(printable(text), width - 4).map(line => `    ${line}`)
  return [
    `  ${actionStyle(style, action)(`${actionSymbol(action)} ${printable(destination)}`)}`,
    ...(message === undefined ? [] : below(message)),
    ...(hint === undefined || hintFollows ? [] : below(`Hint: ${hint}`).map(style.hint)),
  ]
}

function nextLines(
  result: ApplyResult,
  plan: Pick<Plan, 'incomplete' | 'missing' | 'from'>,
  { width, planPath }: ResultRendering,
): readonly string[] {
  const exitCode = applyExitCode(result, plan)
  const again =
    planPath === undefined ? 'run the same command again' : `run: mirrorform apply ${shellWord(planPath)}`
  switch (exitCode) {
    case 0:
      return []
    case 4:
      if (result.failed === 0 && plan.missing !== undefined)
        return wrap(
          `Everything else is in place. ${waysToMissing(plan)} (exit code 4: missing content)`,
          width,
        )
      if (result.failed === 0)
        return wrap(
          'Everything else is in place. When the images are there, plan again (exit code 4: incomplete)',
          width,
        )
      return wrap(
        `What was done is saved in the state. When the causes are mended, ${again} (exit code 4: some items failed)`,
        width,
      )
    case 130:
      return wrap(
        `What was done is saved in the state. To go on, ${again} (exit code 130: interrupted)`,
        width,
      )
  }
}
