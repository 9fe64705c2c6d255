/**
 * What mirrorform needs to know of a file-based catalog: packages, channels and bundles, as the documents say it, without
 * the documents themselves (icons, CSVs and other properties are most of a catalog's bytes).
 */

export interface CatalogModel {
  /** Sorted by name. */
  readonly packages: readonly CatalogPackage[]
}

export interface CatalogPackage {
  readonly name: string
  readonly defaultChannel?: string
  /** Sorted by name. */
  readonly channels: readonly CatalogChannel[]
  /** By name. Entries of channels may name bundles that are not there. */
  readonly bundles: ReadonlyMap<string, CatalogBundle>
  readonly deprecations: readonly Deprecation[]
}

export interface CatalogChannel {
  readonly name: string
  /** In the order of the catalog. */
  readonly entries: readonly ChannelEntry[]
  /** Of its property `olm.channel`, which few catalogs have: the highest is the one to fall back to (oc-mirror v1). */
  readonly priority?: number
}

export interface ChannelEntry {
  /** A bundle's name. */
  readonly name: string
  readonly replaces?: string
  readonly skips: readonly string[]
  /** A range of versions, as written: `>=4.16.0 <4.17.2`. */
  readonly skipRange?: string
}

export interface CatalogBundle {
  readonly name: string
  /** Of the property `olm.package`: strict semantic versioning, build metadata and prerelease included. */
  readonly version: string
  /** The bundle image as the catalog names it. */
  readonly image: string
  /** As listed, each image once, without the bundle image where only `image` names it. */
  readonly relatedImages: readonly RelatedImage[]
  /** What it offers to other bundles and counts on of them; absent where it says nothing of that. */
  readonly relations?: BundleRelations
}

export interface BundleRelations {
  /** APIs it serves (property `olm.gvk`): `example.com/v1/Widget`. */
  readonly provides: readonly string[]
  readonly needs: readonly BundleNeed[]
}

/** Properties `olm.gvk.required` and `olm.package.required`. */
export type BundleNeed =
  | { readonly kind: 'api'; readonly api: string }
  /** `range` as written: `>=1.0.0 <2.0.0`. */
  | { readonly kind: 'package'; readonly package: string; readonly range: string }

export interface RelatedImage {
  readonly name: string
  readonly image: string
}

export interface Deprecation {
  readonly what:
    | { readonly schema: 'olm.package' }
    | { readonly schema: 'olm.channel' | 'olm.bundle'; readonly name: string }
  readonly message: string
}
