/**
 * A stored index some of whose children were never stored -> the platforms that were: whoever copied it chose them. A child
 * whose bytes are missing although it was stored once is in another archive, and no choice.
 */
import { DigestMismatchError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { type Manifest, parseManifest } from '../../lib/oci/manifest.ts'
import { isUnknownPlatform, type Platform } from '../../lib/oci/platform.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { StoredImages } from './stored-images.ts'

/** Empty means all. */
export async function chosenPlatforms(
  stored: StoredImages,
  repository: RepositoryPath,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Platform[]> {
  if (!(await stored.has(repository, digest))) return []
  const manifest = await readSound(stored, repository, digest, signal)
  if (manifest?.kind !== 'index') return []
  const given = new Set(await stored.revisions(repository))
  const isThere = async (child: Digest) => given.has(child) || (await stored.has(repository, child))
  const there: Platform[] = []
  let isWhole = true
  for (const child of manifest.manifests)
    if (!(await isThere(child.digest))) isWhole = false
    else if (child.platform !== undefined && !isUnknownPlatform(child.platform)) there.push(child.platform)
  return isWhole ? [] : there
}

/** undefined for one that is damaged, which is for whoever brings it to tell. */
async function readSound(
  stored: StoredImages,
  repository: RepositoryPath,
  digest: Digest,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  try {
    return parseManifest(await stored.repository(repository).manifest(digest, signal), digest)
  } catch (error) {
    if (error instanceof DigestMismatchError) return undefined
    throw error
  }
}
