/**
 * Images of a mirror -> `SRC=DST` lines that `oc image mirror -f` and `plan --mapping` read: by digest where an image is
 * wanted by digest, sorted. What mirrorform puts together itself has no source: it is a comment, so that it is not missed.
 */
import { UsageError } from '../errors.ts'
import type { ImageContent, ManifestStore } from '../graph/graph.ts'
import { parseSource } from '../graph/naming.ts'
import { formatReference } from '../oci/reference.ts'
import { compareText, formatDestination, formatTarget, type TargetAddress } from '../target.ts'

export interface MappingLines {
  /** Empty where there are no images. */
  readonly text: string
  readonly images: number
  /** Images that no source has as they are. */
  readonly made: number
  /** Images of which only some platforms are wanted, which a line cannot say. */
  readonly chosen: number
}

/** Places in a folder have no host. @throws UsageError */
export function refuseUnnamed(target: TargetAddress): void {
  if (target.kind === 'registry') return
  throw new UsageError(`images in ${formatTarget(target)} have no names that a mapping could say`, {
    hint: 'mappings are written for a registry: --to docker://HOST[/PREFIX]',
  })
}

/** @throws UsageError for a folder */
export function mappingLines(
  target: TargetAddress,
  images: readonly ImageContent[],
  { manifests }: Pick<ManifestStore, 'manifests'>,
): MappingLines {
  refuseUnnamed(target)
  const isMade = ({ digest }: ImageContent) => manifests.get(digest)?.text !== undefined
  const made = images.filter(isMade)
  const copied = images.filter(image => !isMade(image))
  const nameOf = ({ destination }: ImageContent) => formatDestination(target, destination)
  const lines = [
    ...copied.map(image => `${sourceName(image)}=${nameOf(image)}`).sort(compareText),
    ...made.map(image => `# made by mirrorform, no registry has it: ${nameOf(image)}`).sort(compareText),
  ]
  return {
    text: lines.map(line => `${line}\n`).join(''),
    images: copied.length,
    made: made.length,
    chosen: copied.filter(({ platforms }) => platforms.length > 0).length,
  }
}

/** Of tag and digest the digest says more, and not every tool takes both. */
function sourceName({ source: text }: ImageContent): string {
  const source = parseSource(text)
  if (source.kind === 'layout')
    return `oci://${source.folder}${source.tag === undefined ? '' : `:${source.tag}`}`
  const { tag, digest, ...repository } = source.reference
  if (digest !== undefined) return formatReference({ ...repository, digest })
  return formatReference({ ...repository, ...(tag !== undefined && { tag }) })
}
