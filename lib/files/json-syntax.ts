/**
 * JSON text -> its value, or the line and column where it stops being JSON.
 *
 * `JSON.parse` reads the good files; only for a bad one is the text walked a second time, because the engine's own
 * message often leaves the position out.
 */
import { SyntaxFault } from '../errors.ts'

/** Where in a text something is: both count from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** @throws SyntaxFault `NAME:LINE:COLUMN: …` saying what was expected there. */
export function parseJsonText(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { at, expected } = findFault(text)
    const { line, column } = positionOf(text, at)
    const found = at >= text.length ? 'the text ends' : `there is ${JSON.stringify(text.slice(at, at + 12))}`
    throw new SyntaxFault(
      `${name}:${line}:${column}: not JSON: ${expected} should stand here, but ${found}`,
      {
        cause,
      },
    )
  }
}

export function positionOf(text: string, at: number): Position {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

/** The line (from 1) where git left a merge conflict; undefined when there is none. */
export function conflictLine(text: string): number | undefined {
  const marker = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(text)
  return marker === null ? undefined : positionOf(text, marker.index).line
}

interface Fault {
  readonly at: number
  readonly expected: string
}

const SPACE = /[ \t\r\n]*/y
const SCALAR =
  /"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|[\x7f-\x9f])*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy
const NAME = /"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|[\x7f-\x9f])*"/uy

/** Walks the grammar of RFC 8259 with a stack of open brackets, and stops at the first thing that does not fit. */
function findFault(text: string): Fault {
  const open: ('{' | '[')[] = []
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const take = (character: string): boolean => {
    skip(SPACE)
    if (text[at] !== character) return false
    at++
    return true
  }
  const name = (): boolean => {
    skip(SPACE)
    return skip(NAME)
  }
  for (;;) {
    let opened = false
    if (take('{')) {
      if (!take('}')) {
        if (!name()) return { at, expected: 'a name in quotes or "}"' }
        if (!take(':')) return { at, expected: '":"' }
        open.push('{')
        opened = true
      }
    } else if (take('[')) {
      if (!take(']')) {
        open.push('[')
        opened = true
      }
    } else if (!skip(SCALAR)) return { at, expected: 'a value' }
    if (opened) continue
    for (;;) {
      const inside = open.at(-1)
      if (inside === undefined) {
        skip(SPACE)
        return { at, expected: 'the end of the file' }
      }
      if (take(',')) {
        if (inside === '{') {
          if (!name()) return { at, expected: 'a name in quotes' }
          if (!take(':')) return { at, expected: '":"' }
        }
        break
      }
      if (!take(inside === '{' ? '}' : ']'))
        return { at, expected: inside === '{' ? '"," or "}"' : '"," or "]"' }
      open.pop()
    }
  }
}
