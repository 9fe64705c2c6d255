/**
 * A state without the images that a plan for an archive does not count as held: those that were shipped and are not
 * confirmed (`--assume none`), or those that a shopping list says never arrived.
 */
import { reachableFrom } from '../files/reachable.ts'
import { blobsBelow, closureOf } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { State } from '../state.ts'
import { type Destination, destinationKey } from '../target.ts'

export function withoutNotHeld(state: State, notHeld: readonly Destination[]): State {
  if (notHeld.length === 0) return state
  const left = new Set(notHeld.map(destinationKey))
  const images = state.images.filter(({ destination }) => !left.has(destinationKey(destination)))
  return { ...state, images, ...reachableFrom(state, images), loose: [] }
}

/** Images that a receipt has not confirmed. */
export function unconfirmed({ images }: State): readonly Destination[] {
  return images.flatMap(({ destination, shippedIn }) => (shippedIn === undefined ? [] : [destination]))
}

/** Images that cannot be at the far side, because something they consist of is not. */
export function imagesWith(state: State, lacks: ReadonlySet<Digest>): readonly Destination[] {
  return state.images.flatMap(image => {
    const manifests = closureOf(state, image)
    const isHit = [...manifests, ...blobsBelow(state, manifests)].some(digest => lacks.has(digest))
    return isHit ? [image.destination] : []
  })
}
