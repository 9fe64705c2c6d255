/** Catalog images that serve only what is kept of a catalog. */
export { type MadeKey, madeOnce } from './made-fact.ts'
export { ADDED_LAYERS, type RebuildRequest, rebuildCatalog } from './rebuild.ts'
