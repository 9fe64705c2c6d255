/**
 * What is asked of an archive when it is begun, and what it is told at its end: for whom it is, what the far side has
 * already, which images it brings and what else travels.
 */
import type { ImageContent, ManifestStore } from '../../lib/graph/graph.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { SpaceTeller, Target } from '../../lib/provider.ts'
import type { TargetAddress } from '../../lib/target.ts'
import type { ArchiveContents, Round } from './contents.ts'
import type { ArchiveDisk } from './disk.ts'
import type { FarSideState } from './far-side.ts'

export interface ArchiveOptions {
  /** The far side, as the near side knows it. */
  readonly target: TargetAddress
  /** Of the far side's state; undefined when there is none yet. */
  readonly lineage: string | undefined
  /** Digest of the plan that is being applied. */
  readonly plan: Digest | undefined
  /** No volume is larger, bytes; default 500 GiB. */
  readonly volumeSize?: number | undefined
  /** Bytes of the largest manifest that will come, so that a limit too small for it is refused before anything is written. */
  readonly largestManifest?: number | undefined
  /** What the far side is expected to hold. */
  readonly farSide?: FarSideState | undefined
  /** PEM of a private key: archive.json is signed with it. */
  readonly signingKey?: string | undefined
  readonly disk?: ArchiveDisk | undefined
}

/** Something that travels as a blob without belonging to an image. */
export interface ArchiveDocument {
  readonly kind: string
  readonly name: string
  readonly bytes: Uint8Array
}

export interface Shipment {
  /** The images the archive brings as a whole, with what the far side is assumed to hold of them. */
  readonly images: readonly ImageContent[]
  /** Describes at least what these images reach. */
  readonly content: ManifestStore
  readonly documents: readonly ArchiveDocument[]
  /** Its place among the archives of the far side's state. */
  readonly round?: Round
}

export interface ArchiveTarget extends Target, SpaceTeller {
  /**
   * Ends the volumes, writes archive.json and, with a key, its signature. Afterwards nothing more can be pushed.
   *
   * @throws PlaceError when an image is neither in the archive nor at the far side; what was written stays.
   */
  finish(shipment: Shipment, signal: AbortSignal): Promise<ArchiveContents>
  /** Leaves the archive unfinished, to be gone on with. */
  close(): Promise<void>
}
