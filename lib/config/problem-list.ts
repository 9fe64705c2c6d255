/** Collects the problems of one document by JSON pointer and turns them into problems with line and column. */
import { hintOf, messageOf, SyntaxFault } from '../errors.ts'
import { ConfigError, type Problem, type ProblemKind } from './problem.ts'
import type { YamlDocument } from './yaml-document.ts'

export interface Remark {
  readonly hint?: string | undefined
  /** Point at the key instead of the value. */
  readonly at?: 'key' | 'value'
}

export class ProblemList {
  readonly #document: YamlDocument
  readonly #problems: Problem[] = []

  constructor(document: YamlDocument) {
    this.#document = document
    for (const { offset, message, hint } of document.findings) this.#push('syntax', offset, message, hint)
  }

  add(kind: ProblemKind, pointer: string, message: string, remark: Remark = {}): void {
    this.#push(kind, this.#offsetOf(pointer, remark.at ?? 'value'), message, remark.hint)
  }

  /** What `parse` returns, or undefined and a `rule` problem at `pointer` when it throws a SyntaxFault. */
  attempt<T>(pointer: string, parse: () => T): T | undefined {
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.add('rule', pointer, messageOf(error), { hint: hintOf(error) ?? this.#templateHint(pointer) })
      return undefined
    }
  }

  /** Whether the document itself has something at `pointer`, even if it is empty. */
  isWritten(pointer: string): boolean {
    return this.#document.places.has(pointer)
  }

  /** The text of a value as it is written: `4.20`, where the data has the number 4.2. */
  writtenAt(pointer: string): string | undefined {
    const place = this.#document.places.get(pointer)
    return place && this.#document.file.text.replace(/^\ufeff/, '').slice(place.value.start, place.value.end)
  }

  lineOf(pointer: string): number {
    return this.#document.lines.positionOf(this.#offsetOf(pointer, 'key')).line
  }

  /** @throws ConfigError with everything that was added, in the order of the file. */
  throwIfAny(): void {
    if (this.#problems.length === 0) return
    throw new ConfigError(this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column))
  }

  #templateHint(pointer: string): string | undefined {
    const isTemplate = /\$\{|\{\{|<[^>]+>/.test(this.writtenAt(pointer) ?? '')
    return isTemplate ? 'this looks like a template; fill it in first' : undefined
  }

  #push(kind: ProblemKind, offset: number, message: string, hint: string | undefined): void {
    const { file, lines } = this.#document
    const position = lines.positionOf(offset)
    this.#problems.push({
      kind,
      path: file.path,
      ...position,
      message,
      ...(hint !== undefined && { hint }),
      snippet: lines.textOf(position.line),
    })
  }

  /** The nearest place that the document has: an object's missing key is reported where the object is. */
  #offsetOf(pointer: string, at: 'key' | 'value'): number {
    for (let here = pointer; ; here = here.slice(0, here.lastIndexOf('/'))) {
      const place = this.#document.places.get(here)
      if (place !== undefined)
        return (here === pointer && at === 'value' ? place.value : (place.key ?? place.value)).start
      if (here === '') return 0
    }
  }
}
