/**
 * What an archive says about itself, as data: `archive.json` (design: docs/file-formats.md, "Archive").
 *
 * Every byte of every volume follows from it: which blob lies where, which names each volume's index lists, what is
 * left unused. That is why a volume can be checked without a second copy of it, and written again alone.
 */
import type { ImageContent, ManifestStore } from '../../lib/graph/graph.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { ArchiveRecord } from '../../lib/state.ts'
import type { TargetAddress } from '../../lib/target.ts'

/** The file beside the volumes. */
export const CONTENTS_FILE = 'archive.json'
/** The signature of its bytes: see signature.ts. */
export const SIGNATURE_FILE = 'archive.json.sig'
/** Written while an archive is being made; present at the start, it tells of one that was cut off. */
export const PROGRESS_FILE = 'archive.partial'

/** One volume. They are numbered from 1, and named by their number. */
export interface VolumeRecord {
  readonly name: string
  /** bytes */
  readonly size: number
  /** Over the volume's table of contents, in which every member stands with its own digest (`volumeDigest`). */
  readonly digest: Digest
}

/** A run of bytes in a volume. */
export interface Part {
  /** From 1. */
  readonly volume: number
  /** Where the bytes begin in the volume's file; the tar header stands before. */
  readonly offset: number
  /** bytes */
  readonly length: number
  /** Of these bytes alone, where a blob is split over volumes. */
  readonly digest?: Digest
}

/** A blob or manifest the archive carries. */
export interface Entry {
  readonly digest: Digest
  /** bytes */
  readonly size: number
  /** Of a manifest. */
  readonly mediaType?: string
  /** One; several, in the blob's order, where it is split over volumes. */
  readonly parts: readonly Part[]
}

/** Room in a volume that a failed write left and nothing else could take. */
export interface Region {
  readonly volume: number
  /** Where its tar header stands. */
  readonly offset: number
  /** bytes, header included */
  readonly length: number
}

/** A manifest under a tag, or one with a `subject` that has no tag. */
export interface NameRecord {
  readonly repository: RepositoryPath
  readonly tag?: Tag
  readonly digest: Digest
  readonly subject?: Digest
  /** The volume whose index.json lists it: the one with the manifest, unless its room was used up by then. */
  readonly listed?: number
}

/** Something that travels as a blob without belonging to an image: the plan, an image set, an update graph. */
export interface DocumentRecord {
  /** `plan`, `imageset`, `update-graph`, `signature` …: whoever writes and reads it agrees on the word. */
  readonly kind: string
  /** Its path or URL. */
  readonly name: string
  readonly digest: Digest
}

/** A piece of the copy of archive.json that the last volumes hold. */
export interface CopyPart {
  readonly volume: number
  /** bytes */
  readonly size: number
}

export interface ArchiveContents extends ManifestStore {
  /** Digest over everything below but `volumes` and `copy`, which follow from the rest. */
  readonly id: Digest
  /** Of the far side's state; undefined when there was none yet. */
  readonly lineage: string | undefined
  /** The far side's target, as the near side knows it. */
  readonly target: TargetAddress
  /** Digest of the plan that was applied to make the archive. */
  readonly plan: Digest | undefined
  /** The hard limit the volumes were written with, bytes. */
  readonly volumeSize: number
  readonly volumes: readonly VolumeRecord[]
  readonly copy: readonly CopyPart[]
  readonly images: readonly ImageContent[]
  readonly entries: ReadonlyMap<Digest, Entry>
  readonly unused: readonly Region[]
  readonly names: readonly NameRecord[]
  /** Blobs and manifests of the images that the far side is expected to hold already, sorted. */
  readonly assumed: readonly Digest[]
  readonly documents: readonly DocumentRecord[]
  /** Its place among the archives of the far side's state. */
  readonly round?: Round
}

export interface Round {
  /** From 1. */
  readonly number: number
  /** Those before that may still be on their way: what is assumed may be in them. */
  readonly earlier: readonly ArchiveRecord[]
}

/** `mirrorform-000001.tar` */
export function volumeName(volume: number): string {
  return `mirrorform-${String(volume).padStart(6, '0')}.tar`
}

/** The number of a volume's name; undefined for any other name. */
export function volumeNumber(name: string): number | undefined {
  const volume = Number(/^mirrorform-(\d{6})\.tar$/.exec(name)?.[1] ?? 0)
  return volume > 0 ? volume : undefined
}
