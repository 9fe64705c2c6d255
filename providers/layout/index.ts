/** An OCI image layout folder as a source, as a target, and as the ground the embedded registry stands on. */
export { inBatches } from './batches.ts'
export { BlobStore } from './blob-store.ts'
export type { BlobWriter } from './blob-writer.ts'
export { freeBytesAt } from './free-space.ts'
export { type CollectedGarbage, collectGarbage } from './garbage.ts'
export {
  EMPTY_INDEX,
  entryFor,
  entryOf,
  formatIndexFile,
  type IndexEntry,
  type IndexFile,
  imageName,
  parseImageName,
  parseIndexFile,
  withEntry,
  withoutDigest,
  withoutName,
} from './index-file.ts'
export { isMissing, listFolder, writeWhole } from './landing.ts'
export { LayoutIndex } from './layout-index.ts'
export { type LayoutSource, openLayoutSource } from './source.ts'
export { tagList } from './tag-list.ts'
export { openLayoutTarget } from './target.ts'
