/** An archive: a folder of tar volumes that carries images across a gap. Written as a target, read as a source. */
export { type Archive, type ArchiveReader, type OpenOptions, openArchive } from './archive.ts'
export { ArchiveError } from './archive-error.ts'
export { carriedSources, type HeldAt } from './carried.ts'
export type {
  ArchiveContents,
  DocumentRecord,
  Entry,
  NameRecord,
  Part,
  Round,
  VolumeRecord,
} from './contents.ts'
export type { Dependents } from './dependents.ts'
export type { ArchiveDisk, DiskFile } from './disk.ts'
export { type FarSideState, openFarSide } from './far-side.ts'
export { type InspectedImage, type Inspection, inspectArchive } from './inspect.ts'
export { type FetchEntry, fetchFrom, type RepairOptions, repairVolume } from './repair.ts'
export type { ArchiveDocument, ArchiveOptions, ArchiveTarget, Shipment } from './shipment.ts'
export { isSignedBy, readKey, signBytes } from './signature.ts'
export { openArchiveTarget, refuseSmallVolumes } from './target.ts'
export { type ArchiveReport, type VerifyOptions, type VolumeReport, verifyArchive } from './verify.ts'
export { minimumVolumeSize } from './volume-room.ts'
