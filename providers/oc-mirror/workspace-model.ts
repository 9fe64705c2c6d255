/**
 * What a workspace of oc-mirror v2 tells, as data, and what the readings of its parts are given.
 */
import type { PayloadComponent } from '../../lib/content/release/payload/index.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { StoredImages } from './stored-images.ts'

/** Its folder: the name that everything in it begins with, in archives as well. */
export const WORKING_FOLDER = 'working-dir'

export interface WorkspaceSignature {
  /** Of the release: `4.16.2-x86_64`. */
  readonly tag: string
  /** Of the release image that is signed. */
  readonly digest: Digest
  /** The file, for `document`. */
  readonly file: string
}

export interface WorkspaceRelease {
  /** `4.16.2-x86_64` */
  readonly tag: string
  /** Known where its signature is kept. */
  readonly digest: Digest | undefined
  /** Sorted by name. */
  readonly components: readonly PayloadComponent[]
}

export interface WorkspaceCatalog {
  /** The last part of its source's path: `redhat-operator-index`. */
  readonly name: string
  /** Of the catalog at its source. */
  readonly digest: Digest
  /** What was made of it: a filter's hash, and the digest of the catalog that was published for it. */
  readonly filtered: readonly { readonly hash: string; readonly digest: Digest | undefined }[]
  /** In all that was made of it, by package and name. */
  readonly bundles: readonly WorkspaceBundle[]
}

export interface WorkspaceBundle {
  readonly package: string
  readonly bundle: string
  /** Channels that have it, sorted. */
  readonly channels: readonly string[]
  /** References of its own image and of what it needs, sorted. */
  readonly images: readonly string[]
}

/** Nodes look for `source` at `mirror`: both are a host, a host and namespace, or a repository. */
export interface MirrorRule {
  readonly by: 'digest' | 'tag'
  readonly source: string
  readonly mirror: string
}

export interface ClusterRules {
  readonly rules: readonly MirrorRule[]
  /** What CatalogSources and ClusterCatalogs name: `reg.lan/ns/olm/demo-index:v1`. Sorted. */
  readonly catalogImages: readonly string[]
  /** Of the UpdateService. */
  readonly graphImage: string | undefined
}

export interface Workspace extends ClusterRules {
  readonly name: string
  readonly releases: readonly WorkspaceRelease[]
  readonly signatures: readonly WorkspaceSignature[]
  readonly catalogs: readonly WorkspaceCatalog[]
  /** Update graphs: `amd64-stable-4.16.json` holds that of the channel for the architecture. */
  readonly graphs: readonly { readonly name: string; readonly file: string }[]
  /** The pinned image sets, oldest first. */
  readonly configurations: readonly WorkspaceConfiguration[]
  readonly problems: readonly string[]
}

/** The files of a workspace by name, `working-dir/…` each: in a folder, or in an archive. */
export type WorkspaceFiles = Pick<StoredImages, 'name' | 'documents' | 'document'>

/** What a reading of part of a workspace needs. */
export interface WorkspaceReading {
  /** Names below `working-dir`, without it. */
  readonly names: readonly string[]
  bytes(name: string): Promise<Uint8Array>
  /** Does `work`, and makes what it throws a problem of that file. */
  attempt<T>(name: string, work: () => Promise<T>): Promise<T | undefined>
}

/** A catalog or an additional image. */
export interface ConfiguredImage {
  readonly kind: 'catalog' | 'additional'
  /** As written: with tag or digest, or `oci://…`. */
  readonly source: string
  /** `targetCatalog` or `targetRepo`. */
  readonly targetRepository: string | undefined
  readonly targetTag: string | undefined
}

export interface WorkspaceConfiguration {
  /** `working-dir/isc_pinned_2025-08-31T13:40:16Z.yaml` */
  readonly file: string
  readonly text: string
  readonly images: readonly ConfiguredImage[]
  /** Helm charts were asked for, whose images a workspace does not name. */
  readonly hasCharts: boolean
}
