/**
 * The end of writing an archive: what is known only now goes into each volume (its index, the copy of archive.json, the
 * end of the tar), then archive.json appears beside them and the progress file goes.
 *
 * No blob is read again: each was hashed while it was written, and a volume's digest is made of those.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { reachableFrom } from '../../lib/files/reachable.ts'
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../../lib/graph/graph.ts'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import type { State } from '../../lib/state.ts'
import { destinationKey, type TargetAddress } from '../../lib/target.ts'
import { ArchiveError, someOf } from './archive-error.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import {
  type ArchiveContents,
  CONTENTS_FILE,
  type CopyPart,
  type DocumentRecord,
  PROGRESS_FILE,
  type Region,
  SIGNATURE_FILE,
} from './contents.ts'
import { encodeContents, encodeCopy, type Unnamed, withId } from './contents-file.ts'
import { type ArchiveDisk, type DiskFile, onDisk, replaceFile } from './disk.ts'
import { copyName, tablesOf, type VolumeTable, volumeRecord } from './members.ts'
import type { Shipment } from './shipment.ts'
import { signBytes } from './signature.ts'
import { BLOCK, END_SIZE, headerSize, padded, regionSize, tarHeader } from './tar-header.ts'
import { EMPTY_INDEX_BYTES, INDEX_NAME, MARKER_REGION } from './volume-files.ts'

export interface FinishedShipment extends Shipment {
  readonly target: TargetAddress
  readonly lineage: string | undefined
  readonly plan: Digest | undefined
  readonly signingKey: string | undefined
  readonly farSide: Pick<State, 'manifests' | 'blobs'> | undefined
}

/** Unused room is cut to files of at most so many bytes, so that a plain tar header says their size. */
const LARGEST_UNUSED = 4 * 2 ** 30
/** Zeros are written so many bytes at a time. */
const ZEROS: Uint8Array = new Uint8Array(1024 * 1024)

/** @throws PlaceError when an image is not all there, or the disk fails: what is written can be gone on with */
export async function finishArchive(
  writer: ArchiveWriter,
  shipment: FinishedShipment,
  disk: ArchiveDisk,
  signal: AbortSignal,
): Promise<ArchiveContents> {
  const documents = await putDocuments(writer, shipment, signal)
  const contents = contentsOf(writer, shipment, documents)
  const tables = tablesOf(contents)
  await onDisk(`cannot finish the archive in ${writer.folder}`, async () => {
    for (const [at, table] of tables.entries()) {
      signal.throwIfAborted()
      await writer.volumes.use(at + 1, file => endVolume(file, table))
    }
    for (let volume = tables.length + 1; volume <= writer.room.volumes; volume++)
      await rm(writer.volumes.pathOf(volume), { force: true })
    const text = Buffer.from(encodeContents(contents))
    const signature = path.join(writer.folder, SIGNATURE_FILE)
    if (shipment.signingKey === undefined) await rm(signature, { force: true })
    else await replaceFile(disk, signature, signBytes(text, shipment.signingKey))
    await replaceFile(disk, path.join(writer.folder, CONTENTS_FILE), text)
    await writer.close()
    await rm(path.join(writer.folder, PROGRESS_FILE), { force: true })
  })
  return contents
}

/** Writes everything of a volume that follows from its table, and cuts the file to its size. */
export async function endVolume(file: DiskFile, { members, size }: VolumeTable): Promise<void> {
  for (const { name, size: bytes, headerAt, dataAt, content } of members) {
    if (content.kind === 'blob') continue
    await file.write([tarHeader(name, bytes)], headerAt)
    if (content.kind === 'zeros') await writeZeros(file, dataAt, bytes)
    else await file.write([content.bytes, new Uint8Array(padded(bytes) - bytes)], dataAt)
  }
  await writeZeros(file, size - END_SIZE, END_SIZE)
  await file.truncate(size)
  await file.sync()
}

