/** The small parts of archive.json <-> JSON: each is one object on one line, in archive.json and in archive.partial. */
import type { Json } from '../../lib/files/canonical-json.ts'
import type { JsonPart } from '../../lib/files/json-part.ts'
import type { CopyPart, DocumentRecord, Entry, NameRecord, Part, Region, VolumeRecord } from './contents.ts'

type Members = { readonly [key: string]: Json | undefined }

export function encodeEntry({ digest, size, mediaType, parts }: Entry): Members {
  return { digest, size, mediaType, parts: parts.map(encodePart) }
}

/** @throws SyntaxFault */
export function decodeEntry(part: JsonPart): Entry {
  const mediaType = part.field('mediaType')
  const entry: Entry = {
    digest: part.field('digest').digest(),
    size: part.field('size').count(),
    ...(mediaType.value !== undefined && { mediaType: mediaType.text() }),
    parts: part.field('parts').list(decodePart),
  }
  const length = entry.parts.reduce((sum, each) => sum + each.length, 0)
  const isSplit = entry.parts.length > 1
  if (length !== entry.size) throw part.field('parts').wrong(`the ${entry.size} bytes of the blob`)
  if (entry.parts.length === 0 || entry.parts.some(each => (each.digest !== undefined) !== isSplit))
    throw part.field('parts').wrong('one part without a digest, or several with one each')
  return entry
}

export function encodeName({ repository, tag, digest, subject, listed }: NameRecord): Members {
  return { repository, tag, digest, subject, listed }
}

/** @throws SyntaxFault */
export function decodeName(part: JsonPart): NameRecord {
  const [tag, subject, listed] = [part.field('tag'), part.field('subject'), part.field('listed')]
  return {
    repository: part.field('repository').repository(),
    ...(tag.value !== undefined && { tag: tag.tag() }),
    digest: part.field('digest').digest(),
    ...(subject.value !== undefined && { subject: subject.digest() }),
    ...(listed.value !== undefined && { listed: volumeNumber(listed) }),
  }
}

export function encodeVolume({ name, size, digest }: VolumeRecord): Members {
  return { name, size, digest }
}

/** @throws SyntaxFault */
export function decodeVolume(part: JsonPart): VolumeRecord {
  return {
    name: part.field('name').text(),
    size: part.field('size').count(),
    digest: part.field('digest').digest(),
  }
}

export function encodeCopyPart({ volume, size }: CopyPart): Members {
  return { volume, size }
}

/** @throws SyntaxFault */
export function decodeCopyPart(part: JsonPart): CopyPart {
  return { volume: volumeNumber(part.field('volume')), size: part.field('size').count() }
}

export function encodeRegion({ volume, offset, length }: Region): Members {
  return { volume, offset, length }
}

/** @throws SyntaxFault */
export function decodeRegion(part: JsonPart): Region {
  return {
    volume: volumeNumber(part.field('volume')),
    offset: part.field('offset').count(),
    length: part.field('length').count(),
  }
}

export function encodeDocument({ kind, name, digest }: DocumentRecord): Members {
  return { kind, name, digest }
}

/** @throws SyntaxFault */
export function decodeDocument(part: JsonPart): DocumentRecord {
  return {
    kind: part.field('kind').text(),
    name: part.field('name').text(),
    digest: part.field('digest').digest(),
  }
}

function encodePart({ volume, offset, length, digest }: Part): Members {
  return { volume, offset, length, digest }
}

function decodePart(part: JsonPart): Part {
  const digest = part.field('digest')
  return { ...decodeRegion(part), ...(digest.value !== undefined && { digest: digest.digest() }) }
}

function volumeNumber(part: JsonPart): number {
  const volume = part.count()
  if (volume === 0) throw part.wrong('the number of a volume, from 1')
  return volume
}
