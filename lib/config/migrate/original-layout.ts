/**
 * A rewritten YAML text and the one it came from -> the rewritten one with the indentation, the spaces and the empty lines
 * that a person gave it, so that a diff of the two shows what was changed and nothing else.
 *
 * Lines that are the same but for spaces are taken from the original; between those, lines with the same key have the
 * original's indentation; what is new stands where its neighbours stand. A comment beside a key, which the library puts
 * below it, goes back. Files that mix indentations may come out broken:
 * whoever calls this reads the result again and compares.
 */

/** Beyond this many lines comparing takes too long to be worth it. */
const MAX_LINES = 4000

interface Laid {
  readonly text: string
  /** Columns of its indentation as written by the library. */
  readonly written: number
  readonly isComment: boolean
  /** Not known before the lines that follow it are laid. */
  readonly isOpen: boolean
  /** Its place in the original. */
  readonly from?: number
}

/** Both with `\n`. undefined for files that are too long. */
export function withLayoutOf(original: string, written: string): string | undefined {
  const before = original.trimEnd().split('\n')
  const after = written.split('\n').filter(line => line.trim() !== '')
  if (before.length > MAX_LINES || after.length > MAX_LINES) return undefined
  const counterparts = pairLines(before, after)
  const laid: Laid[] = []
  const moved = new Set<number>()
  for (const [at, line] of after.entries()) {
    const from = counterparts[at]
    const old = from === undefined ? '' : (before[from] ?? '')
    const isBeside =
      old !== '' && bare(old) === bare(line) + bare(after[at + 1] ?? '') && bare(old) !== bare(line)
    if (isBeside) moved.add(at + 1)
    const text = from === undefined ? undefined : isBeside ? old : likeOriginal(old, line)
    laid.push(
      text === undefined || from === undefined ? newLine(line, laid) : { ...lineOf(line, text), from },
    )
  }
  const lines = settleComments(laid, before)
  const out = lines.flatMap((line, at) =>
    moved.has(at) ? [] : [line, ...emptyAfter(before, counterparts[at])],
  )
  const lead = before.slice(
    0,
    before.findIndex(line => line.trim() !== ''),
  )
  const text = [...lead, ...out].join('\n')
  return `${text.replace(/\n*$/, '')}\n`
}

/** For each line after, the line before that it is or was. */
function pairLines(before: readonly string[], after: readonly string[]): readonly (number | undefined)[] {
  const places = before.flatMap((line, at) => (line.trim() === '' ? [] : [at]))
  const same = commonLines(
    places.map(at => bare(before[at] ?? '')),
    after.map(bare),
  )
  const pairs: (number | undefined)[] = same.map(at => (at === undefined ? undefined : places[at]))
  let free = 0
  for (const [at, line] of after.entries()) {
    const pair = pairs[at]
    if (pair !== undefined) {
      free = pair + 1
      continue
    }
    const end = pairs.slice(at).find(next => next !== undefined) ?? before.length
    const key = keyOf(line)
    const found = before.findIndex((old, place) => place >= free && place < end && keyOf(old) === key)
    if (key === undefined || found < 0) continue
    pairs[at] = found
    free = found + 1
  }
  return pairs
}

/** For each of `b` the place in `a` of a longest common subsequence of the two. */
function commonLines(a: readonly string[], b: readonly string[]): readonly (number | undefined)[] {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const found = new Array<number | undefined>(b.length).fill(undefined)
  for (let i = 0, j = 0; i < a.length && j < b.length; )
    if (a[i] === b[j]) found[j++] = i++
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  return found
}

function bare(line: string): string {
  return line.replace(/\s+/g, '')
}

/** `- name:` and `name:` are different keys: one begins an item. */
function keyOf(line: string): string | undefined {
  return /^\s*((?:-\s+)?["']?\w+["']?:)/.exec(line)?.[1]?.replace(/["'\s]/g, '')
}

function likeOriginal(old: string, line: string): string {
  if (bare(old) === bare(line)) return old
  const lead = /^\s*(?:-\s+)?/.exec(old)?.[0] ?? ''
  return lead + line.replace(/^\s*(?:-\s+)?/, '')
}

function lineOf(line: string, text: string): Laid {
  return { text, written: columnsOf(line), isComment: isComment(line), isOpen: false }
}

/** As far from the last line laid as the library has put it; a comment goes by the line after it. */
function newLine(line: string, laid: readonly Laid[]): Laid {
  const last = laid.findLast(({ isOpen }) => !isOpen)
  const shift = last === undefined ? 0 : columnsOf(last.text) - last.written
  const columns = Math.max(0, columnsOf(line) + shift)
  const text = ' '.repeat(columns) + line.trim()
  return { text, written: columnsOf(line), isComment: isComment(line), isOpen: isComment(line) }
}

function settleComments(laid: readonly Laid[], before: readonly string[]): readonly string[] {
  const lines = laid.map(({ text }) => text)
  for (let at = laid.length - 2; at >= 0; at--)
    if ((laid[at]?.isOpen || hasMoved(laid, at, before)) && laid[at]?.written === laid[at + 1]?.written)
      lines[at] = ' '.repeat(columnsOf(lines[at + 1] ?? '')) + (lines[at] ?? '').trim()
  return lines
}

/** A comment on lines that are gone. */
function hasMoved(laid: readonly Laid[], at: number, before: readonly string[]): boolean {
  const { isComment: isOne, from } = laid[at] ?? {}
  const next = laid.slice(at + 1).find(line => line.from !== undefined)?.from
  if (!isOne || from === undefined || next === undefined) return false
  return before.slice(from + 1, next).some(line => line.trim() !== '')
}

function emptyAfter(before: readonly string[], at: number | undefined): readonly string[] {
  if (at === undefined) return []
  const end = before.findIndex((line, place) => place > at && line.trim() !== '')
  return before.slice(at + 1, end < 0 ? before.length : end)
}

function columnsOf(line: string): number {
  return line.length - line.trimStart().length
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('#')
}
