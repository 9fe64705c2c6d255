/** The manifests and blobs that a plan speaks of: those of its images, out of everything that state and wish know. */
import { sortedByKey } from '../files/reachable.ts'
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { Change } from './plan.ts'

/** The manifests and blobs of what the plan speaks of. */
export function contentOf(store: ManifestStore, images: readonly ImageContent[]): ManifestStore {
  const digests = new Set(images.flatMap(image => [...closureOf(store, image)]))
  const manifests = new Map(
    [...digests].sort().flatMap(digest => {
      const node = store.manifests.get(digest)
      return node === undefined ? [] : [[digest, node] as const]
    }),
  )
  const blobs = new Map(
    [...blobsBelow({ manifests, blobs: store.blobs }, manifests.keys())]
      .sort()
      .map(digest => [digest, store.blobs.get(digest) ?? 0] as const),
  )
  return { manifests, blobs }
}

/** The blobs of made images that some change brings, in the order of their digests. */
export function madeIn(
  made: ReadonlyMap<Digest, Uint8Array>,
  changes: readonly Change[],
): ReadonlyMap<Digest, Uint8Array> {
  if (made.size === 0) return made
  const brought = new Set(
    changes.flatMap(change =>
      'transfer' in change ? change.transfer.blobs.map(({ digest }) => digest) : [],
    ),
  )
  return sortedByKey(new Map([...made].filter(([digest]) => brought.has(digest))))
}

/** What the state knows and what is wanted. */
export function mergeStores(state: ManifestStore | undefined, graph: ManifestStore): ManifestStore {
  return {
    manifests: new Map([...(state?.manifests ?? []), ...graph.manifests]),
    blobs: new Map([...(state?.blobs ?? []), ...graph.blobs]),
  }
}
