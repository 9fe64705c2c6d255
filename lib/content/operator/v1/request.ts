/**
 * What an image set of oc-mirror v1 asks of one catalog, and where its earlier runs began: the question that
 * `filterCatalogV1` answers, with the same kind of answer as the other rule sets give.
 */
import type { OperatorPackage } from '../../../config/index.ts'

export interface V1CatalogRequest {
  /** Every bundle of what is chosen; else heads of channels. */
  readonly full: boolean
  /** Bundles that others need are not added. */
  readonly skipDependencies: boolean
  /** Empty means all packages. A package may be named more than once. */
  readonly packages: readonly V1PackageRequest[]
}

/** A package of an image set. `place` (`imageset.yaml:14`) begins messages about it. */
export type V1PackageRequest = Omit<OperatorPackage, 'place' | 'bundles'> & { readonly place?: string }

/** The version that a channel's update path begins with since an earlier run; undefined where there was none. */
export type StartOf = (packageName: string, channel: string) => string | undefined
