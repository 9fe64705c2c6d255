/** A parsed template as data (Go text/template/parse). */
import type { Value } from './value.ts'

export type Operand =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'dot' }
  /** `.a.b` */
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  /** `$x.a`; the name of `$` is empty. */
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  /** `(pipeline).a.b` */
  | { readonly kind: 'chain'; readonly of: Pipeline; readonly names: readonly string[] }

export interface Command {
  readonly first: Operand
  readonly args: readonly Operand[]
}

export interface Pipeline {
  /** Variables that take the value; of `range`, up to two. */
  readonly variables: readonly string[]
  /** `=`: the variables are there already. */
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline; readonly line: number }
  | ({ readonly kind: 'if' | 'with' | 'range' } & Branch)
  | {
      readonly kind: 'template'
      readonly name: string
      readonly pipeline: Pipeline | undefined
      readonly line: number
    }
  | { readonly kind: 'break' | 'continue' }

export interface Branch {
  readonly pipeline: Pipeline
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[]
  readonly line: number
}

export interface ParsedTemplate {
  readonly body: readonly Node[]
  /** What `define` and `block` name. */
  readonly defined: ReadonlyMap<string, readonly Node[]>
}
