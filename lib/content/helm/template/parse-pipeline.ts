/** The tokens of one action → a pipeline: `$x := .Values.a | default "b"`, with everything in parentheses. */
import type { Command, Operand, Pipeline } from './nodes.ts'
import { TemplateFault } from './template-fault.ts'
import type { Token } from './tokens.ts'

/** Parentheses in each other; charts have a handful. */
const MAX_DEPTH = 200

/** @throws TemplateFault */
export function parsePipeline(tokens: readonly Token[], line: number): Pipeline {
  const reading = new Reading(tokens, line)
  const pipeline = reading.pipeline(0)
  reading.expectEnd()
  return pipeline
}

class Reading {
  readonly #tokens: readonly Token[]
  readonly #line: number
  #at = 0

  constructor(tokens: readonly Token[], line: number) {
    this.#tokens = tokens
    this.#line = line
  }

  expectEnd(): void {
    const token = this.#tokens[this.#at]
    if (token !== undefined) throw this.#unexpected(token)
  }

  pipeline(depth: number): Pipeline {
    if (depth > MAX_DEPTH) throw new TemplateFault(`line ${this.#line}: too many parentheses`)
    const declared = this.#declaration()
    const commands = [this.#command(depth)]
    while (this.#takeMark('|')) commands.push(this.#command(depth))
    return { ...declared, commands }
  }

  /** `$x :=`, `$x =`, `$i, $x :=`. */
  #declaration(): Pick<Pipeline, 'variables' | 'assigns'> {
    const variables: string[] = []
    let at = this.#at
    for (;;) {
      const variable = this.#tokens[at]
      const mark = this.#tokens[at + 1]
      if (variable?.kind !== 'variable' || mark?.kind !== 'mark') return { variables: [], assigns: false }
      variables.push(variable.text)
      at += 2
      if (mark.text === ':=' || mark.text === '=') {
        this.#at = at
        return { variables, assigns: mark.text === '=' }
      }
      if (mark.text !== ',') return { variables: [], assigns: false }
    }
  }

  #command(depth: number): Command {
    const first = this.#operand(depth)
    if (first === undefined) throw this.#unexpected(this.#tokens[this.#at])
    const args: Operand[] = []
    for (let next = this.#operand(depth); next !== undefined; next = this.#operand(depth)) args.push(next)
    return { first, args }
  }

  #operand(depth: number): Operand | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined) return undefined
    switch (token.kind) {
      case 'literal':
        this.#at++
        return { kind: 'literal', value: token.value }
      case 'dot':
        this.#at++
        return { kind: 'dot' }
      case 'field':
        this.#at++
        return { kind: 'fields', names: [token.text, ...this.#fields()] }
      case 'variable':
        this.#at++
        return { kind: 'variable', name: token.text, names: this.#fields() }
      case 'word': {
        this.#at++
        const called: Operand = { kind: 'function', name: token.text }
        const names = this.#fields()
        return names.length === 0 ? called : { kind: 'chain', of: calling(called), names }
      }
      case 'mark': {
        if (token.text !== '(') return undefined
        this.#at++
        const of = this.pipeline(depth + 1)
        if (!this.#takeMark(')')) throw this.#unexpected(this.#tokens[this.#at])
        return { kind: 'chain', of, names: this.#fields() }
      }
      default:
        return token.kind satisfies never
    }
  }

  /** Fields that stand right behind what was read. */
  #fields(): readonly string[] {
    const names: string[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'field' || token.isApart) return names
      names.push(token.text)
      this.#at++
    }
  }

  #takeMark(text: string): boolean {
    const token = this.#tokens[this.#at]
    const isThere = token?.kind === 'mark' && token.text === text
    if (isThere) this.#at++
    return isThere
  }

  #unexpected(token: Token | undefined): TemplateFault {
    const what = token === undefined ? 'the action ends too early' : `unexpected "${token.text}"`
    return new TemplateFault(`line ${this.#line}: ${what}`)
  }
}

function calling(first: Operand): Pipeline {
  return { variables: [], assigns: false, commands: [{ first, args: [] }] }
}
