/**
 * A folder that images are read from: an OCI layout, or one repository by a folder of its own. `DIR/v2/openshift/release` is
 * that where `oc image mirror --dir DIR` wrote, and where mirrorform keeps a layout in `DIR/v2` in its place.
 */
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Tag } from '../../../lib/oci/reference.ts'
import type { RepositoryReader } from '../../../lib/provider.ts'
import { openLayoutSource } from '../../../providers/layout/index.ts'
import { isMirrorRepository, openMirrorRepository } from '../../../providers/oc-mirror/mirror-repository.ts'

/**
 * Nothing is read before the first question.
 *
 * @param opened readers by folder; one of a repository serves all its tags
 */
export function openFolder(
  folder: string,
  tag: Tag | undefined,
  opened: Map<string, RepositoryReader>,
): RepositoryReader {
  const known = opened.get(folder)
  if (known !== undefined) return known
  const repository = openRepository(folder)
  if (repository === undefined) return openLayoutSource(folder, tag)
  opened.set(folder, repository)
  return repository
}

function openRepository(folder: string): RepositoryReader | undefined {
  if (isLayout(folder)) return undefined
  if (isMirrorRepository(folder)) return openMirrorRepository(folder)
  const layout = layoutAbove(resolve(folder))
  if (layout === undefined) return undefined
  const path = relative(layout, resolve(folder)).split(sep).join('/')
  return openLayoutSource(layout, `${path}:latest`)
}

function layoutAbove(folder: string): string | undefined {
  const above = dirname(folder)
  if (above === folder) return undefined
  return isLayout(above) ? above : layoutAbove(above)
}

function isLayout(folder: string): boolean {
  return existsSync(join(folder, 'oci-layout'))
}
