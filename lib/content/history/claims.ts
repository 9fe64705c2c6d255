/**
 * A history of oc-mirror v1 and a target → which image should be there under which tag, and why it was mirrored. Whether it
 * is there is for whoever asks the target.
 *
 * A registry that v1 copied to directly is named in the history; of what went by way of a disk only the path is known, and it
 * went below the target's prefix. What it put into other registries is left out.
 */
import { SyntaxFault } from '../../errors.ts'
import type { Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import {
  isRepositoryPath,
  isTag,
  parseReference,
  type Reference,
  type RepositoryPath,
  type Tag,
} from '../../oci/reference.ts'
import type { ImageSource } from '../../provider.ts'
import { type Destination, destinationKey, type TargetAddress } from '../../target.ts'
import type { HistoricImage } from './history.ts'

export interface HistoricClaim {
  readonly destination: Destination
  readonly source: ImageSource
  /** Absent where any will do: v1 made the image and did not record what came of it. */
  readonly digest?: Digest
  readonly origins: readonly Origin[]
}

export interface HistoricClaims {
  /** Each destination and digest once. */
  readonly claims: readonly HistoricClaim[]
  /** Images that v1 put elsewhere, or that have no tag by which they could be kept. */
  readonly leftOut: number
}

const RELEASE_TAG = /^(\d.*?)-(x86_64|aarch64|ppc64le|s390x|multi)(?:-(.+))?$/

/** @param nest folds a path that is too long for the target, prefix included */
export function claimsOf(
  images: readonly HistoricImage[],
  target: TargetAddress,
  nest: (path: RepositoryPath) => RepositoryPath,
): HistoricClaims {
  const claims = new Map<string, HistoricClaim>()
  let leftOut = 0
  for (const image of images) {
    const destination = destinationOf(image, target, nest)
    const source = sourceOf(image.name)
    if (destination === undefined || source === undefined) leftOut += 1
    else
      claims.set(`${destinationKey(destination)}@${image.digest}`, {
        destination,
        source,
        digest: image.digest,
        origins: [originOf(image, destination)],
      })
  }
  return { claims: [...claims.values()], leftOut }
}

function destinationOf(
  { place }: HistoricImage,
  target: TargetAddress,
  nest: (path: RepositoryPath) => RepositoryPath,
): Destination | undefined {
  if (place.kind === 'path') {
    const path = place.path.replace(/^\/+|\/+$/g, '')
    if (!isRepositoryPath(path) || place.tag === undefined || !isTag(place.tag)) return undefined
    return { repository: nest(path), tag: place.tag }
  }
  const reference = referenceIn(place.text)
  if (reference === undefined || target.kind !== 'registry' || reference.host !== target.host)
    return undefined
  if (target.prefix !== '' && !reference.path.startsWith(`${target.prefix}/`)) return undefined
  const tag = reference.tag ?? tagIn(place.tag)
  return tag === undefined ? undefined : { repository: reference.path, tag }
}

/** Why it was mirrored, as far as v1 says it: of an operator's image neither package nor bundle is known. */
function originOf({ kind, name }: HistoricImage, { repository, tag }: Destination): Origin {
  switch (kind) {
    case 'ocpRelease':
    case 'ocpReleaseContent':
      return releaseIn(tag) ?? { kind: 'additionalImage', name }
    case 'cincinnatiGraph':
      return { kind: 'graphData' }
    case 'operatorCatalog':
      return { kind: 'catalog', catalog: name }
    case 'operatorBundle':
    case 'operatorRelatedImage':
      return {
        kind: 'bundle',
        catalog: 'oc-mirror v1',
        package: repository.slice(repository.lastIndexOf('/') + 1),
        bundle: name,
        channels: [],
      }
    case 'generic':
      return { kind: 'additionalImage', name }
    default:
      return kind satisfies never
  }
}

/** `4.16.8-x86_64-etcd` */
function releaseIn(tag: Tag): Origin | undefined {
  const [, version, architecture, component] = RELEASE_TAG.exec(tag) ?? []
  if (version === undefined || architecture === undefined) return undefined
  return {
    kind: 'release',
    version,
    architecture,
    channels: [],
    ...(component !== undefined && { component }),
  }
}

function sourceOf(name: string): ImageSource | undefined {
  if (name.startsWith('oci:')) return { kind: 'layout', folder: name.replace(/^oci:(?:\/\/)?/, '') }
  const reference = referenceIn(name)
  return reference === undefined ? undefined : { kind: 'registry', reference }
}

function tagIn(text: string | undefined): Tag | undefined {
  return text !== undefined && isTag(text) ? text : undefined
}

function referenceIn(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}
