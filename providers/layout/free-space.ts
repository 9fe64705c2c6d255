/** How much a folder can still take: the space its file system has for this user, asked where the folder will be. */
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { isMissing } from './landing.ts'

/** Bytes; undefined where the file system does not tell. A folder that does not exist yet counts as the nearest above. */
export async function freeBytesAt(folder: string): Promise<number | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      const { bavail, bsize, blocks } = await statfs(at)
      return blocks === 0 ? undefined : bavail * bsize
    } catch (error) {
      if (!isMissing(error) || at === path.dirname(at)) return undefined
    }
  }
}
