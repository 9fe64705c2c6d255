/**
 * Cluster resources that oc-mirror left in a workspace → put aside, so that ours can be written there: oc-mirror empties the
 * folder at the start of every run, mirrorform never touches what it did not write. Whatever ends a run, they are in one of
 * the two places.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { MirrorformError, messageOf } from '../../../lib/errors.ts'
import { LIST_NAME } from '../../../lib/resources/index.ts'

/** Whether it is a folder with files in it, and not ours. */
export function isForeign(folder: string): boolean {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isFolder && !existsSync(join(folder, LIST_NAME)) && readdirSync(folder).length > 0
}

/**
 * Does the work with the folder put aside. Where it ends without one in its place, that comes back.
 *
 * @param note is told where it is
 * @throws MirrorformError where it cannot be moved; nothing was done then
 */
export async function withSetAside<T>(
  folder: string,
  note: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const place = freePlace(folder)
  try {
    await rename(folder, place)
  } catch (cause) {
    throw new MirrorformError(
      `cannot move what oc-mirror wrote to ${folder} out of the way: ${messageOf(cause)}`,
      {
        hint: `move it yourself: mv ${folder} ${place}`,
        cause,
      },
    )
  }
  note(
    `What oc-mirror wrote to ${folder} is in ${place} now. Compare the two before you apply the new one: it is for the images that the state holds.`,
  )
  try {
    return await work()
  } finally {
    if (!existsSync(folder)) await putBack(place, folder, note)
  }
}

/** Keeps to itself why it could not: what ended the work is what matters, and the place was told. */
async function putBack(place: string, folder: string, note: (text: string) => void): Promise<void> {
  const isBack = await rename(place, folder).then(
    () => true,
    () => false,
  )
  if (isBack) note(`Nothing was written there: it is in ${folder} again.`)
}

/** No earlier one is replaced. */
function freePlace(folder: string): string {
  const name = (at: number): string => `${folder}-of-oc-mirror${at === 1 ? '' : `-${at}`}`
  let at = 1
  while (existsSync(name(at))) at += 1
  return name(at)
}
