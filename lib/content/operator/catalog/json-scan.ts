/**
 * A file of JSON values, one after another, → where each of them begins and ends. Only brackets and strings are looked at,
 * so that a file of any length is gone through once and its values can be parsed one by one; whether a value is JSON is for
 * the parser to say.
 */

export interface JsonSpan {
  readonly start: number
  /** After its last byte. */
  readonly end: number
  /** From 1. */
  readonly line: number
}

/** Something that is no object begins at `at`, or an object that begins there never ends: nothing after it can be read. */
export interface JsonScanFault {
  readonly at: number
  readonly line: number
  readonly reason: 'no object' | 'cut short'
}

const TAB = 0x09
const LINE_FEED = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Bytes of a string that are compared here; a longer one is searched, which costs more to begin and less for each byte. */
const SHORT_STRING = 24

/** @param start where to begin: after a byte order mark */
export function scanJson(
  bytes: Buffer,
  start = 0,
): { readonly spans: readonly JsonSpan[]; readonly fault?: JsonScanFault } {
  const spans: JsonSpan[] = []
  let line = 1
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === LINE_FEED) line++
    if (byte === LINE_FEED || byte === SPACE || byte === TAB || byte === RETURN) continue
    if (byte !== OPEN_OBJECT) return { spans, fault: { at, line, reason: 'no object' } }
    const object = endOfObject(bytes, at, line)
    if (object === undefined) return { spans, fault: { at, line, reason: 'cut short' } }
    spans.push({ start: at, end: object.end, line })
    line = object.line
    at = object.end - 1
  }
  return { spans }
}

/** @param start of an opening bracket. @returns what comes after the closing one; undefined when there is none */
function endOfObject(
  bytes: Buffer,
  start: number,
  lineAtStart: number,
): { end: number; line: number } | undefined {
  let line = lineAtStart
  let depth = 0
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = endOfString(bytes, at + 1)
      if (at < 0) return undefined
    } else if (byte === LINE_FEED) line++
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return { end: at + 1, line }
  }
  return undefined
}

/** @param start after the opening quote. @returns where the closing one is; -1 when there is none */
function endOfString(bytes: Buffer, start: number): number {
  const soon = Math.min(start + SHORT_STRING, bytes.length)
  let at = start
  for (; at < soon; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) return at
    if (byte === BACKSLASH) at++
  }
  for (let quote = bytes.indexOf(QUOTE, at); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1))
    if (isClosing(bytes, quote, at)) return quote
  return -1
}

/** Whether an even number of backslashes stands before the quote; those before `from` have been accounted for. */
function isClosing(bytes: Buffer, quote: number, from: number): boolean {
  let before = quote - 1
  while (before >= from && bytes[before] === BACKSLASH) before--
  return (quote - 1 - before) % 2 === 0
}
