/** What oc-mirror v1 mirrored before: its metadata as data, and what of it should be at a target. */
export { claimsOf, type HistoricClaim, type HistoricClaims } from './claims.ts'
export { withHeldReleases } from './held-releases.ts'
export {
  type HistoricImage,
  type MirrorHistory,
  NO_STARTS,
  type RecordedCatalog,
  type RecordedPackage,
  type RecordedStarts,
} from './history.ts'
export { madeClaims } from './made-claims.ts'
export { joinImages, readMetadata } from './read-metadata.ts'
