/**
 * Files that a command of oc leaves beside the mirror, into the folder that a person names. It is made when the first file is
 * written; whether it could be is looked at before the long work begins.
 */
import { access, constants, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { MirrorformError, messageOf } from '../../lib/errors.ts'
import { makeFolder } from '../../providers/folders.ts'
import { replaceFile } from '../../state/index.ts'

interface NamedFile {
  /** In the folder. */
  readonly name: string
  readonly text: string
}

/** @param option that names the folder. @throws MirrorformError where neither it nor a folder for it can be written */
export async function checkFolder(folder: string, option: string): Promise<void> {
  try {
    await access(await nearestThere(resolve(folder)), constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw notWritten(folder, option, cause)
  }
}

/**
 * Each file is replaced as a whole. oc replaces what is there without a word; here it is told.
 *
 * @param option that names the folder
 * @throws MirrorformError
 */
export async function writeFiles(
  folder: string,
  files: readonly NamedFile[],
  option: string,
  note: (text: string) => void,
): Promise<void> {
  try {
    await makeFolder(folder)
    for (const { name, text } of files) {
      const path = join(folder, name)
      const before = await readFile(path, 'utf8').catch(() => undefined)
      if (before === text) continue
      await replaceFile(path, Buffer.from(text))
      if (before !== undefined) note(`${path} was there with other content: it is replaced`)
    }
  } catch (cause) {
    throw notWritten(folder, option, cause)
  }
}

/** The folder, or the first one above it that is there. @throws Error where that is a file */
async function nearestThere(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return path
  if (found !== undefined) throw new Error(`${path} is a file`)
  return nearestThere(dirname(path))
}

function notWritten(folder: string, option: string, cause: unknown): MirrorformError {
  return new MirrorformError(`cannot write into the folder ${folder}: ${messageOf(cause)}`, {
    hint: `${option} names the folder; it is made where it is not there`,
    cause,
  })
}
