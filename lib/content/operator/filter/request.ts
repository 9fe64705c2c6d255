/**
 * What is asked of one catalog, and what is kept of it with a reason each: the question and the answer of filtering.
 *
 * Two rule sets answer it. `documented` follows the table "How filtering works in the operator catalog" of the product
 * documentation: heads of default channels, every version of a range. `connected` follows oc-mirror since 4.18: heads of
 * all channels, and ranges walk the update graph, so that one head is left whatever the range.
 */
import type { OperatorPackage } from '../../../config/index.ts'
import type { CatalogBundle, CatalogChannel } from '../model.ts'

export type OperatorSelection = 'documented' | 'connected'

/** A catalog of an image set. */
export interface FilterRequest {
  /** Every bundle of what is chosen. */
  readonly full: boolean
  /** Empty means all packages of the catalog. */
  readonly packages: readonly PackageRequest[]
}

/** A package of an image set. `place` (`imageset.yaml:14`) begins messages about it. */
export type PackageRequest = Omit<OperatorPackage, 'place'> & { readonly place?: string }

export interface FilterOptions {
  /** Of the catalog, for messages: `registry.redhat.io/redhat/redhat-operator-index:v4.16`. */
  readonly name: string
  /**
   * Packages and channels that the catalog does not have are told instead of refused, as long as one of those named is
   * there.
   */
  readonly allowMissingPackages: boolean
}

export interface FilteredCatalog {
  /** Sorted by name. */
  readonly packages: readonly KeptPackage[]
  /** The catalog is taken as it is: nothing is left out, nothing is built. */
  readonly isWhole: boolean
  /** What a reviewer should weigh, each one line. */
  readonly remarks: readonly string[]
}

export interface KeptPackage {
  readonly name: string
  /** Of the mirrored catalog, one of `channels`; absent where neither catalog nor image set says one. */
  readonly defaultChannel?: string
  /** Sorted by name. Entries in the catalog's order, only those kept; what they replace and skip is left as written. */
  readonly channels: readonly CatalogChannel[]
  /** In the order of versions. */
  readonly bundles: readonly KeptBundle[]
}

export interface KeptBundle {
  readonly bundle: CatalogBundle
  /** Kept channels that have it, sorted. */
  readonly channels: readonly string[]
  /** `head of the default channel stable`, `between 1.1.0 and 1.2.0 in channel stable`; several joined by `, `. */
  readonly why: string
}
