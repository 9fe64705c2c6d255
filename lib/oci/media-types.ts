/**
 * The media types of manifests (OCI image-spec 1.1, "Media Types"; Docker Registry manifest v2 schema 1 and 2), and
 * what each one is. Layer types are only looked at for one thing: whether a registry is allowed to hold the blob.
 */

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const OCI_ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json'
export const OCI_EMPTY = 'application/vnd.oci.empty.v1+json'
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
export const DOCKER_SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json'
export const DOCKER_SCHEMA1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws'

export type ManifestKind = 'index' | 'image' | 'schema1'

const KINDS: ReadonlyMap<string, ManifestKind> = new Map([
  [OCI_INDEX, 'index'],
  [DOCKER_LIST, 'index'],
  [OCI_MANIFEST, 'image'],
  [DOCKER_MANIFEST, 'image'],
  [OCI_ARTIFACT, 'image'],
  [DOCKER_SCHEMA1, 'schema1'],
  [DOCKER_SCHEMA1_SIGNED, 'schema1'],
])

export function manifestKindOf(mediaType: string): ManifestKind | undefined {
  return KINDS.get(mediaType)
}

/**
 * What to send as `Accept` for manifests. All types always: a registry that is not offered the index types answers
 * with the digest of one platform's manifest instead. Schema 1 is offered last so that it can be recognised and refused.
 */
export const MANIFEST_ACCEPT: string = [
  OCI_INDEX,
  OCI_MANIFEST,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT,
  `${DOCKER_SCHEMA1_SIGNED};q=0.5`,
  `${DOCKER_SCHEMA1};q=0.5`,
].join(', ')

/** Layers that registries do not hold themselves ("foreign", "non-distributable"): only recorded, never copied. */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.rootfs.foreign.')
}

/** `text/html; charset=utf-8` → `text/html`. */
export function essenceOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}
