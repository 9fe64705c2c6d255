/**
 * The names `oc adm catalog mirror` gives to the images of a catalog, and oc-mirror v1 to those that have only a digest:
 * a path put below another, folded where a registry takes few components, and a tag made from the text of the reference.
 *
 * Whoever mirrors with us what these tools have mirrored before finds the same repositories and tags.
 */
import { type Digest, hexOf } from '../../oci/digest.ts'
import {
  parseRepositoryPath,
  parseTag,
  type Reference,
  type RepositoryPath,
  type Tag,
  withDefaultTag,
} from '../../oci/reference.ts'

/** FNV-1a for 32 bits: offset basis and prime. */
const FNV_OFFSET = 0x81_1c_9d_c5
const FNV_PRIME = 0x01_00_01_93
const SHORT_DIGEST_LENGTH = 6

/**
 * The tag of an image that has a digest and no tag: FNV-1a (32 bits) of the reference as it is written, in hex that is
 * not padded (`2f1eb95`).
 *
 * @param written exactly as the catalog has it: a host that is left out there makes another tag
 */
export function fnvTag(written: string): Tag {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(written)) hash = Math.imul(hash ^ byte, FNV_PRIME)
  return parseTag((hash >>> 0).toString(16))
}

/** The tag oc-mirror v1 gives to images of catalogs that are OCI layouts: the first 6 digits of the digest. */
export function shortDigestTag(digest: Digest): Tag {
  return parseTag(hexOf(digest).slice(0, SHORT_DIGEST_LENGTH))
}

/**
 * The tag an image has at its destination: its own, or one made from its digest; `latest` where it has neither.
 *
 * @param written the reference as the catalog has it, `reference` the same, read
 */
export function legacyTag(written: string, reference: Reference): Tag {
  const { tag } = withDefaultTag(reference)
  return tag ?? fnvTag(written)
}

/**
 * The repository of an image below a mount point: components of both, folded with `-` into `maxComponents`.
 *
 * @param mountPoint `org`, `my-org/sub-org`; empty for the host itself
 * @param maxComponents 2 or more, mount point included; 0 for any number
 * @throws SyntaxFault where the two do not make a path
 */
export function mountPath(mountPoint: string, image: string, maxComponents: number): RepositoryPath {
  const components = [...mountPoint.split('/'), ...image.split('/')].filter(part => part !== '')
  if (maxComponents < 2 || components.length <= maxComponents)
    return parseRepositoryPath(components.join('/'))
  const kept = components.slice(0, maxComponents - 1)
  const folded = components.slice(maxComponents - 1).join('-')
  return parseRepositoryPath([...kept, folded].join('/'))
}
