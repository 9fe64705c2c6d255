/**
 * How a file becomes visible: written under a temporary name, flushed to the disk, renamed to its own name, and the
 * folder flushed too. After a crash or a power cut a file is there as a whole or not at all.
 */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { flushFolder, makeFolder } from '../folders.ts'
import { incomingFolder } from './paths.ts'

/** A new file with a name of its own in the layout's folder for unfinished files. */
export async function openIncoming(folder: string): Promise<{ handle: FileHandle; path: string }> {
  const file = path.join(incomingFolder(folder), randomUUID())
  try {
    return { handle: await open(file, 'wx+'), path: file }
  } catch (error) {
    if (!isMissing(error)) throw error
    await makeFolder(incomingFolder(folder))
    return { handle: await open(file, 'wx+'), path: file }
  }
}

/** Flushes and closes the file and gives it its final name, replacing what was there. */
export async function land(handle: FileHandle, from: string, to: string): Promise<void> {
  await handle.datasync()
  await handle.close()
  try {
    await rename(from, to)
  } catch (error) {
    if (!isMissing(error)) throw error
    await makeFolder(path.dirname(to))
    await rename(from, to)
  }
  await flushFolder(path.dirname(to))
}

/** Writes a small file as a whole. */
export async function writeWhole(folder: string, to: string, bytes: Uint8Array | string): Promise<void> {
  const { handle, path: temporary } = await openIncoming(folder)
  try {
    await handle.writeFile(bytes)
    await land(handle, temporary, to)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(temporary, { force: true })
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** The names in a folder; none when it is not there. */
export async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
