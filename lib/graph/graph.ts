/**
 * The desired graph as plain data: which images a target should hold, resolved to digests, with everything below them.
 *
 * Manifests and blobs are nodes shared between images. An image's closure is its root, what the root points at (less
 * `omitted`, the children of an index its platform choice leaves out), and its attachments with what they point at.
 */
import type { Digest } from '../oci/digest.ts'
import type { Tag } from '../oci/reference.ts'
import type { Destination } from '../target.ts'

/** Why an image is wanted. An image has one origin for each thing that asks for it. */
export type Origin =
  | {
      readonly kind: 'additionalImage'
      /** The entry as the user wrote it. */
      readonly name: string
    }
  | {
      readonly kind: 'release'
      /** `4.16.8`; the digest's hex where a payload is named by digest and its version is not known. */
      readonly version: string
      /** As tags of releases say it: `x86_64`, `aarch64`, `ppc64le`, `s390x`, `multi`. */
      readonly architecture: string
      /** Channels of the image set that ask for the version, sorted; empty where `platform.release` names it. */
      readonly channels: readonly string[]
      /** The component's name in the payload (`etcd`); absent on the payload itself. */
      readonly component?: string
    }
  /** `platform.graph`: the data of the update service. */
  | { readonly kind: 'graphData' }
  | {
      readonly kind: 'catalog'
      /** The catalog as the user wrote it. */
      readonly catalog: string
    }
  | {
      readonly kind: 'bundle'
      readonly catalog: string
      readonly package: string
      /** The bundle as the catalog names it: `web-terminal.v1.9.0`. */
      readonly bundle: string
      /** Kept channels that have the bundle, sorted. */
      readonly channels: readonly string[]
    }
  | {
      readonly kind: 'sample'
      /** Image stream and tag of the Cluster Samples Operator: `ruby:3.3-ubi9`. */
      readonly name: string
    }
  | {
      readonly kind: 'chart'
      /** Where the chart is from, as the user wrote it: a URL, `oci://…`, or a path. */
      readonly repository: string
      readonly chart: string
      readonly version: string
    }
  | {
      /** A line of a mapping file, or `SRC=DST` of a command line. */
      readonly kind: 'mapping'
      /** The source as the user wrote it. */
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
  /** OpenPGP signatures of a release payload, base64, sorted: what clusters check before they update. */
  readonly releaseSignatures?: readonly string[]
  /** In a state: the archive that took it along (its id), until a receipt of the far side confirms that it arrived. */
  readonly shippedIn?: Digest
  /** In a state, and in a plan for it: the archive that brought it to the target (its id). */
  readonly arrivedIn?: Digest
}

/** An image that mirrorform puts together: content of a base image, and manifests and blobs of its own. */
export interface MadeImage {
  readonly root: Digest
  /** Every manifest that no source has, children before the index that lists them, the root last. */
  readonly manifests: readonly { readonly mediaType: string; readonly text: string }[]
  /** Blobs that no source has: layers and configs. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
}

/** A bundle of an operator of which an image cannot be had: what only such bundles ask for is not mirrored. */
export interface IncompleteBundle {
  /** As origins name it. */
  readonly catalog: string
  readonly package: string
  readonly bundle: string
  /** In the order of the bundle; at least one. */
  readonly missing: readonly MissingImage[]
}

/** A chart of which an image cannot be had: the others are mirrored all the same. */
export interface IncompleteChart {
  /** As origins name it. */
  readonly repository: string
  readonly chart: string
  readonly version: string
  /** At least one. */
  readonly missing: readonly MissingImage[]
}

export type Incomplete = IncompleteBundle | IncompleteChart

export interface MissingImage {
  /** As the catalog writes it, or in canonical form. */
  readonly image: string
  /** What is wrong with it: `quay.io/acme/app:1 does not exist`. */
  readonly message: string
}

export interface ManifestStore {
  readonly manifests: ReadonlyMap<Digest, ManifestNode>
  /** Size in bytes of every blob named by a manifest. */
  readonly blobs: ReadonlyMap<Digest, number>
}

export interface DesiredGraph extends ManifestStore {
  /** The blobs of made images, which no source has. */
  readonly made: ReadonlyMap<Digest, Uint8Array>
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
