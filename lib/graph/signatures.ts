/**
 * Which of the things attached to an image are signatures: a policy that demands a signature is not content with an SBOM.
 * Recognised, not verified.
 */
import { COSIGN_SUFFIXES, cosignTag } from '../oci/attachment-tags.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { artifactTypeOf, type Manifest } from '../oci/manifest.ts'
import type { Attachment } from './graph.ts'

/** cosign in OCI 1.1 mode, sigstore bundles of any version, Notary Project signatures. */
const SIGNATURE_TYPES: readonly RegExp[] = [
  /^application\/vnd\.dev\.cosign\.artifact\.sig\.v1\+json$/,
  /^application\/vnd\.dev\.sigstore\.bundle\b/,
  /^application\/vnd\.cncf\.notary\.signature$/,
]
/** What cosign signs: the layers of its signatures, whatever the rest of the manifest looks like. */
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json'

const [SIGNATURE_SUFFIX] = COSIGN_SUFFIXES

/** @param load gives the manifest of an attachment; undefined when it cannot be had any more */
export async function isSignature(
  { digest, subject, tag }: Attachment,
  load: (digest: Digest) => Promise<Manifest | undefined>,
): Promise<boolean> {
  if (tag !== undefined && tag === cosignTag(subject, SIGNATURE_SUFFIX)) return true
  const manifest = await load(digest)
  if (manifest === undefined) return false
  if (manifest.kind === 'index' && manifest.artifactType === undefined)
    return manifest.manifests.some(listsSignature)
  if (isSignatureType(artifactTypeOf(manifest))) return true
  return manifest.kind === 'image' && manifest.layers.some(({ mediaType }) => mediaType === SIMPLE_SIGNING)
}

/** In the index that lists referrers where there is no API for it. */
function listsSignature({ artifactType }: Descriptor): boolean {
  return isSignatureType(artifactType)
}

function isSignatureType(type: string | undefined): boolean {
  return type !== undefined && SIGNATURE_TYPES.some(known => known.test(type))
}
