/**
 * One file of a catalog → its documents, one at a time: JSON values one after another or a stream of YAML documents, as
 * its first character says. What is wrong with one document does not hide those after it.
 */
import { isUtf8 } from 'node:buffer'
import { parseAllDocuments } from 'yaml'
import { messageOf } from '../../../errors.ts'
import { findJsonFault } from './json-fault.ts'
import { type JsonScanFault, scanJson } from './json-scan.ts'
import { jsonOfYaml, YamlFault } from './yaml-json.ts'
import { jsonOfPlainYaml } from './yaml-plain.ts'

export interface FileDocument {
  /** From 1. */
  readonly line: number
  readonly value: unknown
  /** Where its JSON is. */
  readonly bytes: Buffer
}

/** Notes what is wrong, with its line. */
export type Complain = (line: number, text: string) => void

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const OPEN_OBJECT = 0x7b
/** Keys that are there twice are found while JSON is made, in less time. */
const PARSING = { schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const

export function* fileDocuments(
  path: string,
  content: Uint8Array,
  complain: Complain,
): Generator<FileDocument> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (!isUtf8(bytes)) {
    complain(1, 'the file is not text (UTF-8)')
    return
  }
  const start = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0
  const first = firstCharacter(bytes, start)
  if (first === OPEN_OBJECT && !isFlowYaml(path, bytes, start)) yield* jsonDocuments(bytes, start, complain)
  else if (first !== undefined) yield* yamlDocuments(bytes.toString('utf8', start), complain)
}

function firstCharacter(bytes: Buffer, start: number): number | undefined {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
  }
  return undefined
}

/** `{schema: olm.package}`, or JSON between lines of `---`, in a file that is called YAML. */
function isFlowYaml(path: string, bytes: Buffer, start: number): boolean {
  if (!/\.ya?ml$/i.test(path)) return false
  const { spans, fault } = scanJson(bytes, start)
  const [first] = spans
  if (fault !== undefined || first === undefined) return true
  return findJsonFault(bytes.toString('utf8', first.start, first.end)) !== undefined
}

function* jsonDocuments(bytes: Buffer, start: number, complain: Complain): Generator<FileDocument> {
  const { spans, fault } = scanJson(bytes, start)
  for (const { start, end, line } of spans) {
    const text = bytes.toString('utf8', start, end)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const { at, what } = findJsonFault(text) ?? { at: 0, what: messageOf(error) }
      complain(line + linesBefore(text, at), `not JSON: ${what}`)
      continue
    }
    yield { line, value, bytes: bytes.subarray(start, end) }
  }
  if (fault !== undefined) complainOfRest(bytes, fault, complain)
}

function complainOfRest(bytes: Buffer, { at, line, reason }: JsonScanFault, complain: Complain): void {
  const rest = bytes.toString('utf8', at)
  if (reason === 'no object') {
    complain(line, `not JSON: ${JSON.stringify([...rest.slice(0, 2)][0])} where an object should begin`)
    return
  }
  const found = findJsonFault(rest) ?? { at: 0, what: 'an object that begins here never ends' }
  complain(line + linesBefore(rest, found.at), `not JSON: ${found.what}`)
}

function* yamlDocuments(text: string, complain: Complain): Generator<FileDocument> {
  for (const { piece, line } of yamlPieces(text)) {
    const plain = jsonOfPlainYaml(piece)
    if (plain === undefined) yield* parsedDocuments(piece, line, complain)
    else if (plain.json !== 'null') yield madeOf(plain.json, line + plain.before)
  }
}

/** @param first the line of the file that the piece begins at */
function* parsedDocuments(piece: string, first: number, complain: Complain): Generator<FileDocument> {
  // Parsers notice at the end of a document what is missing in it.
  const end = piece.trimEnd().length
  const lineOf = (at: number) => first + linesBefore(piece, Math.min(at, end))
  try {
    const documents = parseAllDocuments(piece, PARSING)
    if (!Array.isArray(documents)) return
    for (const document of documents) {
      const [error] = document.errors
      if (error !== undefined) complain(lineOf(error.pos[0]), `not YAML: ${error.message}`)
      else if (document.contents !== null) {
        const json = jsonOfYaml(document)
        if (json !== 'null') yield madeOf(json, lineOf(document.contents.range?.[0] ?? 0))
      }
    }
  } catch (error) {
    if (!(error instanceof YamlFault || error instanceof RangeError)) throw error
    complain(lineOf(error instanceof YamlFault ? error.at : 0), `not YAML: ${messageOf(error)}`)
  }
}

function madeOf(json: string, line: number): FileDocument {
  return { line, value: JSON.parse(json), bytes: Buffer.from(json) }
}

/**
 * Documents as `---` at the start of a line divides them, which nothing inside a document can look like (YAML 1.2.2,
 * 9.1.2), so that they can be parsed, and go wrong, one by one.
 */
function* yamlPieces(text: string): Generator<{ readonly piece: string; readonly line: number }> {
  let line = 1
  let start = 0
  for (const { index } of text.matchAll(/^---(?=[ \t\r\n]|$)/gm)) {
    const piece = text.slice(start, index)
    if (index === start || isPrologue(piece)) continue
    yield { piece, line }
    line += linesBefore(piece, piece.length)
    start = index
  }
  yield { piece: text.slice(start), line }
}

/** Directives, which belong to the document after them. */
function isPrologue(piece: string): boolean {
  return /^%/m.test(piece) && piece.split('\n').every(line => /^(?:[%#].*|\s*)$/.test(line))
}

function linesBefore(text: string, at: number): number {
  let lines = 0
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) lines++
  return lines
}
