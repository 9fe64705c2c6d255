/**
 * A catalog of an image set -> the same, as the target on the way has it. There it may be one that was made for what is kept,
 * which has another digest than the one an image set pins.
 */
import type { OperatorSection } from '../../lib/config/index.ts'
import { catalogName } from '../../lib/content/operator/destination.ts'
import type { Hop } from './hop.ts'

/** As it is where it is asked for by tag, or where the target on the way has that very digest. */
export function heldCatalog({ state }: Hop, section: OperatorSection): OperatorSection {
  const { source, targetCatalog } = section
  if (source.kind !== 'registry' || source.reference.digest === undefined) return section
  if (state.manifests.has(source.reference.digest)) return section
  const name = catalogName(section)
  const held = state.images.filter(({ origins }) =>
    origins.some(origin => origin.kind === 'catalog' && origin.catalog === name),
  )
  const isHere = (repository: string) =>
    targetCatalog === undefined || `/${repository}`.endsWith(`/${targetCatalog}`)
  const image = held.find(({ destination }) => isHere(destination.repository)) ?? held[0]
  if (image === undefined) return section
  return {
    ...section,
    source: { kind: 'registry', reference: { ...source.reference, digest: image.digest } },
  }
}
