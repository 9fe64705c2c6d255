/** An archive -> what `archive inspect` shows of it: plain data, from archive.json alone. */
import { blobsBelow, closureOf } from '../../lib/graph/graph.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { formatDestination, formatTarget } from '../../lib/target.ts'
import type { Archive } from './archive.ts'
import type { DocumentRecord } from './contents.ts'

export interface InspectedImage {
  /** As users write it: `registry.enc1.example:5000/ocp/ubi9/ubi:latest`. */
  readonly destination: string
  readonly source: string
  readonly digest: Digest
  /** Bytes of its blobs and manifests that the archive carries; shared ones count for each image. */
  readonly bytes: number
  /** How many of its blobs and manifests the far side is expected to hold. */
  readonly assumed: number
}

export interface Inspection {
  readonly id: Digest
  readonly target: string
  readonly lineage: string | undefined
  readonly plan: Digest | undefined
  readonly isVerified: boolean
  readonly volumes: readonly {
    readonly name: string
    readonly size: number
    readonly digest: Digest
    /** Where it was found. */
    readonly path: string | undefined
  }[]
  readonly images: readonly InspectedImage[]
  /** Blobs and manifests the archive carries, and their bytes. */
  readonly entries: number
  readonly bytes: number
  readonly assumed: readonly Digest[]
  readonly documents: readonly (DocumentRecord & { readonly size: number })[]
}

export function inspectArchive({ contents, volumes, isVerified }: Archive): Inspection {
  const { entries, target } = contents
  const sizeOf = (digest: Digest): number => entries.get(digest)?.size ?? 0
  const sum = (digests: Iterable<Digest>): number =>
    [...digests].reduce((bytes, digest) => bytes + sizeOf(digest), 0)
  return {
    id: contents.id,
    target: formatTarget(target),
    lineage: contents.lineage,
    plan: contents.plan,
    isVerified,
    volumes: contents.volumes.map((volume, at) => ({ ...volume, path: volumes.pathOf(at + 1) })),
    images: contents.images.map(image => {
      const manifests = closureOf(contents, image)
      const all = [...manifests, ...blobsBelow(contents, manifests)]
      return {
        destination: formatDestination(target, image.destination),
        source: image.source,
        digest: image.digest,
        bytes: sum(all),
        assumed: all.filter(digest => !entries.has(digest)).length,
      }
    }),
    entries: entries.size,
    bytes: sum(entries.keys()),
    assumed: contents.assumed,
    documents: contents.documents.map(each => ({ ...each, size: sizeOf(each.digest) })),
  }
}
