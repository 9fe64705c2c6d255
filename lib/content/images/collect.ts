/**
 * `mirror.additionalImages` -> wanted images: which repository and tag each one gets (oc-mirror v2 naming).
 *
 * The path of the source is kept and its host dropped. An image named by digest alone is tagged `sha256-<hex>`; one
 * named by tag and digest is pulled by digest and keeps the tag. A layout folder's repository is its path.
 */
import { type AdditionalImage, type ImageSet, repositoryOfFolder } from '../../config/index.ts'
import { digestTag, parseTag, type Reference, type RepositoryPath, type Tag } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'

/** A sha512 digest makes a longer name than a tag may have; it is cut where oc-mirror v2 cuts it. */
const MAX_DIGEST_TAG_LENGTH = 127
const LATEST: Tag = parseTag('latest')

/** In the order of the image set. Nothing is dropped: blocking is `isBlocked`, and duplicates are for the graph. */
export function collectAdditionalImages(imageSet: ImageSet): readonly WantedImage[] {
  return imageSet.additionalImages.map(image => ({
    source: image.source,
    ...destinationOf(image),
    platforms: image.platforms,
    origins: [{ kind: 'additionalImage', name: image.name }],
  }))
}

function destinationOf(image: AdditionalImage): { repository: RepositoryPath; tag: Tag } {
  const { source, targetRepo, targetTag } = image
  switch (source.kind) {
    case 'registry':
      return {
        repository: targetRepo ?? source.reference.path,
        tag: targetTag ?? source.reference.tag ?? tagWithout(source.reference),
      }
    case 'layout':
      return {
        repository: targetRepo ?? repositoryOfFolder(source.folder),
        tag: targetTag ?? source.tag ?? LATEST,
      }
  }
}

function tagWithout({ digest }: Reference): Tag {
  return digest === undefined ? LATEST : parseTag(digestTag(digest).slice(0, MAX_DIGEST_TAG_LENGTH))
}
