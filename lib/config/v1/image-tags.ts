/**
 * The tags that oc-mirror v1 gives images named by digest alone: `latest`, so that a mirror it made is adopted.
 *
 * Where more than one image of the image set would then be `latest` in a repository, v1 lets them overwrite each other when
 * it copies between registries, and tags them with the first eight digits of the digest when it writes archives. Here the
 * latter holds always: every image by digest of such a repository has its own tag, whichever stands first.
 */
import { hexOf } from '../../oci/digest.ts'
import { parseTag, type Tag } from '../../oci/reference.ts'
import type { AdditionalImage } from '../additional-images.ts'

const LATEST: Tag = parseTag('latest')
const DIGITS = 8

/** For the images by digest alone. */
export function v1TagsByDigest(images: readonly AdditionalImage[]): ReadonlyMap<AdditionalImage, Tag> {
  const latest = new Map<string, Set<string>>()
  for (const { source } of images) {
    if (source.kind !== 'registry') continue
    const { host, path, tag, digest } = source.reference
    if (tag === undefined || tag === LATEST)
      latest.set(path, (latest.get(path) ?? new Set()).add(`${host} ${digest ?? LATEST}`))
  }
  return new Map(
    images.flatMap(image => {
      const { source } = image
      if (source.kind !== 'registry') return []
      const { path, tag, digest } = source.reference
      if (tag !== undefined || digest === undefined) return []
      const isAlone = latest.get(path)?.size === 1
      return [[image, isAlone ? LATEST : parseTag(hexOf(digest).slice(0, DIGITS))] as const]
    }),
  )
}
