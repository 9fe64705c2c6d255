/** One action of a template, from behind its `{{` to its `}}`, → tokens (Go text/template, lexer). */
import { TemplateFault } from './template-fault.ts'
import type { Value } from './value.ts'

export type TokenKind = 'word' | 'field' | 'variable' | 'dot' | 'literal' | 'mark'

export interface Token {
  readonly kind: TokenKind
  /** A name without `.`; a mark (`(`, `)`, `|`, `,`, `=`, `:=`) as it is written. */
  readonly text: string
  /** Of a literal. */
  readonly value?: Value
  /** Whether white space stands before it: `.a .b` are two operands, `.a.b` is one. */
  readonly isApart: boolean
}

export interface Action {
  readonly tokens: readonly Token[]
  /** Behind the `}}`. */
  readonly end: number
  readonly trimsNext: boolean
}

const SPACES = /[ \t\r\n]+/y
const CLOSE = /}}/y
const TRIM_CLOSE = /-}}/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y
const TEXT = /"(?:[^"\\\n]|\\.)*"/y
const RAW = /`[^`]*`/y
const RUNE = /'(?:[^'\\\n]|\\[^\n]+?)'/y
const MARK = /:=|[()|,=]/y
const WORDS: ReadonlyMap<string, Value> = new Map([
  ['true', true],
  ['false', false],
  ['nil', undefined],
])

/** @throws TemplateFault naming the line */
export function tokenize(template: string, start: number, line: number): Action {
  const tokens: Token[] = []
  let at = start
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(template)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  for (;;) {
    const isApart = take(SPACES) !== undefined
    if (isApart && take(TRIM_CLOSE) !== undefined) return { tokens, end: at, trimsNext: true }
    if (take(CLOSE) !== undefined) return { tokens, end: at, trimsNext: false }
    const next = template[at]
    if (next === undefined) throw new TemplateFault(`line ${line}: the action does not end`)
    tokens.push({ ...readToken(next, take, line), isApart })
  }
}

function readToken(
  next: string,
  take: (pattern: RegExp) => string | undefined,
  line: number,
): Omit<Token, 'isApart'> {
  const quoted = next === '"' ? take(TEXT) : undefined
  if (quoted !== undefined) return { kind: 'literal', text: quoted, value: unquote(quoted) }
  const raw = next === '`' ? take(RAW) : undefined
  if (raw !== undefined) return { kind: 'literal', text: raw, value: raw.slice(1, -1).replaceAll('\r', '') }
  const rune = next === "'" ? take(RUNE) : undefined
  if (rune !== undefined)
    return {
      kind: 'literal',
      text: rune,
      value: BigInt(unquote(`"${rune.slice(1, -1)}"`).codePointAt(0) ?? 0),
    }
  const number = take(NUMBER)
  if (number !== undefined) return { kind: 'literal', text: number, value: numberOf(number) }
  if (next === '.') {
    take(/\./y)
    const field = take(NAME)
    return field === undefined ? { kind: 'dot', text: '.' } : { kind: 'field', text: field }
  }
  if (next === '$') {
    take(/\$/y)
    return { kind: 'variable', text: take(NAME) ?? '' }
  }
  const name = take(NAME)
  if (name !== undefined)
    return WORDS.has(name)
      ? { kind: 'literal', text: name, value: WORDS.get(name) }
      : { kind: 'word', text: name }
  const mark = take(MARK)
  if (mark !== undefined) return { kind: 'mark', text: mark }
  throw new TemplateFault(`line ${line}: unexpected ${JSON.stringify(next)} in an action`)
}

function numberOf(text: string): Value {
  const plain = text.replaceAll('_', '')
  if (/^[+-]?0[xXoObB]/.test(plain)) {
    const size = BigInt(plain.replace(/^[+-]/, ''))
    return plain.startsWith('-') ? -size : size
  }
  if (/^[+-]?0[0-7]+$/.test(plain)) return numberOf(plain.replace('0', '0o'))
  if (/^[+-]?\d+$/.test(plain)) return BigInt(plain.replace(/^\+/, ''))
  return Number(plain)
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))/gs
const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** A Go string literal in double quotes. */
function unquote(text: string): string {
  return text.slice(1, -1).replace(ESCAPE, (_, short, long, hex, octal, other: string) => {
    const code: string | undefined = short ?? long ?? hex
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
    return ESCAPED[other] ?? other
  })
}
