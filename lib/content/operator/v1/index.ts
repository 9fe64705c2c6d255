/** How oc-mirror v1 chooses from a catalog, and what it calls what it mirrors. */
export { filterCatalogV1 } from './filter-catalog.ts'
export type { StartOf, V1CatalogRequest, V1PackageRequest } from './request.ts'
export { type StartSources, startsOf } from './starts.ts'
