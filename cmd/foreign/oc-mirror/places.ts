/**
 * Where a command line of oc-mirror v2 reads and writes: which of the three ways it means (to disk, from disk, from registry
 * to registry), and the folders that follow from that.
 */
import { basename, join } from 'node:path'
import { UsageError } from '../../../lib/errors.ts'
import { parseTarget } from '../../../lib/target.ts'

export type MirrorWay =
  | { readonly way: 'to disk'; readonly disc: string; readonly workspace: string }
  | { readonly way: 'from disk'; readonly disc: string; readonly to: string; readonly workspace: string }
  | { readonly way: 'between registries'; readonly to: string; readonly workspace: string }

export interface WayArguments {
  readonly destination?: string | undefined
  readonly config?: readonly string[] | undefined
  readonly from?: string | undefined
  readonly workspace?: string | undefined
}

const WORKING_FOLDER = 'working-dir'
/** What may follow `oc mirror`. */
const COMMANDS: readonly string[] = ['delete', 'list', 'completion']

/** @throws UsageError naming what does not go together (oc-mirror v2, flag checks) */
export function chooseWay({ destination, config, from, workspace }: WayArguments): MirrorWay {
  if (config === undefined)
    throw new UsageError('no image set', { hint: 'name it with -c FILE: it says what is mirrored' })
  if (destination === undefined)
    throw new UsageError('mirror: where to is missing', {
      hint: 'write file://FOLDER to mirror to disk, docker://HOST[/PREFIX] to mirror to a registry',
    })
  const address = /^(?:file|docker):\/\//.test(destination) ? parseTarget(destination) : undefined
  if (address?.kind === 'archive') {
    const given = [
      ['--from', from],
      ['--workspace', workspace],
    ].find(([, value]) => value !== undefined)
    if (given !== undefined)
      throw new UsageError(`file://… and ${given[0]} exclude each other`, {
        hint: 'mirror to disk needs neither; its workspace is working-dir in the folder',
      })
    return { way: 'to disk', disc: address.folder, workspace: join(address.folder, WORKING_FOLDER) }
  }
  if (address?.kind !== 'registry')
    throw new UsageError(`"${destination}" is neither file://… nor docker://…`, {
      hint: COMMANDS.includes(destination)
        ? `it is a command of its own here: mirrorform ${destination} …`
        : 'write file://FOLDER to mirror to disk, docker://HOST[/PREFIX] to mirror to a registry',
    })
  if (from !== undefined && workspace !== undefined)
    throw new UsageError('--from and --workspace exclude each other', {
      hint: 'from disk to a registry takes --from, from registry to registry --workspace',
    })
  if (from !== undefined) {
    const disc = folderOf('--from', from)
    return { way: 'from disk', disc, to: destination, workspace: join(disc, WORKING_FOLDER) }
  }
  if (workspace === undefined)
    throw new UsageError('docker://… needs --from or --workspace', {
      hint: 'from disk to a registry: --from file://FOLDER; from registry to registry: --workspace file://FOLDER',
    })
  return { way: 'between registries', to: destination, workspace: workingFolder(workspace) }
}

/** Of `--workspace file://W`: `W/working-dir`, or W where it is called that. @throws UsageError */
export function workingFolder(workspace: string): string {
  const folder = folderOf('--workspace', workspace)
  return basename(folder) === WORKING_FOLDER ? folder : join(folder, WORKING_FOLDER)
}

/** `file://w` → `w`. @throws UsageError */
function folderOf(option: string, text: string): string {
  const address = text.startsWith('file://') ? parseTarget(text) : undefined
  if (address?.kind === 'archive') return address.folder.replace(/(?<=.)\/+$/, '')
  throw new UsageError(`${option} ${text} is not a folder`, { hint: `write ${option} file://FOLDER` })
}
