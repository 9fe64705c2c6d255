/**
 * YAML as programs write it → JSON text, many times as fast as a parser of all of YAML: block mappings and lists, text in
 * quotes or without, literal blocks. That is nearly all of what catalogs in YAML consist of. A document with anything
 * else, and any that might be wrong, is left to the parser; for the others the outcome is the same to the letter.
 */
import { indentOf, isBlank, NotPlain, type Read, readScalar } from './yaml-plain-scalar.ts'

const PLAIN_KEY = /([A-Za-z0-9_/.$][A-Za-z0-9_/.$-]{0,500}):(?= |$)/y
const QUOTED_KEY = /(?:"([^"\\]{0,500})"|'([^']{0,500})'):(?= |$)/y

/**
 * @param text of one document, from its `---` on if it has one
 * @returns the JSON, and how many lines of the text come before the content; undefined when the parser has to see it
 */
export function jsonOfPlainYaml(
  text: string,
): { readonly json: string; readonly before: number } | undefined {
  if (!text.endsWith('\n') || /\r|^\.\.\.|^%/m.test(text)) return undefined
  const lines = text.slice(0, -1).split('\n')
  const start = lines[0]?.startsWith('---') ? 1 : 0
  if (start === 1 && !/^--- *(?:(?<= )#.*)?$/.test(lines[0] ?? '')) return undefined
  try {
    return new PlainReading(lines).document(start)
  } catch (error) {
    // Nested too deep is for the parser, too.
    if (error instanceof NotPlain || error instanceof RangeError) return undefined
    throw error
  }
}

class PlainReading {
  readonly #lines: readonly string[]

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  document(start: number): { json: string; before: number } {
    const first = this.#content(start)
    if (first === undefined) return { json: 'null', before: start }
    const { json, next } = this.#node(first, this.#indent(first))
    if (this.#content(next) !== undefined) throw new NotPlain()
    return { json, before: first }
  }

  /** A mapping or a list that begins at this place. */
  #node(at: number, column: number): Read {
    return this.#isItem(at, column) ? this.#list(at, column) : this.#mapping(at, column)
  }

  #mapping(first: number, column: number): Read {
    const keys = new Set<string>()
    const entries: string[] = []
    for (let at = first; ; ) {
      const line = this.#line(at)
      const [whole, key] = keyAt(line, column)
      if (keys.has(key)) throw new NotPlain()
      keys.add(key)
      const { json, next } = this.#value(at, column + whole, column, true)
      entries.push(`${JSON.stringify(key)}:${json}`)
      const following = this.#content(next)
      const indent = following === undefined ? -1 : this.#indent(following)
      if (following === undefined || indent < column) return { json: `{${entries.join(',')}}`, next }
      if (indent > column) throw new NotPlain()
      at = following
    }
  }

  #list(first: number, column: number): Read {
    const items: string[] = []
    for (let at = first; ; ) {
      const { json, next } = this.#value(at, column + 1, column, false)
      items.push(json)
      const following = this.#content(next)
      const indent = following === undefined ? -1 : this.#indent(following)
      if (following !== undefined && indent === column && this.#isItem(following, column)) at = following
      else if (indent > column) throw new NotPlain()
      else return { json: `[${items.join(',')}]`, next }
    }
  }

  /**
   * What stands behind a key or a dash.
   *
   * @param from after the colon or dash
   * @param parent column of the key or dash
   */
  #value(at: number, from: number, parent: number, isEntry: boolean): Read {
    const line = this.#line(at)
    let column = from
    while (line[column] === ' ') column++
    if (column === line.length || (line[column] === '#' && column > from))
      return this.#below(at, parent, isEntry)
    if (!isEntry && (this.#isItem(at, column) || hasKeyAt(line, column))) return this.#node(at, column)
    return readScalar(this.#lines, { at, column, parent })
  }

  /** A value on the lines after its key or dash, or none. */
  #below(at: number, parent: number, isEntry: boolean): Read {
    const following = this.#content(at + 1)
    const indent = following === undefined ? -1 : this.#indent(following)
    const isInside = indent > parent || (isEntry && indent === parent)
    if (following === undefined || !isInside || (indent === parent && !this.#isItem(following, indent)))
      return { json: 'null', next: at + 1 }
    return this.#node(following, indent)
  }

  /** The first line from here on that is neither empty nor a comment. */
  #content(from: number): number | undefined {
    for (let at = from; at < this.#lines.length; at++) {
      const line = this.#line(at)
      if (!isBlank(line) && line[indentOf(line)] !== '#') return at
    }
    return undefined
  }

  #isItem(at: number, column: number): boolean {
    const line = this.#line(at)
    return line[column] === '-' && (line[column + 1] === ' ' || column + 1 === line.length)
  }

  #indent(at: number): number {
    return indentOf(this.#line(at))
  }

  #line(at: number): string {
    return this.#lines[at] ?? ''
  }
}

function hasKeyAt(line: string, column: number): boolean {
  PLAIN_KEY.lastIndex = QUOTED_KEY.lastIndex = column
  return PLAIN_KEY.test(line) || QUOTED_KEY.test(line)
}

/** @returns the length of the key with its colon, and the key */
function keyAt(line: string, column: number): readonly [length: number, key: string] {
  PLAIN_KEY.lastIndex = QUOTED_KEY.lastIndex = column
  const match = PLAIN_KEY.exec(line) ?? QUOTED_KEY.exec(line)
  if (match === null) throw new NotPlain()
  return [match[0].length, match[1] ?? match[2] ?? '']
}
