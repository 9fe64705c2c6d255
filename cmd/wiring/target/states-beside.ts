/**
 * A place of which no state is found -> states of the same place under other names beside where it would be: of a target that was
 * renamed in its kind: Mirror file, or that had no such file before. Whoever begins anew there no longer owns what was mirrored.
 */
import { open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatTarget, type TargetAddress } from '../../../lib/target.ts'
import { openStateFile } from '../../../state/index.ts'

const STATE_FILE = /\.state\.json$/
/** Bytes at the beginning of a state, which name its target: states of other places are not read any further. */
const HEAD = 4096

/** Paths as they would be given; what cannot be read is no state. */
export async function statesBeside(statePath: string, address: TargetAddress): Promise<readonly string[]> {
  const folder = dirname(statePath)
  const names = await readdir(folder).catch(() => [])
  const meant = formatTarget(address)
  const found: string[] = []
  for (const name of names.filter(each => STATE_FILE.test(each)).sort()) {
    const path = join(folder, name)
    if (!(await headOf(path)).includes(JSON.stringify(meant))) continue
    const loaded = await openStateFile(path)
      .read()
      .catch(() => undefined)
    if (loaded !== undefined && formatTarget(loaded.state.target) === meant) found.push(path)
  }
  return found
}

async function headOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  try {
    const read = await file?.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    return read === undefined ? '' : read.buffer.toString('utf8', 0, read.bytesRead)
  } catch {
    return ''
  } finally {
    await file?.close()
  }
}

/** For a plan that begins a state; none where there is no other. */
export async function notesOnStates(statePath: string, address: TargetAddress): Promise<readonly string[]> {
  const others = await statesBeside(statePath, address)
  return others.map(
    path =>
      `${path} is a state of this place already, and ${statePath} will be a second one, which owns nothing of what is there: if the target was only renamed, rename that file too, or name it with state: or --state`,
  )
}
