/**
 * The nodes of one YAML document -> plain data, a place for every JSON pointer, and what is wrong with the document.
 *
 * Aliases and merge keys are followed here, and not by the YAML library, so that every value keeps the place where it
 * is written and a file that is made to explode by its aliases is refused.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml'

/** Offsets in the text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Place {
  /** The key this value belongs to; items of lists and the document have none. */
  readonly key?: Span
  readonly value: Span
}

export interface SyntaxFinding {
  readonly offset: number
  readonly message: string
  readonly hint?: string
}

export interface PlacedData {
  /** undefined when the document is too broken to be worth looking at. */
  readonly value: unknown
  /** By JSON pointer (RFC 6901). */
  readonly places: ReadonlyMap<string, Place>
  readonly findings: readonly SyntaxFinding[]
}

/** Values made by following aliases; more than this is an expansion bomb, not a configuration. */
const MAX_VALUES = 200_000
/** Far below what would overflow the stack, far above what any configuration needs. */
const MAX_DEPTH = 200
const DUPLICATE_HINT = 'a key stands once in its object; delete one of the two, or join them'

/** `mirror`, `a/b` -> `/mirror`, `/a~1b` below `parent` (RFC 6901). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function readNodes(root: Node): PlacedData {
  const reader = new NodeReader()
  const value = reader.read(root, '', undefined, 0)
  const seen = new Set<string>()
  const findings = reader.findings.filter(({ offset, message }) => {
    const key = `${offset} ${message}`
    return !seen.has(key) && seen.add(key)
  })
  return { value: reader.broken ? undefined : value, places: reader.places, findings }
}

class NodeReader {
  readonly places = new Map<string, Place>()
  readonly findings: SyntaxFinding[] = []
  /** Part of the data is missing, so that what else is said about it would be noise. */
  broken = false
  readonly #anchors = new Map<string, Node>()
  readonly #following = new Set<Node>()
  #values = 0

  read(node: Node, pointer: string, key: Span | undefined, depth: number): unknown {
    const value = spanOf(node)
    this.places.set(pointer, key === undefined ? { value } : { key, value })
    return this.#data(node, pointer, depth)
  }

  #data(node: Node, pointer: string, depth: number): unknown {
    if (this.#values > MAX_VALUES) return null
    this.#values += 1
    if (this.#values > MAX_VALUES)
      return this.#refuse(node, 'the file holds more values than a configuration can, aliases followed')
    if (depth > MAX_DEPTH) return this.#refuse(node, 'this is nested too deeply')
    if (isAlias(node)) {
      const followed = this.#follow(node.source, node)
      return followed === undefined ? null : this.#data(followed, pointer, depth + 1)
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    if (isScalar(node)) return node.value
    this.#following.add(node)
    const data = isMap(node) ? this.#object(node, pointer, depth) : this.#list(node.items, pointer, depth)
    this.#following.delete(node)
    return data
  }

  #list(items: readonly unknown[], pointer: string, depth: number): unknown[] {
    return items.map((item, at) => this.read(item as Node, pointerTo(pointer, at), undefined, depth + 1))
  }

  #object(map: YAMLMap, pointer: string, depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>()
    this.#fill(entries, map, pointer, depth)
    return Object.fromEntries(entries)
  }

  /** Adds what `entries` does not have yet; merge keys last, because what is written here wins over them. */
  #fill(entries: Map<string, unknown>, map: YAMLMap, pointer: string, depth: number): void {
    const merged: Node[] = []
    const written = new Set<string>()
    for (const item of map.items) {
      const key = item.key as Node
      const value = item.value as Node | null
      const name = this.#keyName(key)
      if (name === undefined) continue
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        if (value !== null) merged.push(value)
        continue
      }
      if (written.has(name)) this.#report(key, `duplicate key "${name}"`, DUPLICATE_HINT)
      written.add(name)
      if (entries.has(name)) continue
      const below = pointerTo(pointer, name)
      const span = spanOf(key)
      if (value === null) this.places.set(below, { key: span, value: span })
      entries.set(name, value === null ? null : this.read(value, below, span, depth + 1))
    }
    for (const source of merged) this.#merge(source, entries, pointer, depth + 1)
  }

  /** `<<: *a` and `<<: [*a, *b]`: the earlier of the sources wins. */
  #merge(source: Node, entries: Map<string, unknown>, pointer: string, depth: number): void {
    const node = isAlias(source) ? this.#follow(source.source, source) : source
    if (node === undefined || depth > MAX_DEPTH) return
    if (!isSeq(node) && !isMap(node)) {
      this.#refuse(source, '"<<" merges objects only', 'write "<<: *name", where &name stands at an object')
      return
    }
    this.#following.add(node)
    if (isMap(node)) this.#fill(entries, node, pointer, depth)
    else for (const item of node.items) this.#merge(item as Node, entries, pointer, depth + 1)
    this.#following.delete(node)
  }

  #keyName(key: Node): string | undefined {
    if (isScalar(key)) return String(key.source ?? key.value)
    this.#refuse(key, 'a key must be plain text')
    return undefined
  }

  #follow(name: string, at: Node): Node | undefined {
    const node = this.#anchors.get(name)
    if (node === undefined) this.#refuse(at, `the alias *${name} has no &${name} before it`)
    else if (this.#following.has(node)) this.#refuse(at, `the alias *${name} stands inside of what it names`)
    else return node
    return undefined
  }

  #refuse(node: Node, message: string, hint?: string): null {
    this.broken = true
    this.#report(node, message, hint)
    return null
  }

  #report(node: Node, message: string, hint?: string): void {
    this.findings.push({ offset: spanOf(node).start, message, ...(hint !== undefined && { hint }) })
  }
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0]
  return { start, end }
}
