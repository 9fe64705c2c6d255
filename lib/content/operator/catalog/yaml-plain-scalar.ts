/**
 * The scalars of plain YAML → JSON text: on one line or folded over several, in quotes or without, and literal blocks
 * (YAML 1.2.2, chapters 7.3 and 8.1). Whatever is rare, or wrong, is not read here.
 */
import { JSON_NUMBER } from './yaml-json.ts'

/** Ends the reading: the parser of all of YAML has to see this document. */
export class NotPlain extends Error {}

export interface Read {
  readonly json: string
  /** The line after it. */
  readonly next: number
}

/** Where a scalar begins, and the column of the key or dash it belongs to: its other lines are indented further. */
export interface ScalarPlace {
  readonly at: number
  readonly column: number
  readonly parent: number
}

const LITERAL = /\|([-+]?)$/y
/** What may stand after a value. */
const END = /(?: +#.*| *)$/y
const STARTS_OTHERWISE = /^(?:[&*!%@`,\]}[{>|?:#"']|-(?: |$))/
/** Of one line, from inside the quotes: up to the closing one. */
const DOUBLE_CLOSED = /((?:[^"\\]|\\.)*)"/y
const SINGLE_CLOSED = /((?:[^']|'')*)'(?!')/y
/** Types of the core schema that are no text (YAML 1.2.2, 10.3.2). */
const NULL = /^(?:~|null|Null|NULL)$/
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/
const NUMBER =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  ' ': ' ',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** @throws NotPlain */
export function readScalar(lines: readonly string[], place: ScalarPlace): Read {
  const line = lines[place.at] ?? ''
  LITERAL.lastIndex = place.column
  const literal = LITERAL.exec(line)
  if (literal !== null) return readLiteral(lines, place, literal[1] ?? '')
  const quote = line[place.column]
  return quote === '"' || quote === "'" ? readQuoted(lines, place, quote) : readPlain(lines, place)
}

export function isBlank(line: string): boolean {
  return line === '' || /^ +$/.test(line)
}

export function indentOf(line: string): number {
  let indent = 0
  while (line[indent] === ' ') indent++
  return indent
}

/** Without the spaces at its end. Other kinds of white space are text to YAML. */
function withoutSpaces(text: string): string {
  let end = text.length
  while (text[end - 1] === ' ') end--
  return text.slice(0, end)
}

function readLiteral(lines: readonly string[], { at: header, parent }: ScalarPlace, chomping: string): Read {
  let start = header + 1
  while (start < lines.length && isBlank(lines[start] ?? '')) start++
  const first = lines[start] ?? ''
  const indent = indentOf(first)
  if (indent <= parent || first[indent] === '\t') throw new NotPlain()
  const content: string[] = []
  let filled = 0
  let at = header + 1
  for (; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (isBlank(line)) {
      if (line.length > indent) throw new NotPlain()
      content.push('')
      continue
    }
    const own = indentOf(line)
    if (own < indent) {
      if (own > parent) throw new NotPlain()
      break
    }
    content.push(line.slice(indent))
    filled = content.length
  }
  const kept = chomping === '+' ? content : content.slice(0, filled)
  return { json: JSON.stringify(kept.join('\n') + (chomping === '-' ? '' : '\n')), next: at }
}

function readPlain(lines: readonly string[], { at, column, parent }: ScalarPlace): Read {
  const rest = (lines[at] ?? '').slice(column)
  const comment = rest.indexOf(' #')
  const first = withoutSpaces(comment < 0 ? rest : rest.slice(0, comment))
  const empty = first === '[]' || first === '{}'
  if (!empty && STARTS_OTHERWISE.test(first)) throw new NotPlain()
  const more = comment < 0 && !empty ? linesBelow(lines, at, parent) : []
  if ([rest, ...more].some(line => line.includes('\t'))) throw new NotPlain()
  const texts = [first, ...more.map(line => withoutSpaces(line.slice(indentOf(line))))]
  for (const [index, text] of texts.entries()) {
    const isOdd = index > 0 && /^(?:#|- |-$)| #/.test(text)
    if (isOdd || text.includes(': ') || text.endsWith(':')) throw new NotPlain()
  }
  if (more.length > 0) return { json: JSON.stringify(fold(texts)), next: at + texts.length }
  return { json: empty ? first : jsonOfPlain(first), next: at + 1 }
}

function jsonOfPlain(text: string): string {
  if (NULL.test(text)) return 'null'
  if (BOOLEAN.test(text)) return text.toLowerCase()
  if (JSON_NUMBER.test(text)) return text
  if (NUMBER.test(text)) throw new NotPlain()
  return JSON.stringify(text)
}

/** The lines that go on with a scalar without quotes: those indented further, and empty ones between them. */
function linesBelow(lines: readonly string[], at: number, parent: number): readonly string[] {
  let end = at + 1
  for (let next = end; next < lines.length; next++) {
    const line = lines[next] ?? ''
    if (isBlank(line)) continue
    if (indentOf(line) <= parent) break
    end = next + 1
  }
  return lines.slice(at + 1, end)
}

function readQuoted(
  lines: readonly string[],
  { at: first, column, parent }: ScalarPlace,
  quote: '"' | "'",
): Read {
  const closed = quote === '"' ? DOUBLE_CLOSED : SINGLE_CLOSED
  const texts: string[] = []
  for (let at = first; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const from = at === first ? column + 1 : indentOf(line)
    if (line.includes('\t') || (at > first && from <= parent && !isBlank(line))) throw new NotPlain()
    closed.lastIndex = from
    const last = closed.exec(line)?.[1]
    if (last === undefined) {
      texts.push(isBlank(line) ? '' : line.slice(from))
      continue
    }
    END.lastIndex = from + last.length + 1
    if (!END.test(line)) throw new NotPlain()
    texts.push(last)
    const text =
      quote === '"' ? unescaped(foldEscaped(texts)) : fold(trimmedEnds(texts)).replaceAll("''", "'")
    return { json: JSON.stringify(text), next: at + 1 }
  }
  throw new NotPlain()
}

/** Spaces at the end of a line do not count, but for the last one. */
function trimmedEnds(texts: readonly string[]): readonly string[] {
  return texts.map((text, at) => (at < texts.length - 1 ? withoutSpaces(text) : text))
}

/** A line break is a space; each empty line is a line break instead. */
function fold(texts: readonly string[]): string {
  let folded = texts[0] ?? ''
  let breaks = 0
  for (const [at, text] of texts.entries()) {
    if (at === 0) continue
    breaks++
    if (text === '' && at < texts.length - 1) continue
    folded += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + text
    breaks = 0
  }
  return folded
}

/** As `fold`, where a backslash at the end of a line takes the line break with it. */
function foldEscaped(texts: readonly string[]): string {
  const joined: string[] = []
  let before: string | undefined
  for (const [at, text] of texts.entries()) {
    const isLast = at === texts.length - 1
    const isEscaped = !isLast && endsEscaped(text)
    const trimmed = isLast || isEscaped ? text : withoutSpaces(text)
    // An escaped space at the end, and empty lines after an escaped break, are rare.
    if (trimmed !== text && endsEscaped(trimmed)) throw new NotPlain()
    if (before !== undefined && text === '') throw new NotPlain()
    const own: string = (before ?? '') + (isEscaped ? trimmed.slice(0, -1) : trimmed)
    before = isEscaped ? own : undefined
    if (!isEscaped) joined.push(own)
  }
  return fold(joined)
}

function endsEscaped(text: string): boolean {
  return (/\\*$/.exec(text)?.[0].length ?? 0) % 2 === 1
}

function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) => {
    const char = code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : ESCAPES[code]
    if (char === undefined) throw new NotPlain()
    return char
  })
}
