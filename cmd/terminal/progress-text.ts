/** What a progress display says: one line for logs, a block for terminals. */
import {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  shortenEnd,
  shortenMiddle,
} from '../../lib/report/index.ts'
import type { Speedometer } from './speed.ts'
import type { Tally } from './tally.ts'

/** Items in work that the block names; the others are counted. */
const ITEMS_NAMED = 4

/** `34 %  1.2 GiB of 3.5 GiB  85.3 MiB/s  about 28s left  57 of 212 items, 2 failed` */
export function progressLine(tally: Tally, speed: Speedometer): string {
  return [...amounts(tally, speed), itemsText(tally)].join('  ')
}

/** The last line: no speed and no guess any more. */
export function lastLine(tally: Tally, ms: number): string {
  return `${itemsText(tally)}  ${formatBytes(tally.bytesDone)} sent  in ${formatDuration(ms)}`
}

/** Lines that fit into `columns` without wrapping. */
export function progressBlock(tally: Tally, speed: Speedometer, columns: number): readonly string[] {
  const named = tally.working.slice(0, ITEMS_NAMED)
  const others = tally.working.length - named.length
  return [
    amounts(tally, speed).join('  '),
    itemsText(tally),
    ...named.map(
      ({ action, destination }) => `  ${action} ${shortenMiddle(destination, columns - action.length - 4)}`,
    ),
    ...(others > 0 ? [`  and ${formatCount(others)} more`] : []),
  ].map(line => shortenEnd(line, columns - 1))
}

function amounts(tally: Tally, speed: Speedometer): readonly string[] {
  const percent = `${Math.floor(tally.fraction * 100)} %`
  if (tally.bytesTotal === 0) return [percent]
  const rate = speed.bytesPerSecond
  const left = speed.timeFor(tally.bytesTotal - tally.bytesDone)
  return [
    percent,
    `${formatBytes(tally.bytesDone)} of ${formatBytes(tally.bytesTotal)}`,
    ...(rate === undefined ? [] : [`${formatBytes(rate)}/s`]),
    ...(left === undefined ? [] : [`about ${formatDuration(Math.ceil(left / 1000) * 1000)} left`]),
  ]
}

function itemsText({ itemsDone, itemsFailed, itemsTotal }: Tally): string {
  const failed = itemsFailed > 0 ? `, ${formatCount(itemsFailed)} failed` : ''
  return `${formatCount(itemsDone)} of ${countOf(itemsTotal, 'item')}${failed}`
}