async function writeZeros(file: DiskFile, position: number, bytes: number): Promise<void> {
  for (let done = 0; done < bytes; done += ZEROS.length)
    await file.write([ZEROS.subarray(0, Math.min(ZEROS.length, bytes - done))], position + done)
}

async function putDocuments(
  writer: ArchiveWriter,
  { documents }: Shipment,
  signal: AbortSignal,
): Promise<readonly DocumentRecord[]> {
  const records: DocumentRecord[] = []
  for (const { kind, name, bytes } of documents) {
    const digest = digestOf(bytes)
    await writer.put({ digest, size: bytes.length }, { open: async () => once(bytes) }, signal)
    records.push({ kind, name, digest })
  }
  return records
}

function contentsOf(
  writer: ArchiveWriter,
  { images, content, farSide, target, lineage, plan, round }: FinishedShipment,
  documents: readonly DocumentRecord[],
): ArchiveContents {
  const unfinished = withId({
    ...reachableFrom(content, images),
    lineage,
    target,
    plan,
    volumeSize: writer.room.limit,
    volumes: [],
    copy: [],
    images,
    entries: writer.entries,
    unused: writer.room.unused().flatMap(cut),
    names: [...writer.names.values()],
    assumed: assumedOf(writer, images, content, farSide),
    documents,
    ...(round !== undefined && { round }),
  })
  const copy = placeCopy(unfinished)
  return { ...unfinished, copy, volumes: tablesOf({ ...unfinished, copy }).map(volumeRecord) }
}

/** @throws ArchiveError naming the image that neither the archive nor the far side has */
function assumedOf(
  writer: ArchiveWriter,
  images: readonly ImageContent[],
  content: ManifestStore,
  farSide: Pick<State, 'manifests' | 'blobs'> | undefined,
): readonly Digest[] {
  const assumed = new Set<Digest>()
  for (const image of images) {
    const manifests = closureOf(content, image)
    const lacking = [...manifests, ...blobsBelow(content, manifests)].filter(
      digest => !writer.entries.has(digest),
    )
    const lost = lacking.filter(digest => !farSide?.manifests.has(digest) && !farSide?.blobs.has(digest))
    if (lost.length > 0)
      throw new ArchiveError(
        `cannot finish the archive in ${writer.folder}: of ${destinationKey(image.destination)} it lacks ${someOf(lost)}`,
        { hint: 'apply the plan again: what is written stays' },
      )
    for (const digest of lacking) assumed.add(digest)
  }
  return [...assumed]
}

/** In the last volume where it fits, else in volumes of its own. */
function placeCopy(contents: Unnamed & ArchiveContents): readonly CopyPart[] {
  const tables = tablesOf(contents)
  const volumes = tables.map(volumeRecord)
  const last = tables.at(-1)
  if (last !== undefined) {
    const size = Buffer.byteLength(encodeCopy({ ...contents, volumes }, tables.length))
    if (last.size + regionSize(copyName(1, 1), size) <= contents.volumeSize)
      return [{ volume: tables.length, size }]
  }
  const first = tables.length + 1
  let left = Buffer.byteLength(encodeCopy({ ...contents, volumes }, first))
  const rest =
    MARKER_REGION + headerSize(CONTENTS_FILE, 0) + regionSize(INDEX_NAME, EMPTY_INDEX_BYTES) + END_SIZE
  const most = Math.floor((contents.volumeSize - rest) / BLOCK) * BLOCK
  const parts: CopyPart[] = []
  for (; left > 0; left -= most) parts.push({ volume: first + parts.length, size: Math.min(left, most) })
  return parts
}

function cut({ volume, offset, length }: Region): readonly Region[] {
  const pieces: Region[] = []
  for (let at = 0; at < length; at += LARGEST_UNUSED)
    pieces.push({ volume, offset: offset + at, length: Math.min(LARGEST_UNUSED, length - at) })
  return pieces
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
