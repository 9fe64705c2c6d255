/** What a person probably meant by a key that does not exist: a near spelling, or the place where it belongs. */
import { distance } from 'fastest-levenshtein'
import type { JsonSchema } from './schema/json-schema.ts'

/** The known key that differs only by case, or by a few letters (fewer in short keys). */
export function suggestKey(written: string, known: readonly string[]): string | undefined {
  const lower = written.toLowerCase()
  const sameLetters = known.find(key => key.toLowerCase() === lower)
  if (sameLetters !== undefined) return sameLetters
  const allowed = written.length <= 3 ? 1 : written.length <= 8 ? 2 : 3
  const ranked = known
    .map(key => ({ key, edits: distance(key.toLowerCase(), lower) }))
    .filter(({ edits }) => edits <= allowed)
    .toSorted((a, b) => a.edits - b.edits)
  return ranked[0]?.key
}

/** Where in a schema a key exists: `mirror.additionalImages`, `mirror.operators[].packages[].bundles`. */
export function placesOfKey(schema: JsonSchema, key: string): readonly string[] {
  const places: string[] = []
  const walk = (at: JsonSchema, path: string): void => {
    const here = resolveSchema(schema, at)
    if (here.items !== undefined) walk(here.items, `${path}[]`)
    for (const [name, below] of Object.entries(here.properties ?? {})) {
      const place = path === '' ? name : `${path}.${name}`
      if (name === key) places.push(place)
      walk(below, place)
    }
  }
  walk(schema, '')
  return places
}

/** Follows a `$ref` to one of the schema's own definitions. */
export function resolveSchema(root: JsonSchema, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/definitions/', '')
  return name === undefined ? schema : (root.definitions?.[name] ?? schema)
}
