/** Filtering: a catalog and what an image set asks of it → the bundles and channels to keep, each with its reason. */

export { channelHeads } from './channel-graph.ts'
export { filterCatalog } from './filter-catalog.ts'
export { FilterError, type FilterProblem } from './filter-error.ts'
export { filteredModel } from './filtered-model.ts'
export { checkOperatorUpdates, type HeldBundle } from './installed-path.ts'
export type {
  FilteredCatalog,
  FilterOptions,
  FilterRequest,
  KeptBundle,
  KeptPackage,
  OperatorSelection,
  PackageRequest,
} from './request.ts'
export { compareVersions } from './versions.ts'
