/** The text of a template → its nodes, and the templates it defines (Go text/template, "Actions", "Nested template definitions"). */
import type { Branch, Node, ParsedTemplate } from './nodes.ts'
import { parsePipeline } from './parse-pipeline.ts'
import { type Piece, scan } from './scan.ts'
import { TemplateFault } from './template-fault.ts'
import type { Token } from './tokens.ts'

type ActionPiece = Extract<Piece, { kind: 'action' }>

/** Blocks in each other. */
const MAX_DEPTH = 200

/** @throws TemplateFault naming the line */
export function parseTemplate(text: string): ParsedTemplate {
  const reading = new Reading(scan(text))
  const { nodes, end } = reading.block(0)
  if (end !== undefined) throw new TemplateFault(`line ${end.line}: unexpected {{${wordOf(end)}}}`)
  return { body: nodes, defined: reading.defined }
}

interface Block {
  readonly nodes: readonly Node[]
  /** The `end` or `else` that closed it. */
  readonly end: ActionPiece | undefined
}

class Reading {
  readonly defined = new Map<string, readonly Node[]>()
  readonly #pieces: readonly Piece[]
  #at = 0

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  block(depth: number): Block {
    if (depth > MAX_DEPTH) throw new TemplateFault(`more than ${MAX_DEPTH} blocks in each other`)
    const nodes: Node[] = []
    for (let piece = this.#pieces[this.#at++]; piece !== undefined; piece = this.#pieces[this.#at++]) {
      if (piece.kind === 'text') nodes.push(piece)
      else if (['end', 'else'].includes(wordOf(piece))) return { nodes, end: piece }
      else nodes.push(...this.#action(piece, depth))
    }
    return { nodes, end: undefined }
  }

  #action(piece: ActionPiece, depth: number): readonly Node[] {
    const { tokens, line } = piece
    const word = wordOf(piece)
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return [{ kind: word, ...this.#branch(tokens.slice(1), line, depth) }]
      case 'define':
        this.defined.set(nameIn(piece), this.#body(line, depth))
        return []
      case 'block': {
        const name = nameIn(piece)
        this.defined.set(name, this.#body(line, depth))
        return [{ kind: 'template', name, pipeline: parsePipeline(tokens.slice(2), line), line }]
      }
      case 'template': {
        const pipeline = tokens.length > 2 ? parsePipeline(tokens.slice(2), line) : undefined
        return [{ kind: 'template', name: nameIn(piece), pipeline, line }]
      }
      case 'break':
      case 'continue':
        return [{ kind: word }]
      default:
        return [{ kind: 'action', pipeline: parsePipeline(tokens, line), line }]
    }
  }

  /** From behind `if` to its `end`; `else if` and `else with` are a branch of their own, closed by the same `end`. */
  #branch(tokens: readonly Token[], line: number, depth: number): Branch {
    const pipeline = parsePipeline(tokens, line)
    const { nodes, end } = this.block(depth + 1)
    if (end === undefined) throw new TemplateFault(`line ${line}: the block has no {{end}}`)
    return { pipeline, body: nodes, otherwise: this.#otherwise(end, line, depth), line }
  }

  #otherwise(end: ActionPiece, line: number, depth: number): readonly Node[] {
    if (wordOf(end) === 'end') return []
    const kind = end.tokens[1]?.text
    if (kind === 'if' || kind === 'with')
      return [{ kind, ...this.#branch(end.tokens.slice(2), end.line, depth + 1) }]
    return this.#body(line, depth)
  }

  #body(line: number, depth: number): readonly Node[] {
    const { nodes, end } = this.block(depth + 1)
    if (end === undefined || wordOf(end) !== 'end')
      throw new TemplateFault(`line ${line}: the block has no {{end}}`)
    return nodes
  }
}

function wordOf({ tokens }: ActionPiece): string {
  return tokens[0]?.kind === 'word' ? tokens[0].text : ''
}

function nameIn({ tokens, line }: ActionPiece): string {
  const name = tokens[1]?.value
  if (typeof name === 'string') return name
  throw new TemplateFault(`line ${line}: {{${tokens[0]?.text ?? ''}}} needs a name in quotes`)
}
