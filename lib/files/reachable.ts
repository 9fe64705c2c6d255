/**
 * Images and a store -> the part of the store the images reach.
 *
 * A state holds exactly that much: what no image reaches any more leaves it, and an image whose content is not all
 * there must never be written, because nobody could say what it consists of.
 */
import { SyntaxFault } from '../errors.ts'
import {
  blobsBelow,
  closureOf,
  type ImageContent,
  type ManifestNode,
  type ManifestStore,
} from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import { compareText, destinationKey } from '../target.ts'

/**
 * Manifests and blobs in the order of their digests.
 *
 * @throws SyntaxFault naming the image and the manifest or blob that the store lacks
 */
export function reachableFrom(store: ManifestStore, images: Iterable<ImageContent>): ManifestStore {
  const manifests = new Map<Digest, ManifestNode>()
  const blobs = new Map<Digest, number>()
  for (const image of images) {
    for (const digest of closureOf(store, image)) {
      if (manifests.has(digest)) continue
      const node = store.manifests.get(digest)
      if (node === undefined) throw lacks(image, 'manifest', digest)
      manifests.set(digest, node)
      for (const blob of node.blobs) {
        const size = store.blobs.get(blob)
        if (size === undefined) throw lacks(image, 'blob', blob)
        blobs.set(blob, size)
      }
    }
  }
  return { manifests: sortedByKey(manifests), blobs: sortedByKey(blobs) }
}

/** Bytes of an image's manifests and blobs, each counted once; what the store does not know counts nothing. */
export function contentSize(store: ManifestStore, image: ImageContent): number {
  const manifests = closureOf(store, image)
  let size = 0
  for (const digest of manifests) size += store.manifests.get(digest)?.size ?? 0
  for (const digest of blobsBelow(store, manifests)) size += store.blobs.get(digest) ?? 0
  return size
}

export function sortedByKey<K extends string, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...map].sort(([a], [b]) => compareText(a, b)))
}

/** In the order of destinations. */
export function sortedImages(images: Iterable<ImageContent>): readonly ImageContent[] {
  return Array.from(images, image => ({ key: destinationKey(image.destination), image }))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ image }) => image)
}

function lacks(image: ImageContent, what: string, digest: Digest): SyntaxFault {
  return new SyntaxFault(
    `the image ${destinationKey(image.destination)} reaches the ${what} ${digest}, which is not listed`,
  )
}
