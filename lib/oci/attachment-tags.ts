/** The tags under which a repository keeps what belongs to a manifest: signatures, attestations, SBOMs, referrers. */
import type { Digest } from './digest.ts'
import { digestTag, isTag, type Tag } from './reference.ts'

/** cosign's suffixes (cosign's signature specification, "Tag-based discovery"). */
export const COSIGN_SUFFIXES = ['sig', 'att', 'sbom'] as const

/** `sha256-<hex>.sig`; undefined for a sha512 digest, whose name would be longer than a tag may be. */
export function cosignTag(digest: Digest, suffix: (typeof COSIGN_SUFFIXES)[number]): Tag | undefined {
  const tag = `${digestTag(digest)}.${suffix}`
  return isTag(tag) ? tag : undefined
}

/** `sha256-<hex>`: the index of referrers where a registry lacks the referrers API (OCI distribution-spec 1.1). */
export function referrersTag(digest: Digest): Tag {
  const tag = digestTag(digest).slice(0, 128)
  return tag as Tag
}
