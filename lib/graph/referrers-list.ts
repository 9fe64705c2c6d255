/**
 * The index that lists what refers to a manifest, for registries without the referrers API: there it stands under a tag
 * made of the manifest's digest (OCI distribution-spec 1.1, "Referrers Tag Schema"). Pure, and the same for the same
 * referrers.
 */
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import type { FoundAttachment } from './attachments.ts'

/** One index for each subject that has referrers, as text. */
export function listReferrers(
  found: readonly FoundAttachment[],
): readonly { readonly subject: Digest; readonly text: string }[] {
  const bySubject = Map.groupBy(
    found.flatMap(({ subject, listed }) => (listed ? [{ subject, listed }] : [])),
    entry => entry.subject,
  )
  return [...bySubject].map(([subject, entries]) => {
    const manifests = entries.map(entry => asListed(entry.listed))
    return { subject, text: JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }) }
  })
}

/** What such a list says of a manifest. */
function asListed({ mediaType, digest, size, artifactType, annotations }: Descriptor): Descriptor {
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  }
}
