/**
 * What the target holds of bundles and charts that are incomplete now: it stays, wanted or not, because what is installed
 * must not lose images over one that cannot be had.
 */
import type { ImageContent, Incomplete, IncompleteBundle, Origin } from '../graph/graph.ts'
import type { StateImage } from '../state.ts'
import { type Destination, destinationKey } from '../target.ts'
import type { Change } from './plan.ts'

export interface Withheld {
  readonly incomplete: readonly Incomplete[]
  /** Where images would have gone that only incomplete bundles ask for, or that charts ask for in vain. */
  readonly withheld: readonly Destination[]
}

export const NOTHING_WITHHELD: Withheld = { incomplete: [], withheld: [] }

/** @param desired what is brought or kept anyway */
export function heldBack(
  held: readonly StateImage[],
  desired: readonly ImageContent[],
  { incomplete, withheld }: Withheld,
): ReadonlySet<StateImage> {
  if (incomplete.length === 0) return new Set()
  const wanted = new Set(desired.map(({ destination }) => destinationKey(destination)))
  const places = new Set(withheld.map(destinationKey))
  const bundles = new Set(incomplete.flatMap(each => ('bundle' in each ? [nameOf(each)] : [])))
  const isOf = (origin: Origin) => origin.kind === 'bundle' && bundles.has(nameOf(origin))
  return new Set(
    held.filter(({ destination, origins }) => {
      const key = destinationKey(destination)
      return !wanted.has(key) && (places.has(key) || origins.some(isOf))
    }),
  )
}

export function keepHeldBack(images: Iterable<StateImage>): readonly Change[] {
  return Array.from(images, image => ({
    action: 'keep',
    image,
    reason: `it stays: ${whyItStays(image)}`,
  }))
}

function whyItStays({ origins }: StateImage): string {
  const isOfBundle = origins.some(({ kind }) => kind === 'bundle')
  return isOfBundle ? 'the bundle it belongs to is incomplete' : 'it cannot be found at its source'
}

function nameOf(bundle: Pick<IncompleteBundle, 'catalog' | 'package' | 'bundle'>): string {
  return JSON.stringify([bundle.catalog, bundle.package, bundle.bundle])
}
