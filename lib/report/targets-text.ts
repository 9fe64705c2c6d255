/** What became of each of several targets -> a table, for a terminal or as Markdown. */
import type { ApplyResult } from '../apply/events.ts'
import { printable } from './fit.ts'
import { formatCount } from './quantities.ts'
import type { Style } from './style.ts'
import { alignTable } from './table.ts'

export interface TargetRow {
  readonly name: string
  /** The target it is read at; absent where it reads from the sources. */
  readonly via?: string
  /** `1 to add. 3.1 MB to copy in 2 blobs.` */
  readonly told: string
  readonly isFailed: boolean
}

export interface TargetsRendering {
  readonly style: Style
  readonly width: number
  readonly markdown?: boolean | undefined
}

/** Lines without a final line feed. */
export function renderTargets(rows: readonly TargetRow[], rendering: TargetsRendering): string {
  const { style, width, markdown } = rendering
  if (markdown) return markdownTable(rows)
  const cells = rows.map(({ name, via, told, isFailed }) => [
    { text: name, style: style.strong },
    { text: via === undefined ? '' : `via ${via}` },
    { text: oneLine(told), ...(isFailed && { style: style.removed }) },
  ])
  const columns = [{}, { optional: true }, { shorten: 'end', min: 20 } as const]
  return alignTable(cells, { columns, width }).join('\n')
}

/** What an apply did, in few words: `3 done, 1 failed`. */
export function outcomeText({
  done,
  already,
  failed,
}: Pick<ApplyResult, 'done' | 'already' | 'failed'>): string {
  const counts = [
    [done, 'done'],
    [already, 'already done'],
    [failed, 'failed'],
  ] as const
  const parts = counts.flatMap(([count, what]) => (count > 0 ? [`${formatCount(count)} ${what}`] : []))
  return parts.length === 0 ? 'nothing to do' : parts.join(', ')
}

function markdownTable(rows: readonly TargetRow[]): string {
  const line = (...cells: readonly string[]): string =>
    `| ${cells.map(cell => oneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [
    line('target', 'via', 'result'),
    line('---', '---', '---'),
    ...rows.map(({ name, via = '', told }) => line(name, via, told)),
  ].join('\n')
}

function oneLine(text: string): string {
  return printable(text.split('\n', 1)[0] ?? '')
}
