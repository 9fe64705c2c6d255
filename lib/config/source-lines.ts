/** Turns offsets in a text into lines and columns, and hands out the lines: for messages that point at a place. */

export interface LinePosition {
  /** from 1 */
  readonly line: number
  /** from 1, in UTF-16 units */
  readonly column: number
}

export class SourceLines {
  readonly #text: string
  readonly #starts: readonly number[]

  constructor(text: string) {
    this.#text = text
    const starts = [0]
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#starts = starts
  }

  /** An offset behind the end means the last character that is not blank, so that there is a line to show. */
  positionOf(offset: number): LinePosition {
    const at = offset >= this.#text.length ? this.#text.trimEnd().length : Math.max(0, offset)
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 }
  }

  /** A line without its line ending. */
  textOf(line: number): string {
    const start = this.#starts[line - 1]
    if (start === undefined) return ''
    const next = this.#starts[line]
    return this.#text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '')
  }
}
