/** An image of a content store -> what of it is not there, by looking for every manifest and blob below it. */
import type { Digest } from '../../lib/oci/digest.ts'
import { blobsOf, parseManifest } from '../../lib/oci/manifest.ts'
import { isForeignLayer } from '../../lib/oci/media-types.ts'
import { compareText } from '../../lib/target.ts'
import type { ContentStore } from './content-store.ts'
import type { MissingContent, StoredImage, StoredReader } from './stored-images.ts'

/** @throws PlaceError with status 404 when the image itself is not there, SyntaxFault when a manifest is none. */
export async function missingContent(
  store: ContentStore,
  reader: StoredReader,
  { repository, digest: root }: Pick<StoredImage, 'repository' | 'digest'>,
  signal: AbortSignal,
): Promise<MissingContent> {
  const manifests = new Set<Digest>()
  const blobs = new Set<Digest>()
  const seen = new Set<Digest>()
  const isThere = async (digest: Digest): Promise<boolean> =>
    (await store.find(repository, digest)) !== undefined

  const look = async (digest: Digest): Promise<void> => {
    signal.throwIfAborted()
    if (seen.has(digest)) return
    seen.add(digest)
    const manifest = parseManifest(await reader.manifest(digest, signal), digest)
    if (manifest.kind === 'index') {
      for (const child of manifest.manifests)
        if (await isThere(child.digest)) await look(child.digest)
        else manifests.add(child.digest)
      return
    }
    for (const blob of blobsOf(manifest))
      if (!isForeignLayer(blob.mediaType) && !(await isThere(blob.digest))) blobs.add(blob.digest)
  }

  await look(root)
  return { manifests: [...manifests].sort(compareText), blobs: [...blobs].sort(compareText) }
}
