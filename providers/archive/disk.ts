/**
 * The few things the archive writer asks of a disk, as an interface, so that tests can let a disk fill up or fail; and
 * what the operating system said about a file -> an error that says what to do.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { MirrorformError, messageOf, PlaceError } from '../../lib/errors.ts'
import { flushFolder, makeFolder } from '../folders.ts'

/** A file that is written at positions. */
export interface DiskFile {
  /** Writes the pieces one after the other from `position` on, all or with an error. */
  write(pieces: readonly Uint8Array[], position: number): Promise<void>
  truncate(size: number): Promise<void>
  /** Resolves once everything written is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface ArchiveDisk {
  /** Opens a file to be read and written; makes it, and the folders above, where there is none. */
  open(file: string): Promise<DiskFile>
}

export const nodeDisk: ArchiveDisk = {
  async open(file) {
    const handle = await openOrMake(file)
    return {
      async write(pieces, position) {
        let [left, at] = [pieces.filter(piece => piece.length > 0), position]
        while (left.length > 0) {
          const { bytesWritten } = await handle.writev([...left], at)
          if (bytesWritten === 0) throw Object.assign(new Error('the disk took nothing'), { code: 'EIO' })
          at += bytesWritten
          left = withoutFirst(left, bytesWritten)
        }
      },
      truncate: size => handle.truncate(size),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
}

async function openOrMake(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r+')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await makeFolder(path.dirname(file))
    const handle = await open(file, 'wx+')
    await flushFolder(path.dirname(file))
    return handle
  }
}

/** Replaces a small file as a whole or not at all. */
export async function replaceFile(disk: ArchiveDisk, file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`
  try {
    const opened = await disk.open(temporary)
    try {
      await opened.truncate(0)
      await opened.write([bytes], 0)
      await opened.sync()
    } finally {
      await opened.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  await flushFolder(path.dirname(file))
}

/** What is left of the pieces after a write took only some of their bytes. */
function withoutFirst(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const left: Uint8Array[] = []
  let skip = bytes
  for (const piece of pieces) {
    if (skip < piece.length) left.push(piece.subarray(skip))
    skip = Math.max(0, skip - piece.length)
  }
  return left
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Runs one piece of file work; whatever the file system says becomes a PlaceError. @param doing `cannot write …` */
export async function onDisk<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof MirrorformError || !isFileError(cause)) throw cause
    throw new PlaceError(`${doing}: ${saidBy(cause)}`, { cause, code: cause.code, hint: hintFor(cause.code) })
  }
}

function isFileError(error: unknown): error is Error & { readonly code: string } {
  const code = codeOf(error)
  return code !== undefined && /^E[A-Z0-9]+$/.test(code)
}

function saidBy(error: Error & { readonly code: string }): string {
  switch (error.code) {
    case 'ENOSPC':
      return 'the disk is full (ENOSPC)'
    case 'EDQUOT':
      return 'the disk quota is used up (EDQUOT)'
    case 'EFBIG':
      return 'the file would be larger than allowed here (EFBIG)'
    default:
      return messageOf(error)
  }
}

function hintFor(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'what is complete stays; free some space where the archive is, then run the same command again'
    case 'EFBIG':
      return 'choose smaller volumes (--volume-size) or a file system that takes larger files, then write the archive again'
    default:
      return 'check that the folder of the archive exists and can be read and written'
  }
}
