/**
 * Text that `JSON.parse` refuses → where it stops being JSON (RFC 8259). The parser of the engine tells that in some of its
 * messages only, and a catalog's author needs the line in every case.
 */

export interface JsonFault {
  /** Index into the text. */
  readonly at: number
  readonly what: string
}

const SPACES = /[ \t\r\n]*/y
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const LITERAL = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y
/** A string up to where it goes wrong. */
const STRING_START = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end'

/** undefined when the text is one JSON value. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const isThere = pattern.test(text)
    if (isThere) at = pattern.lastIndex
    return isThere
  }
  for (;;) {
    skip(SPACES)
    const char = text[at]
    if (char === undefined)
      return expected === 'comma or end' && open.length === 0
        ? undefined
        : { at, what: `it ends where ${wanted(expected, open)} should be` }
    const inside = open.at(-1)
    const closes = char === '}' || char === ']'
    if (closes && inside === (char === '}' ? '{' : '[') && mayClose(expected)) {
      open.pop()
      at++
      expected = 'comma or end'
    } else if (expected === 'comma or end' && char === ',' && inside !== undefined) {
      at++
      expected = inside === '{' ? 'key' : 'value'
    } else if (expected === 'colon' && char === ':') {
      at++
      expected = 'value'
    } else if (expected === 'key' || expected === 'key or }') {
      if (!skip(STRING)) return char === '"' ? badString(text, at) : unexpected(char, at, expected, open)
      expected = 'colon'
    } else if (expected === 'value' || expected === 'value or ]') {
      if (char === '{' || char === '[') {
        open.push(char)
        at++
        expected = char === '{' ? 'key or }' : 'value or ]'
      } else if (skip(STRING) || skip(LITERAL)) expected = 'comma or end'
      else return char === '"' ? badString(text, at) : unexpected(char, at, expected, open)
    } else return unexpected(char, at, expected, open)
  }
}

function mayClose(expected: Expected): boolean {
  return expected === 'comma or end' || expected === 'key or }' || expected === 'value or ]'
}

function badString(text: string, at: number): JsonFault {
  STRING_START.lastIndex = at
  STRING_START.test(text)
  const end = STRING_START.lastIndex
  const char = text[end]
  if (char === undefined) return { at, what: 'a string that begins here never ends' }
  return char === '\\'
    ? { at: end, what: `${JSON.stringify(text.slice(end, end + 2))} is no escape of JSON` }
    : { at: end, what: `${JSON.stringify(char)} inside a string` }
}

function unexpected(char: string, at: number, expected: Expected, open: readonly string[]): JsonFault {
  return { at, what: `${JSON.stringify(char)} where ${wanted(expected, open)} should be` }
}

function wanted(expected: Expected, open: readonly string[]): string {
  switch (expected) {
    case 'value':
    case 'value or ]':
      return 'a value'
    case 'key':
    case 'key or }':
      return 'a key in quotes'
    case 'colon':
      return '":"'
    case 'comma or end':
      return open.length === 0 ? 'the end' : `"," or "${open.at(-1) === '{' ? '}' : ']'}"`
    default:
      return expected satisfies never
  }
}
