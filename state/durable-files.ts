/**
 * Files that are either as they were or as they should be, whatever happens in between.
 *
 * New content goes to a temporary file in the same folder, is forced to disk, and takes the old file's name in one
 * step; then the folder itself is forced to disk, or the new name could be lost with the power.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from './file-faults.ts'

/** What `temporaryBeside` adds to a name. */
const TEMPORARY = /^\.[0-9a-f]{12}\.tmp$/
/** What a new file may be before the umask: read and written by all. */
const NEW_FILE_MODE = 0o666
/** Systems and file systems on which a folder cannot be opened or forced to disk answer one of these. */
const NO_FOLDER_SYNC: ReadonlySet<string | undefined> = new Set([
  'EINVAL',
  'EISDIR',
  'EPERM',
  'ENOTSUP',
  'ENOSYS',
])

/** Replaces the file as a whole or not at all. A symbolic link stays one, and the file it leads to is replaced. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const place = await placeOf(path)
  const mode = (await unlessAbsent(stat(place)))?.mode
  const temporary = temporaryBeside(place)
  try {
    await writeNewFile(temporary, bytes, mode)
    await rename(temporary, place)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolderOf(place)
}

/** Where a file's content really lives: what its symbolic link leads to, or itself. */
export async function placeOf(path: string): Promise<string> {
  return (await unlessAbsent(realpath(path))) ?? path
}

/** Creates a file that must not exist yet and forces it to disk; on failure there is none. */
export async function writeNewFile(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  const file = await open(path, 'wx', NEW_FILE_MODE)
  try {
    if (mode !== undefined) await file.chmod(mode & 0o7777)
    await file.writeFile(bytes)
    await file.sync()
    await file.close()
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(path, { force: true }).catch(() => undefined)
    throw error
  }
}

/** A name in the same folder, and so on the same file system, that nobody else uses. */
export function temporaryBeside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.tmp`
}

/**
 * Removes the temporary files of a file that writers left when they were killed. Nobody may be writing it now. What
 * cannot be listed is left: whoever writes to the folder next learns what is wrong with it.
 */
export async function removeTemporariesBeside(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)]
  for (const each of await readdir(folder).catch(() => []))
    if (each.startsWith(name) && TEMPORARY.test(each.slice(name.length))) await rm(join(folder, each))
}

/** Forces names made, changed or removed in a file's folder to disk, where that is possible at all. */
export async function syncFolderOf(path: string): Promise<void> {
  let folder: FileHandle | undefined
  try {
    folder = await open(dirname(path), 'r')
    await folder.sync()
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(codeOf(error))) throw error
  } finally {
    await folder?.close()
  }
}

export async function readIfPresent(path: string): Promise<Buffer | undefined> {
  return unlessAbsent(readFile(path))
}

/** undefined instead of ENOENT. */
export async function unlessAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
