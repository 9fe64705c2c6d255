/**
 * Every image of a content store: each tag, and each manifest that neither a tag nor an index of its repository names
 * and that is not about another one. What is attached to an image of its repository is no image: it travels with that one.
 */
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import { parseManifest } from '../../lib/oci/manifest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import { compareText } from '../../lib/target.ts'
import type { ContentStore } from './content-store.ts'
import type { StoredImage, StoredListing, StoredReader } from './stored-images.ts'

const ATTACHED = /^(?<algorithm>sha256|sha512)-(?<hex>[0-9a-f]+)(?:\.(?:sig|att|sbom))?$/

/** The reference an image was copied from, where the tool wrote it down. */
export type OriginOf = (image: Omit<StoredImage, 'origin'>) => string | undefined

export async function listImages(
  store: ContentStore,
  readerOf: (path: RepositoryPath) => StoredReader,
  originOf: OriginOf,
  signal: AbortSignal,
): Promise<StoredListing> {
  const images: StoredImage[] = []
  const problems: string[] = []
  const add = (repository: RepositoryPath, tag: Tag | undefined, digest: Digest): void => {
    const image = { repository, tag, digest }
    images.push({ ...image, origin: originOf(image) })
  }
  for (const repository of await store.repositories(signal)) {
    const tags = [...(await store.tags(repository))].sort(([a], [b]) => compareText(a, b))
    const revisions = await store.revisions(repository)
    const present = new Set(revisions)
    const tagged = new Set<Digest>()
    for (const [tag, digest] of tags) {
      if (digest === undefined) problems.push(`the tag ${tag} of ${repository} leads nowhere`)
      else {
        tagged.add(digest)
        const subject = subjectOf(tag, digest)
        if (subject === undefined || !present.has(subject)) add(repository, tag, digest)
      }
    }
    if (revisions.every(digest => tagged.has(digest))) continue
    const free = await independent(revisions, readerOf(repository), signal)
    for (const digest of free) if (!tagged.has(digest)) add(repository, undefined, digest)
  }
  return { images, problems }
}

/**
 * What a tag of cosign or of the referrers fallback is attached to (OCI distribution-spec 1.1, "Referrers Tag Schema").
 * `sha256-<hex>` is also what oc-mirror v2 calls an image that has only that digest.
 */
function subjectOf(tag: Tag, digest: Digest): Digest | undefined {
  const { algorithm, hex } = ATTACHED.exec(tag)?.groups ?? {}
  const subject = `${algorithm}:${hex}`
  return isDigest(subject) && subject !== digest ? subject : undefined
}

/** Those that can be read, that no index lists and that have no subject; sorted. */
async function independent(
  revisions: readonly Digest[],
  reader: StoredReader,
  signal: AbortSignal,
): Promise<readonly Digest[]> {
  const own = new Set<Digest>()
  const children = new Set<Digest>()
  for (const digest of revisions) {
    signal.throwIfAborted()
    const raw = await reader.manifest(digest, signal).catch(() => undefined)
    const manifest = raw && parseManifest(raw, digest)
    if (manifest === undefined) continue
    if (manifest.subject === undefined) own.add(digest)
    if (manifest.kind === 'index') for (const child of manifest.manifests) children.add(child.digest)
  }
  return [...own].filter(digest => !children.has(digest)).sort(compareText)
}
