/**
 * YAML text -> plain data, and for every value the place in the text it came from.
 *
 * Places are kept by JSON pointer, the same names ajv uses for what it complains about. YAML 1.2 core schema (`yes` is
 * text, `4.20` is a number), anchors and merge keys work; a file is one document. Duplicate keys, aliases that lead
 * nowhere or round in a circle, and tags nobody knows are problems, because other readers would each take them
 * differently.
 */
import { isScalar, parseAllDocuments } from 'yaml'
import type { SourceFile } from './problem.ts'
import { SourceLines } from './source-lines.ts'
import { type PlacedData, readNodes, type SyntaxFinding } from './yaml-nodes.ts'

export interface YamlDocument extends PlacedData {
  readonly file: SourceFile
  readonly lines: SourceLines
}

/** Never throws; one finding for each faulty line, because the faults after the first in a line follow from it. */
export function readYaml(file: SourceFile): YamlDocument {
  const [first, second] = readYamlDocuments(file)
  const { lines } = first
  if (second === undefined) return first
  const { start } = second.places.get('')?.value ?? { start: 0 }
  return refused(file, lines, [
    {
      offset: start,
      message: 'the file holds several YAML documents',
      hint: 'keep each document in a file of its own, without the "---" between them',
    },
  ])
}

/** The documents of a file that are not empty, each with places in the whole file; one with findings when it is unusable. */
export function readYamlDocuments(file: SourceFile): readonly [YamlDocument, ...YamlDocument[]] {
  const text = file.text.replace(/^\ufeff/, '')
  const lines = new SourceLines(text)
  const empty = (): YamlDocument =>
    refused(file, lines, [
      {
        offset: 0,
        message: 'the file is empty',
        hint: 'mirrorform init writes an image set to begin with',
      },
    ])
  let documents: ReturnType<typeof parseAllDocuments>
  try {
    documents = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'silent' })
  } catch (cause) {
    const message = `the file cannot be read as YAML: ${cause instanceof Error ? cause.message : cause}`
    return [refused(file, lines, [{ offset: 0, message }])]
  }
  if (!Array.isArray(documents)) return [empty()]
  const findings: SyntaxFinding[] = []
  const faultyLines = new Set<number>()
  for (const fault of documents.flatMap(document => [...document.errors, ...document.warnings])) {
    const offset = skipSpaces(text, fault.pos[0])
    const { line } = lines.positionOf(offset)
    if (faultyLines.has(line)) continue
    faultyLines.add(line)
    findings.push({ offset, message: fault.message, ...hintFor(fault.code) })
  }
  if (findings.length > 0) return [refused(file, lines, findings)]
  const [first, ...others] = documents.flatMap(({ contents }): YamlDocument[] =>
    contents === null || isNull(contents) ? [] : [{ file, lines, ...readNodes(contents) }],
  )
  return first === undefined ? [empty()] : [first, ...others]
}

function refused(file: SourceFile, lines: SourceLines, findings: readonly SyntaxFinding[]): YamlDocument {
  return { file, lines, value: undefined, places: new Map(), findings }
}

/** The first thing to see: some faults are reported at the indentation before it. */
function skipSpaces(text: string, offset: number): number {
  let at = offset
  while (text[at] === ' ') at += 1
  return at
}

function isNull(node: unknown): boolean {
  return isScalar(node) && node.value === null
}

function hintFor(code: string): { readonly hint?: string } {
  if (code === 'TAB_AS_INDENT') return { hint: 'indent with spaces' }
  if (code === 'TAG_RESOLVE_FAILED') return { hint: 'leave the "!…" out' }
  if (code === 'BAD_SCALAR_START') return { hint: 'put the value in quotes' }
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'BAD_INDENT')
    return { hint: 'check the indentation of this line and the one before' }
  return {}
}
