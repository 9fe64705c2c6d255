/**
 * One lost or damaged volume, written again alone: archive.json says what stood where, and the sources still have it.
 * The new volume is the old one byte for byte, so that nothing else of the archive changes.
 */
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { blobsBelow, closureOf } from '../../lib/graph/graph.ts'
import { parseSource } from '../../lib/graph/naming.ts'
import { type Digest, verifyStream } from '../../lib/oci/digest.ts'
import type { Sources } from '../../lib/provider.ts'
import type { Archive } from './archive.ts'
import { ArchiveError } from './archive-error.ts'
import { type ArchiveContents, type Entry, type VolumeRecord, volumeName } from './contents.ts'
import { type ArchiveDisk, nodeDisk, onDisk } from './disk.ts'
import { endVolume } from './finish.ts'
import type { Member } from './members.ts'

import { OpenVolumes } from './open-files.ts'
import { writeParts } from './part-writer.ts'
import { regionSize } from './tar-header.ts'

/** Opens a blob or manifest of the archive somewhere else. */
export type FetchEntry = (entry: Entry, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>

export interface RepairOptions {
  readonly signal: AbortSignal
  readonly disk?: ArchiveDisk | undefined
}

/**
 * Writes a volume again into the archive's folder; one that is there is replaced once the new one is complete. To read
 * from the new volume, open the archive again.
 *
 * @param name as archive.json has it: `mirrorform-000002.tar`
 * @throws ArchiveError when there is no such volume, and whatever the source throws
 */
export async function repairVolume(
  archive: Archive,
  name: string,
  fetch: FetchEntry,
  { signal, disk = nodeDisk }: RepairOptions,
): Promise<VolumeRecord> {
  const at = archive.volumes.tables.findIndex(table => table.name === name)
  const [table, record] = [archive.volumes.tables[at], archive.contents.volumes[at]]
  if (table === undefined || record === undefined)
    throw new ArchiveError(`${archive.name} has no volume ${name}`, {
      hint: `its volumes are ${volumeName(1)} to ${volumeName(archive.volumes.tables.length)}`,
    })
  const volumes = new OpenVolumes(archive.folder, disk, '.tmp')
  const temporary = volumes.pathOf(at + 1)
  await onDisk(`cannot write ${name} again`, async () => {
    try {
      for (const member of table.members)
        await writeMember(archive.contents, volumes, at + 1, member, fetch, signal)
      await volumes.use(at + 1, file => endVolume(file, table))
    } catch (error) {
      await volumes.close()
      await rm(temporary, { force: true })
      throw error
    }
    await volumes.close()
    await rename(temporary, path.join(archive.folder, name))
  })
  return record
}

/**
 * Reads from where the images were collected.
 *
 * @param more documents and blobs that mirrorform made, which no source has, by digest
 */
export function fetchFrom(
  contents: ArchiveContents,
  sources: Sources,
  more: ReadonlyMap<Digest, Uint8Array>,
): FetchEntry {
  const sourceOf = sourcesByDigest(contents)
  return async (entry, signal) => {
    const { digest, size, mediaType } = entry
    const text = contents.manifests.get(digest)?.text
    const bytes = more.get(digest) ?? (text === undefined ? undefined : Buffer.from(text))
    const what = `${digest} for ${contents.documents.find(each => each.digest === digest)?.name ?? 'the archive'}`
    if (bytes !== undefined) return verifyStream(what, once(bytes), entry)
    const source = sourceOf.get(digest)
    if (source === undefined)
      throw new ArchiveError(`no image of the archive says where ${what} came from`, {
        hint: 'name the plan that the archive was written from with --plan, with its image sets beside it: they are at no registry',
      })
    const reader = sources.open(parseSource(source))
    if (mediaType !== undefined) return once((await reader.manifest(digest, signal)).bytes)
    return reader.blob({ mediaType: 'application/octet-stream', digest, size }, signal)
  }
}

async function writeMember(
  contents: ArchiveContents,
  volumes: OpenVolumes,
  volume: number,
  { name, headerAt, size, content }: Member,
  fetch: FetchEntry,
  signal: AbortSignal,
): Promise<void> {
  if (content.kind !== 'blob') return
  const entry = contents.entries.get(content.of)
  if (entry === undefined) throw new Error(`${content.of} is not in the archive`)
  const chunks = await fetch(entry, signal)
  const place = { volume, offset: headerAt, length: regionSize(name, size), size, name }
  const isWhole = size === entry.size
  await writeParts(
    volumes,
    [place],
    { digest: content.digest, size },
    isWhole ? chunks : part(chunks, content.skip, size),
    signal,
  )
}

/** `size` bytes from `skip` on; the rest is not read. */
async function* part(
  chunks: AsyncIterable<Uint8Array>,
  skip: number,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0
  for await (const chunk of chunks) {
    const [from, to] = [Math.max(0, skip - at), Math.min(chunk.length, skip + size - at)]
    if (from < to) yield chunk.subarray(from, to)
    at += chunk.length
    if (at >= skip + size) return
  }
}

function sourcesByDigest(contents: ArchiveContents): ReadonlyMap<Digest, string> {
  const sources = new Map<Digest, string>()
  for (const image of contents.images) {
    const manifests = closureOf(contents, image)
    for (const digest of [...manifests, ...blobsBelow(contents, manifests)])
      if (!sources.has(digest)) sources.set(digest, image.source)
  }
  return sources
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
