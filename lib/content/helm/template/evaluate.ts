/**
 * Parsed templates and data → text (Go text/template, as Helm uses it).
 *
 * Helm stops at a missing value, at `required` and at `fail`; here the chart is only asked which images it names, so that
 * these are told as remarks and the rest of the template goes on. What cannot go on throws.
 */
import { messageOf } from '../../../errors.ts'
import { followFields } from './fields.ts'
import { goText } from './go-format.ts'
import { bounded, charge, type Limits, step } from './limits.ts'
import type { Branch, Command, Node, Operand, Pipeline } from './nodes.ts'
import { entriesOf } from './range-entries.ts'
import { TemplateFault } from './template-fault.ts'
import { isNothing, isTrue, kindOf, type Value } from './value.ts'
import { Variables } from './variables.ts'

export interface Evaluation {
  /** Named templates of all charts. */
  readonly defined: ReadonlyMap<string, readonly Node[]>
  readonly functions: ReadonlyMap<string, EvaluatedFunction>
  /** Told of what Helm would have stopped at. */
  readonly remark: (text: string) => void
  readonly limits: Limits
}

/** A function of the template language; `running` lets it evaluate templates itself. */
export type EvaluatedFunction = (args: readonly Value[], running: Running) => Value

export interface Running {
  readonly evaluation: Evaluation
  /** Templates that are being evaluated inside each other. */
  readonly depth: number
}

/** Helm's own limit on `include` is 1000; each of ours takes several frames of the stack. */
const MAX_DEPTH = 400

/** @throws TemplateFault naming the line */
export function runTemplate(nodes: readonly Node[], data: Value, running: Running): string {
  if (running.depth > MAX_DEPTH)
    throw new TemplateFault(`templates include each other more than ${MAX_DEPTH} times`)
  const run = new Run(running, data)
  run.walk(nodes, data)
  return run.text()
}

/** Which loop statement ended a body early. */
type Leap = 'break' | 'continue' | undefined

class Run {
  readonly #running: Running
  readonly #parts: string[] = []
  readonly #variables: Variables

  constructor(running: Running, data: Value) {
    this.#running = running
    this.#variables = new Variables(data)
  }

  text(): string {
    return this.#parts.join('')
  }

  walk(nodes: readonly Node[], dot: Value): Leap {
    for (const node of nodes) {
      step(this.#running.evaluation.limits)
      const leap =
        'line' in node ? this.#placed(node.line, () => this.#node(node, dot)) : this.#node(node, dot)
      if (leap !== undefined) return leap
    }
    return undefined
  }

  #node(node: Node, dot: Value): Leap {
    switch (node.kind) {
      case 'text':
        this.#write(node.text)
        return undefined
      case 'action': {
        const value = this.#pipeline(node.pipeline, dot)
        if (node.pipeline.variables.length === 0 && !isNothing(value)) this.#write(goText(value))
        return undefined
      }
      case 'if':
      case 'with':
        return this.#variables.scoped(() => {
          const value = this.#pipeline(node.pipeline, dot)
          if (!isTrue(value)) return this.walk(node.otherwise, dot)
          return this.walk(node.body, node.kind === 'with' ? value : dot)
        })
      case 'range':
        return this.#variables.scoped(() => this.#range(node, dot))
      case 'template': {
        const data = node.pipeline === undefined ? undefined : this.#pipeline(node.pipeline, dot)
        this.#write(runNamed(node.name, data, this.#running))
        return undefined
      }
      case 'break':
      case 'continue':
        return node.kind
      default:
        return node satisfies never
    }
  }

  #range(node: Branch, dot: Value): Leap {
    const { variables, assigns } = node.pipeline
    const entries = entriesOf(this.#commands(node.pipeline, dot))
    if (entries.length === 0) return this.walk(node.otherwise, dot)
    const [first, second] = variables
    for (const [key, value] of entries) {
      step(this.#running.evaluation.limits)
      const leap = this.#variables.scoped(() => {
        const only = second === undefined
        if (first !== undefined) this.#variables.bind(first, only ? value : key, assigns)
        if (second !== undefined) this.#variables.bind(second, value, assigns)
        return this.walk(node.body, value)
      })
      if (leap === 'break') break
    }
    return undefined
  }

  #pipeline(pipeline: Pipeline, dot: Value): Value {
    const value = this.#commands(pipeline, dot)
    for (const name of pipeline.variables) this.#variables.bind(name, value, pipeline.assigns)
    return value
  }

  #commands({ commands }: Pipeline, dot: Value): Value {
    let value: Value
    commands.forEach((command, at) => {
      value = this.#command(command, dot, at === 0 ? [] : [value])
    })
    return value === null ? undefined : value
  }

  #command({ first, args }: Command, dot: Value, piped: readonly Value[]): Value {
    step(this.#running.evaluation.limits)
    if (first.kind === 'function') return this.#call(first.name, args, dot, piped)
    const value = this.#operand(first, dot)
    if (typeof value === 'function') return value([...args.map(arg => this.#argument(arg, dot)), ...piped])
    if (args.length + piped.length === 0) return value
    if (!isNothing(value)) throw new TemplateFault(`a value of kind ${kindOf(value)} is given arguments`)
    this.#running.evaluation.remark('something that is not there is called')
    return undefined
  }

  #call(name: string, args: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    if (name === 'and' || name === 'or') return this.#junction(name === 'or', args, dot, piped)
    const { functions, limits } = this.#running.evaluation
    const called = functions.get(name)
    if (called === undefined) throw new TemplateFault(`the function "${name}" is not known`)
    const values = [...args.map(arg => this.#argument(arg, dot)), ...piped]
    try {
      for (const value of values) charge(limits, value)
      return charge(limits, bounded(called(values, this.#running)))
    } catch (cause) {
      if (cause instanceof TemplateFault) throw cause
      throw new TemplateFault(`${name}: ${messageOf(cause)}`, { cause })
    }
  }

  /** Operands behind the one that settles it are not evaluated. */
  #junction(until: boolean, args: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    let value: Value
    for (const arg of args) {
      value = this.#argument(arg, dot)
      if (isTrue(value) === until) return value
    }
    return piped.length > 0 ? piped[0] : value
  }

  /** A method that stands alone is called. */
  #argument(operand: Operand, dot: Value): Value {
    const value = this.#operand(operand, dot)
    return typeof value === 'function' ? value([]) : value
  }

  #operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case 'literal':
        return operand.value
      case 'dot':
        return dot
      case 'fields':
        return this.#fields(dot, operand.names)
      case 'variable':
        return this.#fields(this.#variables.lookUp(operand.name), operand.names)
      case 'function':
        return this.#call(operand.name, [], dot, [])
      case 'chain':
        return this.#fields(this.#pipeline(operand.of, dot), operand.names)
      default:
        return operand satisfies never
    }
  }

  #fields(of: Value, names: readonly string[]): Value {
    return followFields(of, names, this.#running.evaluation.remark)
  }

  #placed<T>(line: number, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof TemplateFault && !error.message.startsWith('line '))
        throw new TemplateFault(`line ${line}: ${error.message}`, { cause: error })
      throw error
    }
  }

  #write(text: string): void {
    charge(this.#running.evaluation.limits, text)
    this.#parts.push(text)
  }
}

/** @throws TemplateFault when nothing has the name */
export function runNamed(name: string, data: Value, running: Running): string {
  const nodes = running.evaluation.defined.get(name)
  if (nodes === undefined) throw new TemplateFault(`there is no template "${name}"`)
  return runTemplate(nodes, data, { ...running, depth: running.depth + 1 })
}
