/** A bundle or a chart that cannot be had whole <-> one line of a plan file. */
import type { Json } from '../files/canonical-json.ts'
import type { JsonPart } from '../files/json-part.ts'
import type { Incomplete, MissingImage } from '../graph/graph.ts'

export function encodeIncomplete(incomplete: Incomplete): Json {
  const missing = incomplete.missing.map(({ image, message }) => ({ image, message }))
  if ('chart' in incomplete) {
    const { chart, version, repository } = incomplete
    return { chart, version, repository, missing }
  }
  const { catalog, package: name, bundle } = incomplete
  return { bundle, package: name, catalog, missing }
}

/** @throws SyntaxFault */
export function decodeIncomplete(part: JsonPart): Incomplete {
  if (part.field('chart').value !== undefined)
    return {
      repository: part.field('repository').text(),
      chart: part.field('chart').text(),
      version: part.field('version').text(),
      missing: decodeMissing(part),
    }
  return {
    catalog: part.field('catalog').text(),
    package: part.field('package').text(),
    bundle: part.field('bundle').text(),
    missing: decodeMissing(part),
  }
}

function decodeMissing(part: JsonPart): readonly MissingImage[] {
  return part.field('missing').list(missing => ({
    image: missing.field('image').text(),
    message: missing.field('message').text(),
  }))
}
