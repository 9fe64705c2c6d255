/** Variables of one template: `$`, which is its data, and those that are declared on the way, each until its block ends. */
import { TemplateFault } from './template-fault.ts'
import type { Value } from './value.ts'

export class Variables {
  readonly #values: [name: string, value: Value][]

  constructor(data: Value) {
    this.#values = [['', data]]
  }

  /** @param name without `$`. @throws TemplateFault */
  lookUp(name: string): Value {
    const found = this.#values.findLast(([known]) => known === name)
    if (found === undefined) throw new TemplateFault(`there is no variable $${name}`)
    return found[1]
  }

  /** @param assigns `=`: to the one that there is, if there is one; else `:=` */
  bind(name: string, value: Value, assigns: boolean): void {
    const known = assigns ? this.#values.findLast(([each]) => each === name) : undefined
    if (known === undefined) this.#values.push([name, value])
    else known[1] = value
  }

  /** What is declared in it is gone after it. */
  scoped<T>(work: () => T): T {
    const before = this.#values.length
    const result = work()
    this.#values.length = before
    return result
  }
}
