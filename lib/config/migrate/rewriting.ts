/**
 * A YAML document on its way to another form: every change is told once, as a comment in the text where it happened and in
 * the list that the command prints.
 */
import { type Document, isMap, type Node, type YAMLMap } from 'yaml'
import { SourceLines } from '../source-lines.ts'
import { openFlowAround } from './nodes.ts'

/** What was changed, or is different now. */
export interface MigrationChange {
  /** In the file that was read, from 1. */
  readonly line: number
  readonly message: string
}

/** Columns of a comment, its indentation not counted. */
const WIDTH = 100
const MARK = 'migrated: '

export class Rewriting {
  readonly root: YAMLMap
  readonly #lines: SourceLines
  readonly #changes: MigrationChange[] = []
  readonly #commented = new Set<Node>()

  constructor(document: Document, text: string) {
    if (!isMap(document.contents)) throw new TypeError('an image set that is no object was read')
    this.root = document.contents
    this.#lines = new SourceLines(text)
  }

  /**
   * @param before the node of the result that the comment is put before
   * @param at the node of the original that changed
   * @param kept comments that would be lost with what was taken out
   */
  tell(before: Node, at: Node | undefined, message: string, kept: readonly string[] = []): void {
    const { line } = this.#lines.positionOf(at?.range?.[0] ?? before.range?.[0] ?? 0)
    this.#changes.push({ line, message })
    const said = [...kept, ...wrapped(`${MARK}${message}`)]
    const first = before.commentBefore ? [before.commentBefore] : []
    before.commentBefore = [...first, ...said].join('\n')
    this.#commented.add(before)
  }

  /** In the order of the file. Makes room for the comments; nothing may be told any more. */
  finish(): readonly MigrationChange[] {
    openFlowAround(this.root, this.#commented)
    return this.#changes.toSorted((a, b) => a.line - b.line)
  }
}

/** Lines of a comment without their "#"; those after the first are set in. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line)
      line = ' '
    }
    line = `${line} ${word}`
  }
  return [...lines, line]
}
