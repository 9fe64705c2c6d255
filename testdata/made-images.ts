/** Images that mirrorform puts together, for tests: the layers of a base image and one more, with a config of their own. */
import type { WantedImage } from '../lib/content/wanted.ts'
import type { MadeImage, Origin } from '../lib/graph/graph.ts'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../lib/oci/media-types.ts'
import { parseReference, parseRepositoryPath, parseTag } from '../lib/oci/reference.ts'
import type { Built } from './images.ts'

/** `added` becomes the last layer. The same base and bytes give the same image. */
export function makeImage(base: Built, added: string): MadeImage {
  const layer = Buffer.from(added)
  const config = Buffer.from(JSON.stringify({ made: digestOf(layer) }))
  const { layers } = JSON.parse(Buffer.from(base.manifest.bytes).toString()) as { layers: unknown[] }
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: described('application/vnd.oci.image.config.v1+json', config),
    layers: [...layers, described('application/vnd.oci.image.layer.v1.tar', layer)],
  })
  return {
    root: digestOf(text),
    manifests: [{ mediaType: OCI_MANIFEST, text }],
    blobs: new Map<Digest, Uint8Array>([
      [digestOf(layer), layer],
      [digestOf(config), config],
    ]),
  }
}

/** An index of a made image and, as it is at the source, of another one. */
export function makeIndex(made: MadeImage, other: Built): MadeImage {
  const child = { mediaType: OCI_MANIFEST, digest: made.root, size: made.manifests[0]?.text.length ?? 0 }
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [child, other.descriptor],
  })
  return { ...made, root: digestOf(text), manifests: [...made.manifests, { mediaType: OCI_INDEX, text }] }
}

/** @param base where the base image is, by digest. @param place `repository:tag` */
export function wantedMade(
  made: MadeImage,
  base: string,
  place: string,
  origins: readonly Origin[] = [{ kind: 'graphData' }],
): WantedImage {
  const [repository = '', tag = ''] = place.split(':')
  return {
    source: { kind: 'registry', reference: parseReference(base) },
    repository: parseRepositoryPath(repository),
    tag: parseTag(tag),
    platforms: [],
    origins,
    made,
  }
}

function described(mediaType: string, bytes: Uint8Array) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}
