/**
 * Where a wanted image goes: the target's prefix, the image's path below it, and the limit on path components.
 *
 * Naming is oc-mirror v2's, so that a mirror it made is adopted and not copied again. Two sources that would meet at
 * one destination are refused here, before anything is asked from anybody.
 */
import type { WantedImage } from '../content/wanted.ts'
import { PlanError } from '../errors.ts'
import { formatPlatform } from '../oci/platform.ts'
import {
  formatReference,
  isTag,
  parseReference,
  parseRepositoryPath,
  type RepositoryPath,
  repositoryName,
} from '../oci/reference.ts'
import type { ImageSource } from '../provider.ts'
import {
  compareText,
  type Destination,
  destinationKey,
  formatDestination,
  type TargetAddress,
} from '../target.ts'
import type { MadeImage, Origin } from './graph.ts'
import { mergeOrigins } from './origins.ts'
import type { PlatformIndexMode } from './platform-choice.ts'

export interface PlacedImage {
  readonly destination: Destination
  readonly source: ImageSource
  readonly platforms: readonly string[]
  readonly platformIndex?: PlatformIndexMode
  readonly origins: readonly Origin[]
  readonly made?: MadeImage
  readonly releaseSignatures?: readonly string[]
}

/** The canonical text of a source, as state and plan record it. */
export function formatSource(source: ImageSource): string {
  if (source.kind === 'registry') return formatReference(source.reference)
  return source.tag === undefined ? `oci:${source.folder}` : `oci:${source.folder}:${source.tag}`
}

/**
 * The repository at the target's host. With `maxNestedPaths` N > 0 a path of more than N components, prefix included,
 * keeps its first N − 1 and joins the rest with `-` (oc-mirror v2, `--max-nested-paths`; N = 1 joins all).
 */
export function placeRepository(
  target: TargetAddress,
  path: RepositoryPath,
  maxNestedPaths: number,
): RepositoryPath {
  const prefix = target.kind === 'registry' ? target.prefix : ''
  const components = (prefix === '' ? path : `${prefix}/${path}`).split('/')
  if (maxNestedPaths < 1 || components.length <= maxNestedPaths)
    return parseRepositoryPath(components.join('/'))
  const kept = components.slice(0, maxNestedPaths - 1)
  return parseRepositoryPath([...kept, components.slice(maxNestedPaths - 1).join('-')].join('/'))
}

/**
 * Places every wanted image; the same source wanted twice becomes one image with both origins and the platforms of
 * both (oc-mirror v2, platform filter: the union where several name the same origin). Sorted by destination.
 *
 * @throws PlanError naming both sources of every destination that more than one source would write.
 */
export function placeImages(
  target: TargetAddress,
  wanted: readonly WantedImage[],
  maxNestedPaths: number,
): readonly PlacedImage[] {
  const placed = wanted.map((image): PlacedImage => {
    const destination = {
      repository: placeRepository(target, image.repository, maxNestedPaths),
      tag: image.tag,
    }
    const platforms = [...new Set(image.platforms.map(formatPlatform))].sort(compareText)
    const { source, origins, platformIndex, made, releaseSignatures } = image
    return {
      destination,
      source,
      platforms,
      ...(platformIndex !== undefined && { platformIndex }),
      origins: mergeOrigins(origins),
      ...(made !== undefined && { made }),
      ...(releaseSignatures !== undefined && { releaseSignatures }),
    }
  })
  return joinPlaced(target, placed)
}

/** The same for images that are placed already, wherever they were collected. @throws PlanError */
export function joinPlaced(target: TargetAddress, images: readonly PlacedImage[]): readonly PlacedImage[] {
  const placed = new Map<string, PlacedImage>()
  const clashes: string[] = []
  for (const next of images) {
    const key = destinationKey(next.destination)
    const before = placed.get(key)
    if (before === undefined) placed.set(key, next)
    else if (isSame(before, next)) placed.set(key, merge(before, next))
    else clashes.push(describeClash(formatDestination(target, next.destination), before, next))
  }
  if (clashes.length > 0)
    throw new PlanError(clashes.join('\n'), {
      hint: 'give one of them its own place: an image with targetRepo or targetTag, a catalog with targetCatalog or targetTag, a mapping with another destination',
    })
  return [...placed.entries()].sort(([a], [b]) => compareText(a, b)).map(([, image]) => image)
}

/** Images put together here are the same when their roots are, whatever they were made from. */
function isSame(a: PlacedImage, b: PlacedImage): boolean {
  if (a.made?.root !== b.made?.root) return false
  return a.made !== undefined || contentName(a.source) === contentName(b.source)
}

/** Of tag and digest the digest says which content it is. */
function contentName(source: ImageSource): string {
  if (source.kind === 'layout' || source.reference.digest === undefined) return formatSource(source)
  return `${repositoryName(source.reference)}@${source.reference.digest}`
}

function merge(a: PlacedImage, b: PlacedImage): PlacedImage {
  const all = a.platforms.length === 0 || b.platforms.length === 0
  const platforms = all ? [] : [...new Set([...a.platforms, ...b.platforms])].sort(compareText)
  const platformIndex = a.platformIndex ?? b.platformIndex
  const signatures = [...(a.releaseSignatures ?? []), ...(b.releaseSignatures ?? [])]
  return {
    ...a,
    platforms,
    ...(platformIndex !== undefined && { platformIndex }),
    origins: mergeOrigins([...a.origins, ...b.origins]),
    ...(signatures.length > 0 && { releaseSignatures: [...new Set(signatures)].sort(compareText) }),
  }
}

function describeClash(destination: string, a: PlacedImage, b: PlacedImage): string {
  return `two sources meet at ${destination}: ${describeSource(a)} and ${describeSource(b)}`
}

function describeSource({ source, made }: PlacedImage): string {
  const name = formatSource(source)
  return made === undefined ? name : `${made.root}, made from ${name}`
}

/** Reads what `formatSource` writes. @throws SyntaxFault */
export function parseSource(text: string): ImageSource {
  if (!text.startsWith('oci:')) return { kind: 'registry', reference: parseReference(text) }
  const rest = text.slice('oci:'.length)
  const colon = rest.lastIndexOf(':')
  const tag = rest.slice(colon + 1)
  return colon > 0 && isTag(tag)
    ? { kind: 'layout', folder: rest.slice(0, colon), tag }
    : { kind: 'layout', folder: rest }
}
