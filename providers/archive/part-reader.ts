/**
 * Entries of volumes -> their bytes, checked, straight out of the tar files: nothing is unpacked. A blob that is split
 * over volumes is joined while it is read.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { verifyBytes, verifyStream } from '../../lib/oci/digest.ts'
import { MAX_MANIFEST_BYTES, type RawManifest } from '../../lib/oci/manifest.ts'
import { ArchiveError } from './archive-error.ts'
import type { Entry } from './contents.ts'
import { onDisk } from './disk.ts'

/** Read-ahead of blob streams, bytes: large enough that the disk is asked seldom. */
const READ_AHEAD = 512 * 1024

/** Where a volume's file is; what it throws says that the volume is missing or damaged. */
export type FindVolume = (volume: number) => string | Promise<string>

/** @throws DigestMismatchError while reading, ArchiveError when a volume cannot be read. */
export async function streamEntry(
  entry: Entry,
  find: FindVolume,
  what: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const files: string[] = []
  for (const { volume } of entry.parts) files.push(await find(volume))
  return verifyStream(`${entry.digest} in ${what}`, chunksOf(entry, files, signal), entry)
}

async function* chunksOf(
  { parts }: Entry,
  files: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const [at, { offset, length }] of parts.entries()) {
    const file = files[at]
    if (length === 0 || file === undefined) continue
    const range = { start: offset, end: offset + length - 1, highWaterMark: READ_AHEAD }
    yield* addAbortSignal(signal, createReadStream(file, range))
  }
}

/** @throws ArchiveError, DigestMismatchError */
export async function readManifest(entry: Entry, find: FindVolume, what: string): Promise<RawManifest> {
  const { digest, mediaType } = entry
  if (mediaType === undefined) throw new ArchiveError(`${digest} in ${what} is no manifest`, { status: 404 })
  if (entry.size > MAX_MANIFEST_BYTES)
    throw new ArchiveError(`${digest} in ${what} is no manifest: it has ${entry.size} bytes`)
  return { digest, mediaType, bytes: await readEntry(entry, find, what) }
}

/** A whole entry in memory: for manifests and documents. @throws ArchiveError, DigestMismatchError */
export async function readEntry(entry: Entry, find: FindVolume, what: string): Promise<Uint8Array> {
  const bytes = Buffer.alloc(entry.size)
  let at = 0
  for (const { volume, offset, length } of entry.parts) {
    const file = await find(volume)
    await onDisk(`cannot read ${file}`, () =>
      withFile(file, handle => readInto(handle, bytes.subarray(at, at + length), offset)),
    )
    at += length
  }
  verifyBytes(`${entry.digest} in ${what}`, bytes, entry.digest)
  return bytes
}

/** Opens a file for the length of `work`. */
export async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r')
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}

/** Fills `bytes` as far as the file goes, and says how far that was. */
export async function readInto(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
