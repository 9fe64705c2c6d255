/**
 * `index.json` of a layout as data: bytes ↔ entries.
 *
 * Entries and the file's own members keep what we do not know, so that a layout made by another tool loses nothing when
 * we add to it. Entries are sorted by name, then digest, one on a line, so that the file reads well in `git diff`.
 */
import { PlaceError } from '../../lib/errors.ts'
import { type Descriptor, descriptorFromJson } from '../../lib/oci/descriptor.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { isRecord } from '../../lib/oci/json.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import { OCI_INDEX } from '../../lib/oci/media-types.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import { compareText } from '../../lib/target.ts'

/** Names an image inside a layout (OCI image-spec 1.1, "Pre-Defined Annotation Keys"). */
const REF_NAME = 'org.opencontainers.image.ref.name'
/** Ours: the repository of an entry that has no name, so that what refers to an image can be told apart by repository. */
const REPOSITORY = 'io.mirrorform.repository'

export interface IndexEntry {
  readonly descriptor: Descriptor
  /** The ref.name, `repository:tag` when we wrote it; an entry without one is reached by digest only. */
  readonly name: string | undefined
  /** Of an entry without a name that we wrote. */
  readonly repository: string | undefined
  /** The entry as it stands in the file. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface IndexFile {
  readonly entries: readonly IndexEntry[]
  /** Members other than `manifests`. */
  readonly members: Readonly<Record<string, unknown>>
}

export const EMPTY_INDEX: IndexFile = { entries: [], members: { schemaVersion: 2, mediaType: OCI_INDEX } }

/** @throws PlaceError when it is not an index. */
export function parseIndexFile(text: string, file: string): IndexFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause)
  }
  if (!isRecord(json) || !Array.isArray(json.manifests))
    throw damaged(file, 'it has no list of manifests', undefined)
  const { manifests, ...members } = json
  try {
    return { members, entries: manifests.map((entry, at) => entryFromJson(entry, `manifests[${at}]`)) }
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

export function formatIndexFile(index: IndexFile): string {
  const entries = [...index.entries].sort(compareEntries).map(entry => `    ${JSON.stringify(entry.json)}`)
  const members = Object.entries(index.members).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`,
  )
  const list = entries.length === 0 ? '[]' : `[\n${entries.join(',\n')}\n  ]`
  return `{\n${members.join('')}  "manifests": ${list}\n}\n`
}

/** The entry for a manifest, under a tag or, without one, only as part of its repository. */
export function entryFor(
  manifest: RawManifest,
  repository: RepositoryPath,
  tag: Tag | undefined,
): IndexEntry {
  const { mediaType, digest, bytes } = manifest
  return entryOf({ mediaType, digest, size: bytes.length }, repository, tag)
}

/** The same for a manifest whose bytes are somewhere else. */
export function entryOf(
  { mediaType, digest, size }: Descriptor,
  repository: RepositoryPath,
  tag: Tag | undefined,
): IndexEntry {
  const name = tag === undefined ? undefined : imageName(repository, tag)
  const descriptor = {
    mediaType,
    digest,
    size,
    annotations: name === undefined ? { [REPOSITORY]: repository } : { [REF_NAME]: name },
  }
  return { descriptor, name, repository: name === undefined ? repository : undefined, json: descriptor }
}

/** `repository:tag`: how an image of a repository is named in a layout. */
export function imageName(repository: RepositoryPath, tag: Tag): string {
  return `${repository}:${tag}`
}

/** `repository:tag` → its parts; undefined for a name that is something else. */
export function parseImageName(
  name: string,
): { readonly repository: RepositoryPath; readonly tag: Tag } | undefined {
  const colon = name.lastIndexOf(':')
  const repository = name.slice(0, Math.max(colon, 0))
  const tag = name.slice(colon + 1)
  return isRepositoryPath(repository) && isTag(tag) ? { repository, tag } : undefined
}

/** Whether the entry is one of the repository, by its name or, without one, by our annotation. */
export function belongsTo(entry: IndexEntry, repository: RepositoryPath): boolean {
  return entry.name === undefined
    ? entry.repository === repository
    : parseImageName(entry.name)?.repository === repository
}

/** `index` with one more entry, in the place of the one with its name or, without a name, its digest and repository. */
export function withEntry(index: IndexFile, entry: IndexEntry): IndexFile {
  const others = index.entries.filter(other =>
    entry.name === undefined
      ? other.name !== undefined ||
        other.repository !== entry.repository ||
        other.descriptor.digest !== entry.descriptor.digest
      : other.name !== entry.name,
  )
  return { ...index, entries: [...others, entry] }
}

export function withoutName(index: IndexFile, name: string): IndexFile {
  return keep(index, entry => entry.name !== name)
}

/** `index` without what a repository has on a digest. */
export function withoutDigest(index: IndexFile, repository: RepositoryPath, digest: Digest): IndexFile {
  return keep(index, entry => entry.descriptor.digest !== digest || !belongsTo(entry, repository))
}

/** The same object when nothing goes, so that the file need not be written. */
function keep(index: IndexFile, stays: (entry: IndexEntry) => boolean): IndexFile {
  const entries = index.entries.filter(stays)
  return entries.length === index.entries.length ? index : { ...index, entries }
}

function entryFromJson(value: unknown, where: string): IndexEntry {
  const descriptor = descriptorFromJson(value, where)
  const json = isRecord(value) ? value : {}
  const name = descriptor.annotations?.[REF_NAME]
  const repository = name === undefined ? descriptor.annotations?.[REPOSITORY] : undefined
  return { descriptor, name, repository, json }
}

function compareEntries(a: IndexEntry, b: IndexEntry): number {
  return compareText(a.name ?? '', b.name ?? '') || compareText(a.descriptor.digest, b.descriptor.digest)
}

function damaged(file: string, why: string, cause: unknown): PlaceError {
  return new PlaceError(`cannot read the OCI layout: ${file}: ${why}`, {
    hint: 'the file is damaged or no image layout; restore it, or copy the images into a new folder',
    cause,
  })
}
