/**
 * Which images lead: the first one that is planned copies the blobs which all later ones mount. Those that share most
 * go first, so that what many wait for is sent early, then the largest. Pure.
 */
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'

/** Bytes below which a difference in size changes no order: images of about the same size stay in that of their names. */
const GRAIN = 1024 * 1024

/** A size as far as it matters for an order. */
export function roughly(bytes: number): number {
  return Math.floor(bytes / GRAIN)
}

/** Most bytes shared with other images first, then the largest; where neither tells, in the order they came in. */
export function leadersFirst<T extends { readonly image: ImageContent }>(
  store: ManifestStore,
  sends: readonly T[],
): readonly T[] {
  const blobs = sends.map(({ image }) => blobsBelow(store, closureOf(store, image)))
  const users = new Map<Digest, number>()
  for (const digest of blobs.flatMap(each => [...each])) users.set(digest, (users.get(digest) ?? 0) + 1)
  const ranked = sends.map((send, at) => {
    let shared = 0
    let size = 0
    for (const digest of blobs[at] ?? []) {
      const bytes = store.blobs.get(digest) ?? 0
      size += bytes
      shared += bytes * ((users.get(digest) ?? 1) - 1)
    }
    return { send, shared: roughly(shared), size: roughly(size), at }
  })
  ranked.sort((a, b) => b.shared - a.shared || b.size - a.size || a.at - b.at)
  return ranked.map(({ send }) => send)
}
