/**
 * The plan as data: the reviewed list of changes that turns state and actual into desired, with every digest pinned.
 *
 * One change for each destination image. A change says exactly which requests apply will make (`Transfer`, `Removal`)
 * and what it expects to find at the destination first (`expect`), so that a plan made yesterday can be checked item
 * by item today.
 */
import type { TargetLimits } from '../config/index.ts'
import type { KeptDocument } from '../content/documents.ts'
import type { Selection } from '../content/selection.ts'
import type { ImageContent, Incomplete, ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import type { ArchiveRecord, Revision } from '../state.ts'
import type { Destination, TargetAddress } from '../target.ts'

/** What the destination tag is expected to name when the change begins. `unknown`: not asked (`--refresh=false`). */
export type Expectation = Digest | 'absent' | 'unknown'

export type BlobMove =
  | { readonly how: 'copy'; readonly digest: Digest }
  | { readonly how: 'mount'; readonly digest: Digest; readonly from: RepositoryPath }

export interface ManifestPush {
  readonly digest: Digest
  /** The tag it is pushed by; by its own digest when there is none. */
  readonly tag?: Tag
}

/** What one change sends: blobs first, then manifests bottom-up, the image's own tag after its children. */
export interface Transfer {
  /**
   * The image's index, pushed by its digest before anything else in the plan: a target that refuses an index with
   * missing children says so then.
   */
  readonly trial?: Digest
  readonly blobs: readonly BlobMove[]
  readonly manifests: readonly ManifestPush[]
}

export type RemovalStep =
  | { readonly do: 'delete-tag'; readonly tag: Tag }
  /** `releases`: the tags on it, all of which are ours and go. */
  | { readonly do: 'delete-manifest'; readonly digest: Digest; readonly releases: readonly Tag[] }
  /** For registries that delete only by digest: the tag is put on an empty manifest made for it, which is then deleted. */
  | { readonly do: 'displace-tag'; readonly tag: Tag; readonly with: Digest }

export interface Removal {
  readonly steps: readonly RemovalStep[]
  /** Tags on the same digest that stay, owned or not. */
  readonly sparedTags: readonly Tag[]
}

export type Change =
  | {
      readonly action: 'add'
      readonly image: ImageContent
      readonly expect: Expectation
      readonly transfer: Transfer
      readonly reason?: string
    }
  | {
      readonly action: 'adopt'
      readonly image: ImageContent
      readonly expect: Expectation
      /** What is new about an image that is in the state already; absent where it comes into the state. */
      readonly reason?: string
    }
  | {
      readonly action: 'move'
      readonly image: ImageContent
      readonly from: Digest
      readonly expect: Expectation
      readonly transfer: Transfer
      readonly reason?: string
    }
  | {
      readonly action: 'repair'
      readonly image: ImageContent
      readonly expect: Expectation
      readonly transfer: Transfer
      readonly reason: string
    }
  | { readonly action: 'keep'; readonly image: ImageContent; readonly reason: string }
  | {
      readonly action: 'delete'
      readonly image: ImageContent
      readonly expect: Expectation
      readonly removal: Removal
      readonly reclaims: number
    }
  | { readonly action: 'forget'; readonly image: ImageContent; readonly reason: string }

export type Action = Change['action']

export interface Summary {
  readonly add: number
  readonly adopt: number
  readonly move: number
  readonly repair: number
  /** All that stay as they are; only those with something to say are listed among the changes. */
  readonly keep: number
  readonly delete: number
  readonly forget: number
  readonly bytesToTransfer: number
  readonly blobsToTransfer: number
  readonly bytesMounted: number
  readonly bytesPresent: number
  readonly bytesReclaimable: number
}

/** What the plan was made with, so that a reader sees it and apply can repeat it. */
export interface PlanOptions {
  readonly refresh: boolean
  readonly only: readonly string[]
  readonly exclude: readonly string[]
  readonly destroy: boolean
  readonly allowMassDelete: boolean
}

export interface PlanInput {
  readonly path: string
  readonly digest: Digest
}

/** How the target is reached and its images are read, where a `kind: Mirror` file says it: apply does the same. */
export interface Route {
  /** Images are read at this target, by what its state holds, and nowhere else. */
  readonly via?: PlanHop
  /** The path, as it was when the plan was made. */
  readonly registriesConf?: string
  readonly limits?: TargetLimits
}

/** A target on the way to another. */
export interface PlanHop {
  readonly name: string
  readonly target: TargetAddress
  readonly statePath: string
}

/** The plan is not carried out at its target but goes into an archive, with everything that the target needs for it. */
export interface Shipment {
  /** Where the volumes are written. */
  readonly folder: string
  /** No volume is larger, bytes. */
  readonly volumeSize: number
  /** Of the archive: one more than the last one written for the state. */
  readonly number: number
  /** Archives written before, which images of the state may still be in. */
  readonly earlier: readonly ArchiveRecord[]
  /** Images of the state that are not counted as held by the far side, sorted. */
  readonly notHeld: readonly Destination[]
  /** The far side's receipt that was taken for its state. */
  readonly against?: PlanInput
}

/** An archive that the plan takes its images from. */
export interface ArchiveSource {
  readonly folder: string
  readonly id: Digest
  /** Absent where the archive is not one of this state: its target is another. */
  readonly record?: ArchiveRecord
}

/**
 * What another tool wrote: `oc-mirror-v2`: `mirror_000001.tar` and what follows it; `oc-mirror-v1`: `mirror_seq1_000000.tar` and
 * what follows it; `image-mirror`: the `v2` tree of `oc image mirror --dir`; `registry-storage`: the folder of a
 * docker-registry, which is also the cache of oc-mirror v2; `oci-layout`: an OCI image layout, whoever made it.
 */
export const STORED_KINDS = [
  'oc-mirror-v2',
  'oc-mirror-v1',
  'image-mirror',
  'registry-storage',
  'oci-layout',
] as const

export type StoredKind = (typeof STORED_KINDS)[number]

/** What another tool left on a disk, and the plan takes its images from. */
export interface StoredSource {
  readonly tool: StoredKind
  readonly folder: string
  /** Names in the folder, where not the whole folder was named; sorted. */
  readonly files?: readonly string[]
  /** Over everything it names: repositories, tags and digests. */
  readonly id: Digest
}

export type PlanSource = ArchiveSource | StoredSource

/** An image that an archive speaks of, but of which some content is neither in the archives nor at the target. */
export interface MissingContent {
  readonly destination: Destination
  readonly source: string
  readonly digest: Digest
  /** Manifests and blobs, sorted. */
  readonly lacks: readonly Digest[]
  /** Numbers of the archives that carried them, as far as that is known. */
  readonly shippedIn: readonly number[]
}

export interface Plan extends ManifestStore {
  readonly target: TargetAddress
  /** The state's lineage; undefined when there was no state yet. */
  readonly lineage: string | undefined
  readonly stateRevision: Revision | undefined
  /** The state file the plan was made from and is applied to, as the user names it. */
  readonly statePath: string
  readonly inputs: readonly PlanInput[]
  readonly options: PlanOptions
  readonly summary: Summary
  /** Absent where nothing is said about it. */
  readonly route?: Route
  /** Absent where the plan is carried out at its target. */
  readonly shipment?: Shipment
  /** Absent where images come from where their references say. */
  readonly from?: readonly PlanSource[]
  /** What cannot be brought from the archives; absent where that is nothing. */
  readonly missing?: readonly MissingContent[]
  /** Projects that are made at the target before anything else, sorted; absent where there are none. */
  readonly projects?: readonly string[]
  /**
   * Images that another tool put there and that no change adopts: the state that the plan's first apply makes is born with
   * them. Absent where there are none.
   */
  readonly takenOver?: readonly ImageContent[]
  /** In the order of destinations; deletes (an index before what it lists) and forgets after everything else. */
  readonly changes: readonly Change[]
  /** Bundles that are not brought, and charts that lack an image, because it cannot be had; absent where there are none. */
  readonly incomplete?: readonly Incomplete[]
  /** How sections of the image sets came down to these images. */
  readonly selections: readonly Selection[]
  /** Documents that took part in the choice, with their bytes. */
  readonly documents: readonly KeptDocument[]
  /** The bytes of made blobs that a change copies, or mounts: where a mount is refused they have to be sent. */
  readonly made: ReadonlyMap<Digest, Uint8Array>
  /** Things the reviewer should know that are not changes. */
  readonly notes: readonly string[]
}

/** Whether applying the plan deletes anything. A moved tag's old content stays at the target. */
export function isDestructive(plan: Pick<Plan, 'summary'>): boolean {
  return plan.summary.delete > 0
}

/** Whether apply has anything to do at all. */
export function hasChanges(plan: Pick<Plan, 'summary'>): boolean {
  const { add, adopt, move, repair, delete: deletes, forget } = plan.summary
  return add + adopt + move + repair + deletes + forget > 0
}
