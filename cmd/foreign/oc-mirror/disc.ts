/**
 * The folder that `mirror` writes to disk: one archive for each run that has something new, each in a folder of its own
 * (`archive-1`, `archive-2`, …), and in `working-dir` the state that tells what went before. Nothing is overwritten, so an
 * archive that was not carried yet is not lost to the next run.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readState } from '../../../lib/apply/session.ts'
import { openStateFile } from '../../../state/index.ts'

/**
 * Stands for whichever registry the disc is taken to: a name that no registry can have (RFC 2606). Repositories get the
 * names they have without a prefix, and the far side puts its own before them.
 */
export const ANY_REGISTRY = 'docker://any-registry.invalid'

const STATE_FILE = 'mirrorform.state.json'
const ARCHIVE_FOLDER = /^archive-(\d+)$/

export function stateOnDisc(workspace: string): string {
  return join(workspace, STATE_FILE)
}

/** Where the next archive goes. @throws StateError */
export async function nextArchive(disc: string, statePath: string): Promise<string> {
  const { loaded } = await readState(openStateFile(statePath))
  const numbers = (loaded?.state.archives ?? []).map(({ number }) => number)
  return join(disc, `archive-${Math.max(0, ...numbers) + 1}`)
}

/** Archives of mirrorform on a disc, in their order; the disc itself where it has none in folders of their own. */
export function archivesOn(disc: string): readonly string[] {
  if (!existsSync(disc)) return [disc]
  const found = readdirSync(disc, { withFileTypes: true }).flatMap(entry => {
    const number = ARCHIVE_FOLDER.exec(entry.name)?.[1]
    const folder = join(disc, entry.name)
    return number !== undefined && existsSync(join(folder, 'archive.json'))
      ? [{ number: Number(number), folder }]
      : []
  })
  if (found.length === 0) return [disc]
  return found.toSorted((a, b) => a.number - b.number).map(({ folder }) => folder)
}
