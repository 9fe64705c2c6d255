/**
 * Where a catalog and the images of its bundles go (oc-mirror v2 naming, and that of v1 for its image sets), so that a
 * mirror it made is adopted.
 *
 * A catalog keeps its path and tag unless the image set names others; a layout folder gives its last name. What is known by
 * digest alone is tagged `sha256-<hex>`: an image by its own digest, a catalog by that of what is published.
 */
import type { OperatorSection } from '../../config/index.ts'
import { PlanError } from '../../errors.ts'
import type { Digest } from '../../oci/digest.ts'
import {
  inheritedTag,
  isRepositoryPath,
  parseTag,
  type Reference,
  type RepositoryPath,
  repositoryName,
  type Tag,
  tagByDigest,
} from '../../oci/reference.ts'
import { legacyTag, shortDigestTag } from './legacy-names.ts'

export interface Place {
  readonly repository: RepositoryPath
  readonly tag: Tag
}

/** Where an image of a bundle goes. @param written the reference as the catalog has it */
export type PlaceOf = (reference: Reference, written: string) => Place

const LATEST: Tag = parseTag('latest')

/**
 * What the catalog is called in titles and origins: with its tag, also where it is pinned by digest and the tag is written
 * as `targetTag`; that way it keeps its name when it is pinned, or pinned anew.
 */
export function catalogName({ catalog, source, targetTag }: OperatorSection): string {
  if (source.kind === 'layout') return catalog
  const tag = source.reference.tag ?? targetTag
  return tag === undefined ? catalog : `${repositoryName(source.reference)}:${tag}`
}

/** @param published the digest at the target: of the catalog as it is, or of the one made of it */
export function catalogPlace(section: OperatorSection, published: Digest): Place {
  const { source, targetCatalog, targetTag } = section
  const repository = targetCatalog ?? repositoryOf(section)
  switch (source.kind) {
    case 'layout':
      return { repository, tag: targetTag ?? source.tag ?? LATEST }
    case 'registry':
      return { repository, tag: targetTag ?? source.reference.tag ?? tagByDigest(published) }
    default:
      return source satisfies never
  }
}

/** @param reference with tag or digest */
export function imagePlace(reference: Reference): Place {
  return { repository: reference.path, tag: inheritedTag(reference) }
}

/** Of the images of a catalog, by whichever rules hold for it. */
export function imagePlaces({ v1, source }: OperatorSection): PlaceOf {
  if (v1 === undefined) return imagePlace
  return (reference, written) => ({
    repository: reference.path,
    tag:
      source.kind === 'layout' && reference.tag === undefined && reference.digest !== undefined
        ? shortDigestTag(reference.digest)
        : legacyTag(written, reference),
  })
}

function repositoryOf({ catalog, source, place }: OperatorSection): RepositoryPath {
  if (source.kind === 'registry') return source.reference.path
  const name = source.folder.slice(source.folder.lastIndexOf('/') + 1)
  if (isRepositoryPath(name)) return name
  throw new PlanError(`${place}: the folder of ${catalog} cannot be used as a repository path`, {
    hint: 'set targetCatalog to the repository path at the destination',
  })
}
