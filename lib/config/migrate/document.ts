/**
 * Text of an image set of v1 -> a YAML document that can be rewritten, and back to text: comments, order, quotes and
 * indentation as they were.
 *
 * Aliases and merge keys are written out, because what one of them names may be changed in one place only; keys get the
 * case that v2 wants.
 */
import {
  Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import { V1_IMAGE_SET_SCHEMA } from '../schema/imageset-v1alpha2.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import { keyOf } from './nodes.ts'
import { withLayoutOf } from './original-layout.ts'

export interface RenamedKey {
  /** Where a comment on it goes. */
  readonly before: Node
  readonly key: Node
  readonly written: string
  readonly now: string
}

export interface Rewritable {
  readonly document: Document
  readonly text: string
  /** Whether aliases or merge keys were written out. */
  readonly hadAliases: boolean
  /** Keys that were brought to another case. */
  readonly renamed: readonly RenamedKey[]
}

/** @param text of one document that was read without problems */
export function openDocument(text: string): Rewritable {
  const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' })
  const filled = Array.isArray(documents) ? documents.find(({ contents }) => isMap(contents)) : undefined
  const document = filled === undefined ? new Document({}) : (filled as Document)
  const hadAliases = writeOut(document)
  const renamed: RenamedKey[] = []
  if (isNode(document.contents)) renameKeys(document.contents, V1_IMAGE_SET_SCHEMA, renamed)
  return { document, text, hadAliases, renamed }
}

/** A document in JSON has no room for comments and stays JSON. */
export function writeDocument({ document, text }: Rewritable): string {
  if (isJson(text)) return `${JSON.stringify(document.toJS(), null, 2)}\n`
  const written = document.toString({
    lineWidth: 0,
    nullStr: '',
    indent: indentOf(text),
    indentSeq: hasIndentedLists(text),
    flowCollectionPadding: !/\{[^\s}]/.test(text),
  })
  const laidOut = withLayoutOf(text.replaceAll('\r\n', '\n'), written)
  const best = laidOut !== undefined && isSame(laidOut, document) ? laidOut : written
  return text.includes('\r\n') ? best.replaceAll('\n', '\r\n') : best
}

function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isSame(text: string, document: Document): boolean {
  const read = parseDocument(text, { logLevel: 'silent' })
  return read.errors.length === 0 && JSON.stringify(read.toJS()) === JSON.stringify(document.toJS())
}

function writeOut(document: Document): boolean {
  let found = false
  visit(document, {
    Alias(_, alias) {
      found = true
      const target = alias.resolve(document)
      return target === undefined ? undefined : (target.clone() as Node)
    },
  })
  visit(document, {
    Map(_, map) {
      const merged = map.items.filter(isMerge)
      if (merged.length === 0) return
      found = true
      map.items = map.items.filter(pair => !isMerge(pair))
      for (const { value } of merged) mergeInto(map, value)
    },
  })
  visit(document, {
    Node(_, node) {
      if (!isAlias(node)) delete node.anchor
    },
  })
  return found
}

/** What is written in the object wins, then the earlier of the sources. */
function mergeInto(map: YAMLMap, source: unknown): void {
  if (isSeq(source)) for (const item of source.items) mergeInto(map, item)
  if (!isMap(source)) return
  const known = new Set(map.items.map(keyOf))
  map.items.push(...source.items.filter(pair => !known.has(keyOf(pair)) && !isMerge(pair)))
  for (const pair of source.items.filter(isMerge)) mergeInto(map, pair.value)
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<'
}

function renameKeys(
  node: unknown,
  schema: JsonSchema | undefined,
  renamed: RenamedKey[],
  isItem = false,
): void {
  if (isSeq(node)) for (const item of node.items) renameKeys(item, schema?.items, renamed, true)
  if (!isMap(node)) return
  const known = Object.keys(schema?.properties ?? {})
  for (const [at, pair] of node.items.entries()) {
    const written = keyOf(pair)
    const now = known.find(key => key.toLowerCase() === written.toLowerCase()) ?? written
    if (now !== written && isScalar(pair.key)) {
      pair.key.value = now
      renamed.push({ before: isItem && at === 0 ? node : pair.key, key: pair.key, written, now })
    }
    renameKeys(pair.value, schema?.properties?.[now], renamed)
  }
}

/** Columns of the first key below another one. */
function indentOf(text: string): number {
  const [, spaces] = /^[A-Za-z]\w*:[^\S\n]*(?:#.*)?\n(?:\s*#.*\n|\s*\n)*( +)[A-Za-z]/m.exec(text) ?? []
  return Math.min(Math.max(spaces?.length ?? 2, 1), 8)
}

/** Whether lists stand deeper than their key; the first list decides. */
function hasIndentedLists(text: string): boolean {
  const [, key, dash] = /^( *)[A-Za-z]\w*:[^\S\n]*(?:#.*)?\n(?:\s*#.*\n|\s*\n)*( *)- /m.exec(text) ?? []
  return key === undefined || dash === undefined || dash.length > key.length
}
