/** Entries -> what cannot be had without them: which images and documents a lost volume or a damaged blob takes along. */
import { blobsBelow, closureOf } from '../../lib/graph/graph.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { formatDestination } from '../../lib/target.ts'
import type { ArchiveContents } from './contents.ts'

export interface Dependents {
  /** Destinations as users write them, sorted. */
  readonly images: readonly string[]
  /** `plan enc1.plan.json`: kind and name, sorted. */
  readonly documents: readonly string[]
}

/** What needs at least one of these blobs and manifests. */
export function dependentsOf(contents: ArchiveContents, lost: ReadonlySet<Digest>): Dependents {
  const { images, documents, target } = contents
  const hit = images.filter(image => {
    const manifests = closureOf(contents, image)
    return [...manifests, ...blobsBelow(contents, manifests)].some(digest => lost.has(digest))
  })
  return {
    images: hit.map(image => formatDestination(target, image.destination)).sort(),
    documents: documents
      .filter(({ digest }) => lost.has(digest))
      .map(({ kind, name }) => `${kind} ${name}`)
      .sort(),
  }
}

/** The blobs and manifests that lie in a volume, wholly or in part. */
export function entriesIn(contents: ArchiveContents, volume: number): ReadonlySet<Digest> {
  const entries = [...contents.entries.values()]
  const inside = entries.filter(({ parts }) => parts.some(part => part.volume === volume))
  return new Set(inside.map(({ digest }) => digest))
}
