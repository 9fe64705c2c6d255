/**
 * `mirror.additionalImages` -> wanted images: which repository and tag each one gets (oc-mirror v2 naming; for image sets of
 * v1 with v1's tags for digests).
 *
 * The path of the source is kept and its host dropped. An image named by digest alone is tagged `sha256-<hex>`; one
 * named by tag and digest is pulled by digest and keeps the tag. A layout folder's repository is its path.
 */
import {
  type AdditionalImage,
  type ImageSet,
  repositoryOfFolder,
  v1TagsByDigest,
} from '../../config/index.ts'
import { inheritedTag, parseTag, type RepositoryPath, type Tag } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'

const LATEST: Tag = parseTag('latest')

/** In the order of the image set. Nothing is dropped: blocking is `isBlocked`, and duplicates are for the graph. */
export function collectAdditionalImages(imageSet: ImageSet): readonly WantedImage[] {
  const { additionalImages } = imageSet
  const v1Tags = imageSet.v1 === undefined ? undefined : v1TagsByDigest(additionalImages)
  return additionalImages.map(image => {
    const { repository, tag } = destinationOf(image)
    return {
      source: image.source,
      repository,
      tag: v1Tags?.get(image) ?? tag,
      platforms: image.platforms,
      origins: [{ kind: 'additionalImage', name: image.name }],
    }
  })
}

function destinationOf(image: AdditionalImage): { repository: RepositoryPath; tag: Tag } {
  const { source, targetRepo, targetTag } = image
  switch (source.kind) {
    case 'registry':
      return {
        repository: targetRepo ?? source.reference.path,
        tag: targetTag ?? inheritedTag(source.reference),
      }
    case 'layout':
      return {
        repository: targetRepo ?? repositoryOfFolder(source.folder),
        tag: targetTag ?? source.tag ?? LATEST,
      }
  }
}
