/** A manifest -> what a referrers list says of it (OCI distribution-spec 1.1, "Listing Referrers"). */
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { artifactTypeOf, parseManifest, type RawManifest } from '../../lib/oci/manifest.ts'

/** @throws SyntaxFault when it is no manifest. */
export function referrerOf(raw: RawManifest): Descriptor {
  const manifest = parseManifest(raw, raw.digest)
  const artifactType = artifactTypeOf(manifest)
  const { annotations } = manifest
  return {
    mediaType: raw.mediaType,
    digest: raw.digest,
    size: raw.bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  }
}
