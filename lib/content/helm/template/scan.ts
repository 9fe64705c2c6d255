/**
 * The text of a template → plain text and actions as tokens (Go text/template, "Text and spaces", "Actions"). Comments are
 * gone, and so is the white space that `{{-` and `-}}` take away.
 */
import { TemplateFault } from './template-fault.ts'
import { type Token, tokenize } from './tokens.ts'

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly line: number }

const OPEN = '{{'
const CLOSE = '}}'
/** What counts as white space next to a trim marker. */
const SPACE = /[ \t\r\n]/

/** @throws TemplateFault naming the line */
export function scan(template: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let trimNext = false
  const lines = lineCounter(template)
  while (at <= template.length) {
    const open = template.indexOf(OPEN, at)
    const end = open < 0 ? template.length : open
    const trimsLeft = open >= 0 && template[open + 2] === '-' && SPACE.test(template[open + 3] ?? '')
    let text = template.slice(at, end)
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '')
    if (trimsLeft) text = trimEnd(text)
    if (text !== '') pieces.push({ kind: 'text', text })
    if (open < 0) break
    const start = open + (trimsLeft ? 4 : 2)
    const line = lines(open)
    const body = skipSpace(template, start)
    if (template.startsWith('/*', body)) {
      const closed = closeComment(template, body, line)
      ;({ at, trimNext } = closed)
      continue
    }
    const action = tokenize(template, start, line)
    pieces.push({ kind: 'action', tokens: action.tokens, line })
    at = action.end
    trimNext = action.trimsNext
  }
  return pieces
}

function closeComment(template: string, body: number, line: number): { at: number; trimNext: boolean } {
  const end = template.indexOf('*/', body + 2)
  if (end < 0) throw new TemplateFault(`line ${line}: the comment does not end`)
  const after = skipSpace(template, end + 2)
  const trimNext = template[after] === '-'
  const close = trimNext ? after + 1 : after
  if (!template.startsWith(CLOSE, close))
    throw new TemplateFault(`line ${line}: the comment ends before its action does`)
  return { at: close + CLOSE.length, trimNext }
}

/** The pattern /\s+$/ takes quadratic time on long runs of spaces inside a text. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && SPACE.test(text[end - 1] ?? '')) end--
  return text.slice(0, end)
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (SPACE.test(text[at] ?? '')) at++
  return at
}

/** Line numbers of places that are asked for in rising order. */
function lineCounter(text: string): (at: number) => number {
  let line = 1
  let seen = 0
  return at => {
    for (let next = text.indexOf('\n', seen); next >= 0 && next < at; next = text.indexOf('\n', seen)) {
      line++
      seen = next + 1
    }
    return line
  }
}
