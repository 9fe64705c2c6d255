/** A bundle that cannot be had whole <-> one line of a plan file. */
import type { Json } from '../files/canonical-json.ts'
import type { JsonPart } from '../files/json-part.ts'
import type { IncompleteBundle } from '../graph/graph.ts'

export function encodeIncomplete({ catalog, package: name, bundle, missing }: IncompleteBundle): Json {
  return {
    bundle,
    package: name,
    catalog,
    missing: missing.map(({ image, message }) => ({ image, message })),
  }
}

/** @throws SyntaxFault */
export function decodeIncomplete(part: JsonPart): IncompleteBundle {
  return {
    catalog: part.field('catalog').text(),
    package: part.field('package').text(),
    bundle: part.field('bundle').text(),
    missing: part.field('missing').list(missing => ({
      image: missing.field('image').text(),
      message: missing.field('message').text(),
    })),
  }
}
