/** The names after `--from` -> archives of ours, or what another tool left on a disk. */
import { existsSync, statSync } from 'node:fs'
import { PlaceError, UsageError } from '../../../lib/errors.ts'
import { parseTarget } from '../../../lib/target.ts'
import { detectSource } from '../../../providers/oc-mirror/index.ts'

export type FromNames =
  | { readonly kind: 'archives'; readonly folders: readonly string[] }
  /** Folders, and files of archives. */
  | { readonly kind: 'stored'; readonly paths: readonly string[] }

/**
 * @throws UsageError for a registry, for both kinds at once, and for a workspace; PlaceError for what is not there, and for
 *   what nobody knows
 */
export async function sortFromNames(texts: readonly string[]): Promise<FromNames> {
  const paths = texts.map(pathOf)
  const kinds = new Set(await Promise.all(paths.map(kindOf)))
  if (!kinds.has('stored')) return { kind: 'archives', folders: paths }
  if (kinds.size === 1) return { kind: 'stored', paths }
  throw new UsageError(`${texts.join(' and ')} were written by different tools`, {
    hint: 'import archives of mirrorform and those of other tools one after the other',
  })
}

/** `file:///media/disc`, `oci:///srv/layout` and `/media/disc/mirror_000001.tar` → the path. @throws UsageError */
function pathOf(text: string): string {
  const path = folderNamed(text)
  if (path !== undefined) return path
  throw new UsageError(`--from ${text} is not an archive`, {
    hint: 'name the folder the archive is in: --from file:///media/disc',
  })
}

/** A path, with or without its scheme; undefined for a registry. @throws UsageError */
export function folderNamed(text: string): string | undefined {
  const address = text.includes('://') ? parseTarget(text) : undefined
  if (address === undefined) return text
  return address.kind === 'registry' ? undefined : address.folder
}

async function kindOf(path: string): Promise<FromNames['kind']> {
  if (!existsSync(path))
    throw new PlaceError(`there is nothing at ${path}`, {
      hint: 'check the path, and that the disc is mounted',
    })
  if (statSync(path).isFile()) return 'stored'
  const kind = await detectSource(path)
  if (kind !== 'workspace') return kind === 'archive' ? 'archives' : 'stored'
  throw new UsageError(`${path} is the workspace of oc-mirror v2, which holds no images`, {
    hint: 'name the folder of its archive or of its cache; what the workspace put into a registry is taken over with `mirrorform import --oc-mirror-workspace`',
  })
}
