/**
 * The desired graph as plain data: which images a target should hold, resolved to digests, with everything below them.
 *
 * Manifests and blobs are nodes shared between images. An image's closure is its root, what the root points at (less
 * `omitted`, the children of an index its platform choice leaves out), and its attachments with what they point at.
 */
import type { Digest } from '../oci/digest.ts'
import type { Tag } from '../oci/reference.ts'
import type { Destination } from '../target.ts'

/** Why an image is wanted. Later content kinds add their own members. */
export interface Origin {
  readonly kind: 'additionalImage'
  /** The entry as the user wrote it. */
  readonly name: string
}

export interface ManifestNode {
  readonly digest: Digest
  readonly mediaType: string
  /** bytes */
  readonly size: number
  /** Manifests this one lists, in its order. */
  readonly manifests: readonly Digest[]
  /** Blobs this one lists, in its order, each once. */
  readonly blobs: readonly Digest[]
  /** Layers registries do not hold: recorded, never copied. */
  readonly foreign?: readonly Digest[]
  /** The manifest itself, where mirrorform made it (a rewritten index, a list of referrers) and no source has it. */
  readonly text?: string
}

/** Something that travels with an image: a cosign tag, a referrer, or the tag that lists referrers. */
export interface Attachment {
  readonly digest: Digest
  /** The manifest it belongs to: the image's root, one of its children, or another attachment. */
  readonly subject: Digest
  /** The tag it has in the repository; a referrer found by API has none. */
  readonly tag?: Tag
}

export interface ImageContent {
  readonly destination: Destination
  /** The reference it came from, canonical: `registry.redhat.io/ubi9/ubi:latest`, `oci:/srv/layout:tag`. */
  readonly source: string
  /** The root manifest at the destination. */
  readonly digest: Digest
  /** The root manifest at the source, where a platform choice rewrote the index. */
  readonly sourceDigest?: Digest
  /** The platforms chosen, `os/arch[/variant]`; empty means all. */
  readonly platforms: readonly string[]
  /** Children of the root index that are not carried. */
  readonly omitted: readonly Digest[]
  readonly attachments: readonly Attachment[]
  readonly origins: readonly Origin[]
}

export interface ManifestStore {
  readonly manifests: ReadonlyMap<Digest, ManifestNode>
  /** Size in bytes of every blob named by a manifest. */
  readonly blobs: ReadonlyMap<Digest, number>
}

export interface DesiredGraph extends ManifestStore {
  /** Sorted by destination. */
  readonly images: readonly ImageContent[]
}

/** The manifests of one image in push order: children before the index that lists them, the root last. */
export function manifestsBelow(
  store: ManifestStore,
  root: Digest,
  omitted: ReadonlySet<Digest>,
): readonly Digest[] {
  const order: Digest[] = []
  const seen = new Set<Digest>(omitted)
  const visit = (digest: Digest): void => {
    if (seen.has(digest)) return
    seen.add(digest)
    for (const child of store.manifests.get(digest)?.manifests ?? []) visit(child)
    order.push(digest)
  }
  visit(root)
  return order
}

/** Every manifest of an image, attachments included, in push order, each once. */
export function closureOf(store: ManifestStore, image: ImageContent): readonly Digest[] {
  const omitted = new Set(image.omitted)
  const order = new Set(manifestsBelow(store, image.digest, omitted))
  for (const attachment of image.attachments)
    for (const digest of manifestsBelow(store, attachment.digest, omitted)) order.add(digest)
  return [...order]
}

/** The blobs of some manifests, in their order, each once. */
export function blobsBelow(store: ManifestStore, manifests: Iterable<Digest>): ReadonlySet<Digest> {
  const blobs = new Set<Digest>()
  for (const digest of manifests) for (const blob of store.manifests.get(digest)?.blobs ?? []) blobs.add(blob)
  return blobs
}
