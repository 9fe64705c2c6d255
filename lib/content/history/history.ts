/**
 * What earlier runs of oc-mirror v1 mirrored, as its metadata tells it: which images, from where, and with which versions
 * the update paths of heads-only runs began. It is read only; nothing of v1's own files is ever changed.
 */
import type { Digest } from '../../oci/digest.ts'

export interface MirrorHistory {
  /** Names the series of runs; the target has an image `oc-mirror:<uid>` with the same metadata. */
  readonly uid: string
  /** Of the last run, from 1. */
  readonly sequence: number
  /** Made without storageConfig: says nothing about a later run. */
  readonly isSingleUse: boolean
  /** The last run made the image of graph data, which v1 does not list. */
  readonly hasGraphImage: boolean
  readonly starts: RecordedStarts
  /** What was mirrored by name, each once; children of an index come with it. */
  readonly images: readonly HistoricImage[]
  /** Images that v1 lists and that cannot be told apart any more, each with what is wrong. */
  readonly unreadable: readonly string[]
}

/** Where later heads-only runs begin: the versions that were heads when they were mirrored first. */
export interface RecordedStarts {
  readonly catalogs: readonly RecordedCatalog[]
  /** By name of the release channel: the lowest version mirrored of it. */
  readonly releases: ReadonlyMap<string, string>
}

export interface RecordedCatalog {
  /** Its unique name (see `V1Catalog`). */
  readonly catalog: string
  readonly packages: readonly RecordedPackage[]
}

export interface RecordedPackage {
  readonly name: string
  /** Of every channel, where it was recorded for the package as a whole. */
  readonly start?: string
  /** By name of the channel. */
  readonly channels: ReadonlyMap<string, string>
}

export type HistoricKind =
  | 'ocpRelease'
  | 'ocpReleaseContent'
  | 'cincinnatiGraph'
  | 'operatorCatalog'
  | 'operatorBundle'
  | 'operatorRelatedImage'
  | 'generic'

/** One image of a run (an "association" in v1's metadata). */
export interface HistoricImage {
  /** The source, as v1 wrote it: `quay.io/acme/app@sha256:…`, `oci://…`. */
  readonly name: string
  readonly kind: HistoricKind
  readonly digest: Digest
  readonly place: HistoricPlace
}

/** Where it went. */
export type HistoricPlace =
  /** Copied from registry to registry: the whole reference at the destination. */
  | { readonly kind: 'reference'; readonly text: string; readonly tag?: string }
  /** Copied to a disk first: the repository on the disk, to which the destination's prefix is added. */
  | { readonly kind: 'path'; readonly path: string; readonly tag?: string }

/** Nothing was mirrored before. */
export const NO_STARTS: RecordedStarts = { catalogs: [], releases: new Map() }
