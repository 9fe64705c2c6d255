/**
 * A secret that cannot be printed by accident: strings, JSON and `inspect` show a placeholder, and only `reveal`, called
 * where a request is written, gives the value.
 */
import { inspect } from 'node:util'

const PLACEHOLDER = '[secret]'

export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value, for the header or form that needs it and nothing else. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return PLACEHOLDER
  }

  toJSON(): string {
    return PLACEHOLDER
  }

  [inspect.custom](): string {
    return PLACEHOLDER
  }
}
