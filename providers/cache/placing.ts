/** Puts a file of the cache in its place so that a reader of the same moment never sees half of it. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from '../folders.ts'

/** Written beside its place and renamed. @throws the file system's own errors, and leaves nothing behind then */
export async function place(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.${placed++}`
  try {
    await write(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

let placed = 0

/** The folder is made when it is missed, not asked for with every file. */
async function write(file: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(file, content)
  } catch (error) {
    if (!isMissing(error)) throw error
    await makeFolder(dirname(file))
    await writeFile(file, content)
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
