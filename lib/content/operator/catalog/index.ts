/** Catalogs: from an image, or from its files, to documents and the model of what they offer. */
export type {
  Catalog,
  CatalogContext,
  CatalogDocument,
  CatalogSource,
  Database,
  OpenCatalog,
  OpenDatabase,
} from './catalog.ts'
export { CatalogError, type CatalogProblem } from './catalog-error.ts'
export { readCatalog } from './read-catalog.ts'
export { readCatalogFiles } from './read-files.ts'
