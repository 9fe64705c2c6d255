/** Schemas as the text of their published files: two spaces, lists of plain values on one line, a newline at the end. */
import type { JsonSchema } from './json-schema.ts'

export function schemaText(schema: JsonSchema): string {
  return `${write(schema, '')}\n`
}

function write(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const below = `${indent}  `
  if (Array.isArray(value)) return `[${value.map(item => write(item, below)).join(', ')}]`
  const lines = Object.entries(value).map(
    ([key, item]) => `${below}${JSON.stringify(key)}: ${write(item, below)}`,
  )
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`
}
