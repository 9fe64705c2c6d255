/** The folders below `working-dir`, made where they are not there: oc-mirror makes them without being asked. */
import { MirrorformError, messageOf } from '../../../lib/errors.ts'
import { makeFolder } from '../../../providers/folders.ts'

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
