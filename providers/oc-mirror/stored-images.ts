/**
 * What every reader of this room offers: the images that another tool left on a disk, by repository and tag, readers of
 * its repositories, and the other files it wrote beside them. Nothing is unpacked and nothing is written.
 *
 * Repositories are named as that tool named them: without the host of the registry they were copied from.
 */
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { StoredKind } from '../../lib/plan/plan.ts'
import type { ReferrersLister, RepositoryReader, TagLister } from '../../lib/provider.ts'

export type { StoredKind }

export interface StoredImage {
  readonly repository: RepositoryPath
  /** undefined for an image that was stored by its digest alone, or that no tag names any more. */
  readonly tag: Tag | undefined
  readonly digest: Digest
  /** The reference it was copied from, where that is written down (only oc-mirror v1 does). */
  readonly origin: string | undefined
}

export interface StoredListing {
  /** By repository and tag; neither children of indexes nor signatures and whatever else is attached to one of them. */
  readonly images: readonly StoredImage[]
  /** Names that lead nowhere, in words. */
  readonly problems: readonly string[]
}

/** What of an image is not there. Both sorted; both empty when it is whole. */
export interface MissingContent {
  /** Children of an index among them may have been left out on purpose, by a choice of platforms. */
  readonly manifests: readonly Digest[]
  readonly blobs: readonly Digest[]
}

export type StoredReader = RepositoryReader & TagLister & ReferrersLister

export interface StoredImages {
  readonly kind: StoredKind
  /** For messages: `oc-mirror v2 archive /media/disc` */
  readonly name: string
  readonly folder: string
  /** Names in the folder, where not the whole folder was named; sorted. */
  readonly files: readonly string[] | undefined
  /** Sorts by text: the later it was written, the later it comes. undefined where nothing tells. */
  readonly written: string | undefined
  /** What was found wrong with the files while opening them: gaps between their numbers, a file cut short. */
  readonly problems: readonly string[]
  repositories(signal: AbortSignal): Promise<readonly RepositoryPath[]>
  list(signal: AbortSignal): Promise<StoredListing>
  /** The same path gives the same reader. */
  repository(path: RepositoryPath): StoredReader
  /** @throws PlaceError with status 404 when the image itself is not there, SyntaxFault when it is none. */
  missing(image: Pick<StoredImage, 'repository' | 'digest'>, signal: AbortSignal): Promise<MissingContent>
  /** What each tag names; undefined where that cannot be made out. */
  tags(path: RepositoryPath): Promise<ReadonlyMap<Tag, Digest | undefined>>
  /** Whether the bytes of a manifest or blob are there. */
  has(path: RepositoryPath, digest: Digest): Promise<boolean>
  /** Manifests that a repository was given, whether their bytes are there or not. */
  revisions(path: RepositoryPath): Promise<readonly Digest[]>
  /**
   * Names of the other files, sorted: `working-dir/signatures/…`, `working-dir/cluster-resources/idms-oc-mirror.yaml`,
   * `isc_…`, `publish/.metadata.json`.
   */
  documents(): Promise<readonly string[]>
  /** A whole such file; nothing proves its bytes. @throws PlaceError with status 404 when it is not there. */
  document(name: string): Promise<Uint8Array>
}
