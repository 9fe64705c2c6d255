/**
 * Rows of cells into aligned lines.
 *
 * Where the lines would be too wide, columns that allow it are shortened in the order the caller gives, and columns
 * that can be missed are left out; whatever is still too long is cut, so that no line ever wraps.
 */
import { padEnd, padStart, shortenEnd, shortenMiddle, visibleWidth } from './fit.ts'

export interface Cell {
  readonly text: string
  /** In place of `text` where the lines would be too wide with that. */
  readonly brief?: string
  readonly style?: (text: string) => string
}

export interface Column {
  readonly align?: 'left' | 'right'
  /** Where the text loses characters when it must; default: the end. */
  readonly shorten?: 'middle' | 'end'
  /** Columns it keeps at least; default: it is not shortened before others have been left out. */
  readonly min?: number
  /** Left out when even the shortened columns do not fit. */
  readonly optional?: boolean
}

export interface TableOptions {
  readonly columns: readonly Column[]
  readonly width: number
  /** Spaces before the first column. */
  readonly indent?: number
  /** Which columns give way first, by position; default: from the last to the first. */
  readonly giveWay?: readonly number[]
}

const GAP = 2

/** One line for each row, without trailing spaces. */
export function alignTable(whole: readonly (readonly Cell[])[], options: TableOptions): string[] {
  const rows = isTooWide(whole, options) ? whole.map(row => row.map(inBrief)) : whole
  const widths = fitColumns(naturalWidths(rows, options), options)
  const indent = ' '.repeat(options.indent ?? 0)
  return rows.map(row => {
    const cells = options.columns.flatMap((column, at) => {
      const width = widths[at]
      return width === undefined || width === 0 ? [] : [{ column, width, cell: row[at] ?? { text: '' } }]
    })
    const last = cells.findLastIndex(({ cell }) => cell.text !== '')
    return (
      indent +
      cells
        .slice(0, last + 1)
        .map(({ column, width, cell }, at) => layCell(cell, column, width, at === last))
        .join(' '.repeat(GAP))
    )
  })
}

function inBrief({ brief, ...cell }: Cell): Cell {
  return brief === undefined ? cell : { ...cell, text: brief }
}

function isTooWide(rows: readonly (readonly Cell[])[], options: TableOptions): boolean {
  const shown = naturalWidths(rows, options).filter(width => width > 0)
  const gaps = GAP * Math.max(0, shown.length - 1)
  return shown.reduce((sum, width) => sum + width, options.indent ?? 0) + gaps > options.width
}

function naturalWidths(rows: readonly (readonly Cell[])[], { columns }: TableOptions): readonly number[] {
  return columns.map((_, at) =>
    rows.reduce((most, row) => Math.max(most, visibleWidth(row[at]?.text ?? '')), 0),
  )
}

function layCell(cell: Cell, column: Column, width: number, last: boolean): string {
  const text = (column.shorten === 'middle' ? shortenMiddle : shortenEnd)(cell.text, width)
  const styled = text === '' || cell.style === undefined ? text : cell.style(text)
  const padding = width - visibleWidth(text)
  if (column.align === 'right') return padStart('', padding) + styled
  return last ? styled : styled + padEnd('', padding)
}

/** The width of each column; undefined for one that is left out. */
function fitColumns(natural: readonly number[], options: TableOptions): readonly (number | undefined)[] {
  const { columns, width, indent = 0, giveWay = columns.map((_, at) => columns.length - 1 - at) } = options
  const widths: (number | undefined)[] = [...natural]
  const least = columns.map((column, at) => Math.min(natural[at] ?? 0, column.min ?? natural[at] ?? 0))
  const total = (of: readonly (number | undefined)[]): number => {
    const shown = of.filter(columnWidth => columnWidth !== undefined && columnWidth > 0)
    return (
      indent + shown.reduce<number>((sum, at) => sum + (at ?? 0), 0) + GAP * Math.max(0, shown.length - 1)
    )
  }
  for (const at of columns.map((_, index) => index).reverse()) {
    const smallest = widths.map((columnWidth, index) =>
      columnWidth === undefined ? undefined : least[index],
    )
    if (total(smallest) <= width) break
    if (columns[at]?.optional) widths[at] = undefined
  }
  for (const floors of [least, least.map(() => 1)])
    for (const at of giveWay) {
      const over = total(widths) - width
      const now = widths[at]
      if (over <= 0) return widths
      if (now !== undefined) widths[at] = Math.max(Math.min(now, floors[at] ?? 0), now - over)
    }
  return widths
}
