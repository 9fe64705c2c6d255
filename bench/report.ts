/**
 * A bench's report → Markdown, which reads well in a terminal too, and its place in RESULTS.md: one section for each
 * bench, so that running one leaves the results of the others as they are.
 */
import type { BenchReport, Budget, Table } from './bench.ts'

export interface Circumstances {
  readonly date: string
  readonly machine: string
  readonly versions: string
}

const TITLE = '# Benchmarks: last results'
const PREFACE =
  'Written by `npm run bench -- NAME`. Both sides of a bench run in turn on the same machine; compare the two numbers of a line, not numbers of different sections. Where other programs kept the processors busy, times are longer than they had to be, and ratios nearer to one.'

export function renderReport(
  name: string,
  report: BenchReport,
  { date, machine, versions }: Circumstances,
): string {
  return [
    `## ${name}`,
    report.conditions,
    renderTable(report.table),
    report.budgets.map(renderBudget).join('\n'),
    ...(report.limits === undefined ? [] : [`What limits it: ${report.limits}`]),
    `Measured ${date} on ${machine}; ${versions}.`,
  ].join('\n\n')
}

/** The first column is aligned to the left, the numbers of the others to the right. */
export function renderTable({ head, rows }: Table): string {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map(row => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (at === 0 ? (cells[at] ?? '').padEnd(width) : (cells[at] ?? '').padStart(width))).join(' | ')} |`
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

function renderBudget({ what, promised, measured, met }: Budget): string {
  return `- ${what}: **${measured}** (promised: ${promised}; ${met ? 'met' : 'not met'})`
}

/** RESULTS.md with this section new, at its place in the alphabet; `text` is the file as it was, empty for none. */
export function putSection(text: string, section: string): string {
  const titleOf = (body: string): string => /^## (.*)/.exec(body)?.[1] ?? ''
  const others = text
    .split(/^(?=## )/m)
    .filter(body => body.startsWith('## ') && titleOf(body) !== titleOf(section))
  const sections = [...others, section].sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1))
  return `${[TITLE, PREFACE, ...sections.map(body => body.trim())].join('\n\n')}\n`
}
