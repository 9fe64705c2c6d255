/**
 * The folders below `working-dir`, made where they are not there: oc-mirror makes them without being asked. The files that say
 * what is wanted are looked at first, so that a misspelt one leaves nothing behind.
 */
import { statSync } from 'node:fs'
import { MirrorformError, messageOf } from '../../../lib/errors.ts'
import { makeFolder } from '../../../providers/folders.ts'
import { readText } from '../../wiring/read-text.ts'

/** @throws MirrorformError */
export async function makeWorkspace(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
  } catch (cause) {
    throw new MirrorformError(`cannot make the folder ${folder}: ${messageOf(cause)}`, {
      hint: 'name a folder that can be written; a file may be in its place',
      cause,
    })
  }
}

/** Pipes are passed over: they can be read only once, which planning does. @throws UsageError */
export async function refuseUnreadable(
  paths: readonly string[],
  noun: 'image set' | 'configuration',
): Promise<void> {
  for (const path of paths) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined || found.isFile()) await readText(path, noun)
  }
}
