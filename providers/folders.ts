/**
 * Makes folders, and makes what happened in them last: for everything that writes files.
 *
 * Node's own recursive `mkdir` never ends below a folder that lets nothing be made and says ENOENT about it, as /proc
 * and automounted homes do.
 */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** With all folders above it; one that is there stays. @throws the file system's own errors */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await makeOne(folder)
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Makes names in a folder durable. Windows cannot open folders, and does not need to. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
