/**
 * Kept bundles -> the images they need, each once: the bundle image always, and everything listed as related to it. A
 * reference that no registry could be asked for makes its bundle incomplete; the others go on.
 */
import { messageOf, SyntaxFault } from '../../errors.ts'
import type { IncompleteBundle, MissingImage, Origin } from '../../graph/graph.ts'
import type { Platform } from '../../oci/platform.ts'
import { formatReference, parseReference, type Reference } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'
import type { PlaceOf } from './destination.ts'
import type { KeptBundle, KeptPackage } from './filter/index.ts'

export interface RelatedImages {
  readonly images: readonly WantedImage[]
  readonly incomplete: readonly IncompleteBundle[]
}

interface WantedReference {
  readonly reference: Reference
  readonly written: string
  readonly origins: Origin[]
}

/** @param catalog as origins name it. @param platforms empty means all */
export function relatedImages(
  catalog: string,
  packages: readonly KeptPackage[],
  platforms: readonly Platform[],
  placeOf: PlaceOf,
): RelatedImages {
  const wanted = new Map<string, WantedReference>()
  const incomplete: IncompleteBundle[] = []
  for (const { name, bundles } of packages)
    for (const kept of bundles) {
      const { references, missing } = referencesOf(kept)
      const bundle = kept.bundle.name
      const origin: Origin = { kind: 'bundle', catalog, package: name, bundle, channels: kept.channels }
      for (const [key, { reference, written }] of references) {
        const known = wanted.get(key)
        if (known === undefined) wanted.set(key, { reference, written, origins: [origin] })
        else known.origins.push(origin)
      }
      if (missing.length > 0) incomplete.push({ catalog, package: name, bundle, missing })
    }
  return {
    images: [...wanted.values()].map(({ reference, written, origins }) => ({
      source: { kind: 'registry', reference },
      ...placeOf(reference, written),
      platforms,
      origins,
    })),
    incomplete,
  }
}

/** A bundle whose content is in the catalog itself has no image of its own. */
function referencesOf({ bundle }: KeptBundle) {
  const references = new Map<string, Omit<WantedReference, 'origins'>>()
  const missing: MissingImage[] = []
  const texts = [bundle.image, ...bundle.relatedImages.map(({ image }) => image)]
  texts.forEach((text, at) => {
    if (text === '' && at === 0) return
    const reference = readReference(text)
    if (typeof reference === 'string') missing.push({ image: text, message: reference })
    else references.set(formatReference(reference), { reference, written: text })
  })
  return { references, missing }
}

/** A text instead says what is wrong with it. */
function readReference(text: string): Reference | string {
  if (text === '') return 'a related image has no name'
  try {
    const reference = parseReference(text)
    if (reference.tag !== undefined || reference.digest !== undefined) return reference
    return `"${text}" has neither tag nor digest`
  } catch (error) {
    if (error instanceof SyntaxFault) return messageOf(error)
    throw error
  }
}
