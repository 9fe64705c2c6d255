/**
 * Files by name with random access: those of a folder, or the members of tar files that lie beside each other. Readers
 * of images are written against this, so that an archive and its unpacked copy are read by the same code.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { PlaceError } from '../../lib/errors.ts'

/** Read-ahead of streams, bytes: large enough that the disk is asked seldom. */
const READ_AHEAD = 512 * 1024

/** Where the bytes of a file are. */
export interface StoredFile {
  readonly kind: 'file'
  /** The path on the disk of what holds it: itself, or a tar file. */
  readonly file: string
  /** bytes, into that file */
  readonly offset: number
  /** bytes */
  readonly size: number
  /** The content, where it is small and was seen already. */
  readonly bytes?: Uint8Array
}

export type TreeEntry =
  | StoredFile
  | { readonly kind: 'folder' }
  /** A symbolic link. Where it leads is only read, never gone to. */
  | { readonly kind: 'link'; readonly target: string }

/** Paths have `/` between their parts and none at their ends. */
export interface FileTree {
  /** The folder or archive, for messages. */
  readonly name: string
  /** Names right below a folder, sorted; none where there is no such folder. `''` is the top. */
  list(folder: string): Promise<readonly string[]>
  find(path: string): Promise<TreeEntry | undefined>
}

/** The bytes of a file, unchecked. @throws PlaceError while reading when the disk fails. */
export async function* streamFile(
  { file, offset, size, bytes }: StoredFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes !== undefined) yield bytes
  if (bytes !== undefined || size === 0) return
  const range = { start: offset, end: offset + size - 1, highWaterMark: READ_AHEAD }
  try {
    yield* addAbortSignal(signal, createReadStream(file, range))
  } catch (error) {
    throw diskFault(file, error)
  }
}

/** A whole file, unchecked. @throws PlaceError when it is larger than `maxBytes` or cannot be read as a whole. */
export async function readWhole(
  { file, offset, size, bytes }: StoredFile,
  what: string,
  maxBytes: number,
): Promise<Uint8Array> {
  if (bytes !== undefined) return bytes
  if (size > maxBytes)
    throw new PlaceError(`${what} has ${size} bytes; at most ${maxBytes} are read of such a file`)
  const content = Buffer.alloc(size)
  const filled = await withFile(file, handle => readInto(handle, content, offset))
  if (filled < size) throw new PlaceError(`${what} ends after ${filled} of ${size} bytes of ${file}`)
  return content
}

/** Opens a file for the length of `work`. @throws PlaceError when the disk fails. */
export async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, 'r')
    return await work(handle)
  } catch (error) {
    throw diskFault(file, error)
  } finally {
    await handle?.close()
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

/** Paths of all files below a folder, sorted as a walk meets them; links are left out. */
export async function filesBelow(tree: FileTree, folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await tree.list(folder)) {
    const path = joinPath(folder, name)
    const entry = await tree.find(path)
    if (entry?.kind === 'file') found.push(path)
    if (entry?.kind === 'folder') found.push(...(await filesBelow(tree, path)))
  }
  return found
}

export function joinPath(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('/')
}

/** What is no fault of the disk stays what it is. */
function diskFault(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  return new PlaceError(`cannot read ${file}: ${error.message}`, {
    cause: error,
    hint: 'check the disc and that you may read the file, or copy it again',
  })
}
