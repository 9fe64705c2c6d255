/**
 * The empty manifest a tag is put on when a registry cannot delete a tag alone: pushing it moves the tag away from the
 * digest it shared, and deleting it by its own digest then takes only that tag.
 *
 * Its digest follows from repository and tag alone, so that the plan can name it.
 */
import { type Digest, digestOf } from '../oci/digest.ts'
import type { RawManifest } from '../oci/manifest.ts'
import { OCI_EMPTY, OCI_MANIFEST } from '../oci/media-types.ts'
import type { Tag } from '../oci/reference.ts'

export const EMPTY_BLOB: Uint8Array = new TextEncoder().encode('{}')
export const EMPTY_BLOB_DIGEST: Digest = digestOf(EMPTY_BLOB)

export function displacedManifest(repository: string, tag: Tag): RawManifest {
  const empty = { mediaType: OCI_EMPTY, digest: EMPTY_BLOB_DIGEST, size: EMPTY_BLOB.length }
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: 'application/vnd.mirrorform.displaced-tag.v1+json',
    config: empty,
    layers: [empty],
    annotations: { 'dev.mirrorform.displaced': `${repository}:${tag}` },
  })
  const bytes = new TextEncoder().encode(text)
  return { digest: digestOf(bytes), mediaType: OCI_MANIFEST, bytes }
}
