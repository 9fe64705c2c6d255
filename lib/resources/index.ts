/** Resources of a mirror: data in, files and their differences out. */
export {
  type CatalogTemplate,
  parseCatalogSourceTemplate,
  type TemplateObject,
} from './catalog-source-template.ts'
export { type FileChange, type FoundFolder, folderChanges, isChange } from './folder-changes.ts'
export {
  decodeFolderList,
  encodeFolderList,
  type FolderList,
  LIST_NAME,
  listOf,
} from './folder-list.ts'
export { imagesAfter } from './images-after.ts'
export { makeResources } from './make-resources.ts'
export { readingConf } from './reading-rules.ts'
export { type ChangesRendering, changesDocument, folderWarnings, renderChanges } from './render-changes.ts'
export {
  type ClusterObject,
  type HeldImages,
  type ResourceFile,
  type ResourceOptions,
  type Resources,
  restartsNodes,
} from './resource.ts'
