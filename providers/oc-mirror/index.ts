/** What oc and oc-mirror left on a disk, as a source: archives, storage folders, mirror folders, workspaces. Read only. */
export { type DetectedKind, detectSource, openStoredImages } from './detect.ts'
export { type NamedImage, nameStored, publishedSource, workspaceIn } from './name-stored.ts'
export { openNamed, openRecorded, recordStored } from './open-named.ts'
export { openImageMirrorFolder, openRegistryStorage } from './plain-folders.ts'
export type {
  MissingContent,
  StoredImage,
  StoredImages,
  StoredKind,
  StoredListing,
  StoredReader,
} from './stored-images.ts'
export {
  aliasKey,
  placeOnDisk,
  type StoredAliases,
  type StoredName,
  type StoredSources,
  storedAt,
  storedSources,
} from './stored-sources.ts'
export { openOcMirrorV1Archive } from './v1-archive.ts'
export { openOcMirrorArchive } from './v2-archive.ts'
export { readWorkspace, workspaceFiles } from './workspace.ts'
export type {
  ConfiguredImage,
  MirrorRule,
  Workspace,
  WorkspaceCatalog,
  WorkspaceConfiguration,
  WorkspaceFiles,
  WorkspaceRelease,
  WorkspaceSignature,
} from './workspace-model.ts'
export { type Proposal, type ProposedImage, proposeNames, proposePairs } from './workspace-pairs.ts'
