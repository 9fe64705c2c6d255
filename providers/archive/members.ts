/**
 * ArchiveContents -> everything that stands in each volume: every tar member with its place, name and content.
 *
 * This is the one description that the writer fills in, the reader compares a volume with before it believes it,
 * `verify` checks byte for byte and `repair` writes again.
 */
import { createHash } from 'node:crypto'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import { ArchiveError } from './archive-error.ts'
import {
  type ArchiveContents,
  CONTENTS_FILE,
  type NameRecord,
  type VolumeRecord,
  volumeName,
} from './contents.ts'
import { encodeCopy } from './contents-file.ts'
import { BLOCK, END_SIZE, headerSize, padded } from './tar-header.ts'
import {
  blobName,
  INDEX_NAME,
  indexText,
  MARKER_BYTES,
  MARKER_NAME,
  partName,
  unusedName,
} from './volume-files.ts'

export type MemberContent =
  /** A small file that follows from the contents. */
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  /** A blob, or `size` bytes of it from `skip` on; `digest` is of these bytes. */
  | { readonly kind: 'blob'; readonly of: Digest; readonly skip: number; readonly digest: Digest }
  | { readonly kind: 'zeros' }

export interface Member {
  readonly name: string
  /** Where its tar header stands, and where its bytes begin. */
  readonly headerAt: number
  readonly dataAt: number
  /** bytes */
  readonly size: number
  readonly content: MemberContent
}

/** One volume's members without gaps, in their order. */
export interface VolumeTable {
  readonly name: string
  readonly members: readonly Member[]
  /** bytes, the end of the tar included */
  readonly size: number
}

/** As many as have names of their own. */
const MOST_VOLUMES = 999_999

/**
 * The tables of all volumes, the first one's first.
 *
 * @throws ArchiveError when members overlap, leave gaps, or lie outside of every volume
 */
export function tablesOf(contents: ArchiveContents): readonly VolumeTable[] {
  const tables = membersByVolume(contents).map((members, at) => finishTable(at + 1, members))
  const namesOf = Map.groupBy(contents.names, name => name.listed)
  const indexed = tables.map((table, at) =>
    withText(table, INDEX_NAME, indexOf(contents, namesOf.get(at + 1) ?? [])),
  )
  return withCopy(contents, indexed)
}

/** What archive.json says of a volume: follows from its table. */
export function volumeRecord({ name, size, members }: VolumeTable): VolumeRecord {
  return { name, size, digest: volumeDigest(members) }
}

/** sha256 over a line for each member: where it stands, its size, its name and the digest of its bytes. */
function volumeDigest(members: readonly Member[]): Digest {
  const hash = createHash('sha256')
  for (const { headerAt, size, name, content } of members)
    hash.update(`${headerAt} ${size} ${name} ${contentDigest(content)}\n`)
  return `sha256:${hash.digest('hex')}` as Digest
}

function contentDigest(content: MemberContent): string {
  switch (content.kind) {
    case 'text':
      return digestOf(content.bytes)
    case 'blob':
      return content.digest
    case 'zeros':
      return 'zeros'
    default:
      return content satisfies never
  }
}

function membersByVolume(contents: ArchiveContents): readonly Member[][] {
  const volumes: Member[][] = []
  const add = (volume: number, member: Member): void => {
    if (volume > MOST_VOLUMES)
      throw new ArchiveError(`${member.name} lies in volume ${volume}, which does not exist`)
    while (volumes.length < volume) volumes.push([textMember(MARKER_NAME, 0, MARKER_BYTES)])
    volumes[volume - 1]?.push(member)
  }
  for (const { digest, parts } of contents.entries.values()) {
    let skip = 0
    for (const [at, part] of parts.entries()) {
      const name = parts.length === 1 ? blobName(digest) : partName(digest, at + 1)
      const content = { kind: 'blob', of: digest, skip, digest: part.digest ?? digest } as const
      const headerAt = part.offset - headerSize(name, part.length)
      add(part.volume, { name, headerAt, dataAt: part.offset, size: part.length, content })
      skip += part.length
    }
  }
  for (const [at, { volume, offset, length }] of contents.unused.entries()) {
    const dataAt = offset + BLOCK
    add(volume, {
      name: unusedName(at + 1),
      headerAt: offset,
      dataAt,
      size: length - BLOCK,
      content: { kind: 'zeros' },
    })
  }
  const last = contents.copy.at(-1)?.volume ?? 0
  while (volumes.length < last) volumes.push([textMember(MARKER_NAME, 0, MARKER_BYTES)])
  return volumes
}

function finishTable(volume: number, unsorted: readonly Member[]): VolumeTable {
  const members = unsorted.toSorted((a, b) => a.headerAt - b.headerAt)
  let end = 0
  for (const [at, member] of members.entries()) {
    if (member.headerAt < end)
      throw new ArchiveError(
        `${volumeName(volume)} cannot be as archive.json says: ${member.name} and ${members[at - 1]?.name ?? ''} overlap`,
      )
    if (member.headerAt > end)
      throw new ArchiveError(
        `${volumeName(volume)} cannot be as archive.json says: nothing is said of the bytes before ${member.name}`,
      )
    end = memberEnd(member)
  }
  return { name: volumeName(volume), members, size: end + END_SIZE }
}

function withCopy(contents: ArchiveContents, tables: readonly VolumeTable[]): readonly VolumeTable[] {
  const first = contents.copy[0]?.volume
  if (first === undefined) return tables
  const records = tables.slice(0, first - 1).map(volumeRecord)
  const text = Buffer.from(encodeCopy({ ...contents, volumes: records }, first))
  const result = [...tables]
  let at = 0
  for (const [part, { volume, size }] of contents.copy.entries()) {
    const table = result[volume - 1]
    if (table === undefined)
      throw new ArchiveError(`archive.json lies in volume ${volume}, which does not exist`)
    result[volume - 1] = withText(
      table,
      copyName(part + 1, contents.copy.length),
      text.subarray(at, at + size),
    )
    at += size
  }
  if (at !== text.length)
    throw new ArchiveError('the copy of archive.json in the volumes is not that of this archive')
  return result
}

/** `archive.json`; `archive.json.1` and so on where it does not fit one volume. */
export function copyName(part: number, parts: number): string {
  return parts === 1 ? CONTENTS_FILE : `${CONTENTS_FILE}.${part}`
}

function indexOf(contents: ArchiveContents, names: readonly NameRecord[]): Uint8Array {
  return Buffer.from(indexText(names, contents.entries))
}

function withText(table: VolumeTable, name: string, bytes: Uint8Array): VolumeTable {
  const member = textMember(name, table.size - END_SIZE, bytes)
  return { ...table, members: [...table.members, member], size: memberEnd(member) + END_SIZE }
}

function textMember(name: string, headerAt: number, bytes: Uint8Array): Member {
  const dataAt = headerAt + headerSize(name, bytes.length)
  return { name, headerAt, dataAt, size: bytes.length, content: { kind: 'text', bytes } }
}

function memberEnd({ dataAt, size }: Member): number {
  return dataAt + padded(size)
}
