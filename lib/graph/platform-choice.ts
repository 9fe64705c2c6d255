/**
 * What a platform choice makes of an index: which children travel, and, where the user chose `rewrite`, the smaller
 * index that lists only those.
 *
 * `sparse` keeps the index as it is (same digest, signatures stay valid) and leaves children out; the target must
 * accept that. `rewrite` makes a new index with a new digest. Build attestations (platform unknown/unknown) travel
 * with the image they describe.
 */
import { SyntaxFault } from '../errors.ts'
import type { Digest } from '../oci/digest.ts'
import type { IndexManifest, RawManifest } from '../oci/manifest.ts'
import { formatPlatform, isUnknownPlatform, parsePlatform, platformMatches } from '../oci/platform.ts'

export type PlatformIndexMode = 'sparse' | 'rewrite'

/** BuildKit's annotation: which manifest an attestation in the same index is about. */
const ATTESTED = 'vnd.docker.reference.digest'

/**
 * The children of `index` that a choice leaves out, in the index's order; empty when nothing is chosen.
 *
 * @throws SyntaxFault when a chosen platform has no child (oc-mirror v2: every listed platform must exist).
 */
export function omittedChildren(
  index: IndexManifest,
  platforms: readonly string[],
  what: string,
): readonly Digest[] {
  if (platforms.length === 0) return []
  const kept = new Set<Digest>()
  for (const text of platforms) {
    const wanted = parsePlatform(text)
    const matches = index.manifests.filter(child => child.platform && platformMatches(wanted, child.platform))
    if (matches.length === 0) throw noSuchPlatform(what, text, index)
    for (const match of matches) kept.add(match.digest)
  }
  for (const child of index.manifests) {
    const subject = child.annotations?.[ATTESTED]
    const travels =
      child.platform === undefined || (subject !== undefined && [...kept].some(d => d === subject))
    if (travels) kept.add(child.digest)
  }
  return [...new Set(index.manifests.map(child => child.digest))].filter(digest => !kept.has(digest))
}

/** The text of the index without the omitted children: every other field and their order stay. Deterministic. */
export function rewriteIndex(raw: RawManifest, omitted: readonly Digest[]): string {
  const json = JSON.parse(new TextDecoder().decode(raw.bytes)) as { manifests: { digest: string }[] }
  const left = new Set<string>(omitted)
  return JSON.stringify({ ...json, manifests: json.manifests.filter(child => !left.has(child.digest)) })
}

function noSuchPlatform(what: string, wanted: string, index: IndexManifest): SyntaxFault {
  const offered = index.manifests.flatMap(({ platform }) =>
    platform && !isUnknownPlatform(platform) ? [formatPlatform(platform)] : [],
  )
  return new SyntaxFault(`${what} has no image for platform ${wanted}`, {
    hint: `it offers ${[...new Set(offered)].join(', ') || 'no platforms at all'}`,
  })
}
