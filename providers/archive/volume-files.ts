/**
 * The small files of a volume that make it an OCI image layout, and the names of the large ones (OCI image-spec 1.1,
 * "Image Layout").
 */
import { algorithmOf, type Digest, hexOf } from '../../lib/oci/digest.ts'
import { EMPTY_INDEX, entryOf, formatIndexFile } from '../layout/index.ts'
import type { Entry, NameRecord } from './contents.ts'
import { regionSize } from './tar-header.ts'

export const MARKER_NAME = 'oci-layout'
export const MARKER_BYTES: Uint8Array = Buffer.from('{"imageLayoutVersion":"1.0.0"}\n')
/** What every volume begins with. */
export const MARKER_REGION: number = regionSize(MARKER_NAME, MARKER_BYTES.length)
export const INDEX_NAME = 'index.json'
/** Bytes of an index that lists nothing, and of the line ends around a list. */
export const EMPTY_INDEX_BYTES: number = Buffer.byteLength(formatIndexFile(EMPTY_INDEX)) + 8
/** Names are at most 255 and 128 characters long, media types 127 and digests 135; the rest is punctuation. */
export const LONGEST_INDEX_LINE = 1024

/** `blobs/sha256/…` */
export function blobName(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`
}

/** `parts/sha256/….2`: a part, counted from 1, of a blob that is split over volumes. */
export function partName(digest: Digest, part: number): string {
  return `parts/${algorithmOf(digest)}/${hexOf(digest)}.${part}`
}

/** Room the volume's failed writes left: a file of zeros, so that the tar stays one. */
export function unusedName(at: number): string {
  return `unused/${at}`
}

/** The index.json of a volume that lists these names. */
export function indexText(names: readonly NameRecord[], entries: ReadonlyMap<Digest, Entry>): string {
  return formatIndexFile({
    ...EMPTY_INDEX,
    entries: names.map(name => listing(name, entries.get(name.digest))),
  })
}

/** By how many bytes a name makes an index longer, at most. */
export function indexLineBytes(name: NameRecord, manifest: Pick<Entry, 'size' | 'mediaType'>): number {
  return Buffer.byteLength(JSON.stringify(listing(name, manifest).json)) + 6
}

function listing(name: NameRecord, manifest: Pick<Entry, 'size' | 'mediaType'> | undefined) {
  const { size = 0, mediaType = '' } = manifest ?? {}
  return entryOf({ digest: name.digest, mediaType, size }, name.repository, name.tag)
}
