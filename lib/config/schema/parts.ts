/** The parts that the schemas of image sets are put together from, each with the words that editors show for it. */
import type { JsonSchema } from './json-schema.ts'

export const text = (description: string, ...examples: string[]): JsonSchema => ({
  type: 'string',
  description,
  ...(examples.length > 0 && { examples }),
})
/** Text that must not be empty. */
export const needed = (description: string, ...examples: string[]): JsonSchema => ({
  ...text(description, ...examples),
  minLength: 1,
})
/** Off unless it is written. */
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description, default: false })
export const list = (description: string, items: JsonSchema): JsonSchema => ({
  type: 'array',
  description,
  items,
})
/** Without other keys than these. */
export const object = (
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  description,
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
})
