/** The tags under which a repository keeps what belongs to a manifest: signatures, attestations, SBOMs, referrers. */
import { algorithmOf, type Digest, hexOf } from './digest.ts'
import { digestTag, isTag, parseTag, type Tag } from './reference.ts'

/** cosign's suffixes (cosign's signature specification, "Tag-based discovery"). */
export const COSIGN_SUFFIXES = ['sig', 'att', 'sbom'] as const

/** `sha256-<hex>.sig`; undefined for a sha512 digest, whose name would be longer than a tag may be. */
export function cosignTag(digest: Digest, suffix: (typeof COSIGN_SUFFIXES)[number]): Tag | undefined {
  const tag = `${digestTag(digest)}.${suffix}`
  return isTag(tag) ? tag : undefined
}

const COSIGN_TAG = new RegExp(`^sha\\d+-[0-9a-f]+\\.(?:${COSIGN_SUFFIXES.join('|')})$`)

/** Whether a tag is one that cosign keeps something of an image under. */
export function isCosignTag(tag: Tag): boolean {
  return COSIGN_TAG.test(tag)
}

/** Hex characters of a digest that a referrers tag holds at most (OCI distribution-spec 1.1, "Referrers Tag Schema"). */
const REFERRERS_HEX_LENGTH = 64

/** `sha256-<hex>`: the index of referrers where a registry lacks the referrers API. */
export function referrersTag(digest: Digest): Tag {
  return parseTag(`${algorithmOf(digest)}-${hexOf(digest).slice(0, REFERRERS_HEX_LENGTH)}`)
}
