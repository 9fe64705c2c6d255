/**
 * A YAML document (1.2, core schema) → the same as JSON text, nothing lost and nothing moved: numbers as they are written
 * (`1.0`, more digits than a double has), text such as `yes` or a date as text. Aliases are written out, merge keys are
 * carried out, as opm does.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar } from 'yaml'

/** A document that is YAML and has no counterpart in JSON. `at` is an index into the text that was parsed. */
export class YamlFault extends Error {
  readonly at: number

  constructor(what: string, at: number) {
    super(what)
    this.at = at
  }
}

/** Aliases of one document, counted each time that one is written out; catalogs have none. */
const MAX_ALIASES = 1000
/** What they may come to together, characters. */
const MAX_ALIAS_LENGTH = 16 * 1024 * 1024

/** What JSON writes as a number (RFC 8259, 6). */
export const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

/** @throws YamlFault */
export function jsonOfYaml(document: Document): string {
  return new Writing(document).write(document.contents)
}

class Writing {
  readonly #document: Document
  #aliases = 0
  #aliasLength = 0

  constructor(document: Document) {
    this.#document = document
  }

  write(node: unknown): string {
    if (node === null || node === undefined) return 'null'
    if (isScalar(node)) return scalarText(node)
    if (isSeq(node)) return `[${node.items.map(item => this.write(item)).join(',')}]`
    if (isMap(node)) {
      const entries = [...this.#entriesOf(node.items)]
      return `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`
    }
    const text = this.write(this.#target(node))
    this.#aliasLength += text.length
    if (this.#aliasLength > MAX_ALIAS_LENGTH)
      throw new YamlFault('its aliases stand for too much', placeOf(node))
    return text
  }

  #entriesOf(pairs: readonly Pair[]): Map<string, string> {
    const entries = new Map<string, string>()
    const own = new Set<string>()
    for (const { key, value } of pairs) {
      const name = keyText(key)
      if (isMergeKey(key)) {
        for (const [each, text] of this.#merged(value)) if (!entries.has(each)) entries.set(each, text)
        continue
      }
      if (own.has(name)) throw new YamlFault(`the key ${JSON.stringify(name)} is there twice`, placeOf(key))
      own.add(name)
      entries.set(name, this.write(value))
    }
    return entries
  }

  /** What a merge key brings in: a mapping, or several of which the first counts (yaml.org/type/merge). */
  *#merged(value: unknown): Generator<readonly [string, string]> {
    const node = isAlias(value) ? this.#target(value) : value
    if (isMap(node)) yield* this.#entriesOf(node.items)
    else if (isSeq(node)) for (const item of node.items) yield* this.#merged(item)
    else throw new YamlFault('only mappings can be merged', placeOf(value))
  }

  #target(node: unknown): unknown {
    if (!isAlias(node)) throw new YamlFault('neither a value, a list nor a mapping', placeOf(node))
    if (++this.#aliases > MAX_ALIASES) throw new YamlFault('it has too many aliases', placeOf(node))
    const target = node.resolve(this.#document)
    if (target === undefined) throw new YamlFault(`nothing is called "${node.source}"`, placeOf(node))
    return target
  }
}

function scalarText(scalar: Scalar): string {
  const { value, source } = scalar
  if (typeof value !== 'number') return JSON.stringify(value)
  if (source !== undefined && JSON_NUMBER.test(source)) return source
  if (source !== undefined && /^0[xo]/.test(source)) return String(BigInt(source))
  if (!Number.isFinite(value)) throw new YamlFault(`${source} is no number of JSON`, placeOf(scalar))
  // A digit is missing beside the point, or there is a sign or zeros before it.
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eE][+-]?[0-9]+)?$/.exec(source ?? '') ?? []
  const text = `${sign === '-' ? sign : ''}${whole || '0'}${fraction && `.${fraction}`}${exponent}`
  return JSON_NUMBER.test(text) && Number(text) === value ? text : JSON.stringify(value)
}

function keyText(key: unknown): string {
  if (!isScalar(key)) throw new YamlFault('a key that is no text', placeOf(key))
  return typeof key.value === 'string' ? key.value : (key.source ?? '')
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN'
}

function placeOf(node: unknown): number {
  const isNode = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  return isNode ? (node.range?.[0] ?? 0) : 0
}
