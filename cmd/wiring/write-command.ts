/**
 * A command as bytes → an executable file. The folder is tried before anything is read, since reading takes long; the file
 * takes its name only when it is complete.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf, UsageError } from '../../lib/errors.ts'
import { makeFolder } from '../../providers/folders.ts'

const EXECUTABLE = 0o755

/**
 * Tries the folder, and leaves nothing there. One that is missing will be made, in a folder that is there.
 *
 * @throws UsageError when nothing can be written there
 */
export async function checkFolder(folder: string): Promise<void> {
  await telling(folder, async () => {
    const found = await stat(folder).catch(() => undefined)
    if (found === undefined) return tryToMake(folder)
    if (!found.isDirectory()) throw new UsageError(`${folder} is a file`, { hint: 'name a folder with --to' })
    const trial = temporaryIn(folder, 'trial')
    await (await open(trial, 'wx')).close()
    await rm(trial)
  })
}

async function tryToMake(folder: string): Promise<void> {
  await mkdir(folder)
  await rmdir(folder)
}

/** @returns the path. @throws UsageError when it cannot be written; what was there before is still there then */
export async function writeCommand(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name)
  const temporary = temporaryIn(folder, name)
  await telling(path, async () => {
    await makeFolder(folder)
    try {
      const file = await open(temporary, 'wx', EXECUTABLE)
      try {
        await file.writeFile(bytes)
        await file.chmod(EXECUTABLE)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined)
      throw error
    }
  })
  return path
}

function temporaryIn(folder: string, name: string): string {
  return join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`)
}

async function telling(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`cannot write to ${path}: ${reasonOf(cause, path)}`, {
      hint: 'name a folder that exists, can be written and has room for a large file, with --to',
      cause,
    })
  }
}

function reasonOf(cause: unknown, path: string): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'ENOENT':
      return `there is no folder ${dirname(path)}`
    case 'ENOTDIR':
      return 'a part of its path is a file'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full'
    case 'EISDIR':
      return 'there is a folder of that name'
    default:
      return messageOf(cause)
  }
}
