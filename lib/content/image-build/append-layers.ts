/**
 * A base image and layers → an image with those layers on top, for every platform of the base. What is not touched stays
 * as it was read: order of members, annotations, media types of the base. Nothing in it depends on time or chance, so
 * the same base and layers make the same digest.
 */
import type { MadeImage } from '../../graph/graph.ts'
import { type Digest, digestOf } from '../../oci/digest.ts'
import { isRecord } from '../../oci/json.ts'
import type { ImageManifest, RawManifest } from '../../oci/manifest.ts'
import { DOCKER_LIST, DOCKER_MANIFEST } from '../../oci/media-types.ts'
import type { MadeLayer } from './build-layer.ts'
import type { BaseChild, BaseImage, JsonObject } from './load-base.ts'

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip'

/** Who added the layers, in the history of an image. */
export const MAKER = 'mirrorform'

const HISTORY: JsonObject = {
  created: '1970-01-01T00:00:00Z',
  created_by: MAKER,
  comment: 'files added',
}

interface MadeManifest {
  readonly mediaType: string
  readonly text: string
  readonly digest: Digest
  /** bytes */
  readonly size: number
}

/**
 * @param layers from the bottom up
 * @param change makes the config from that of the base, for each platform; the layers are added to what it returns
 * @param annotations go on every manifest that is made, where its type has annotations (OCI)
 */
export function appendLayers(
  base: BaseImage,
  layers: readonly MadeLayer[],
  change: (config: JsonObject) => JsonObject,
  annotations: Readonly<Record<string, string>> = {},
): MadeImage {
  const blobs = new Map<Digest, Uint8Array>(layers.map(layer => [layer.digest, layer.bytes]))
  const manifests = new Map<Digest, MadeManifest>()
  const byPosition = new Map<number | undefined, MadeManifest>()
  for (const image of base.images) {
    const config = new TextEncoder().encode(JSON.stringify(withLayers(change(image.config), layers)))
    blobs.set(digestOf(config), config)
    const made = madeImage(image, layers, config, annotations)
    manifests.set(made.digest, made)
    byPosition.set(image.position, made)
  }
  let root = byPosition.get(undefined)
  if (base.index !== undefined) {
    root = madeIndex(base.index, byPosition, annotations)
    manifests.set(root.digest, root)
  }
  if (root === undefined) throw new RangeError(`${base.name} has no images`)
  return {
    root: root.digest,
    manifests: [...manifests.values()].map(({ mediaType, text }) => ({ mediaType, text })),
    blobs,
  }
}

/** OCI image-spec 1.1, "Image Configuration": diff IDs of all layers, and the history where the base tells one. */
function withLayers(config: JsonObject, layers: readonly MadeLayer[]): JsonObject {
  if (layers.length === 0) return config
  const rootfs = isRecord(config.rootfs) ? config.rootfs : {}
  const diffIds: readonly unknown[] = Array.isArray(rootfs.diff_ids) ? rootfs.diff_ids : []
  const all = [...diffIds, ...layers.map(layer => layer.diffId)]
  const hasHistory = Array.isArray(config.history) || diffIds.length === 0
  const before: readonly unknown[] = Array.isArray(config.history) ? config.history : []
  return {
    ...config,
    rootfs: { ...rootfs, diff_ids: all },
    ...(hasHistory && { history: [...before, ...layers.map(() => HISTORY)] }),
  }
}

function madeImage(
  { raw, manifest }: BaseChild,
  layers: readonly MadeLayer[],
  config: Uint8Array,
  annotations: Readonly<Record<string, string>>,
): MadeManifest {
  const json = jsonOf(raw)
  const listed: readonly unknown[] = Array.isArray(json.layers) ? json.layers : []
  const mediaType = layerType(manifest)
  const added = layers.map(({ digest, size }) => ({ mediaType, size, digest }))
  return madeManifest(manifest.mediaType, {
    ...json,
    config: pointingAt(json.config, { digest: digestOf(config), size: config.length }),
    layers: [...listed, ...added],
    ...annotated(manifest.mediaType, json, annotations),
  })
}

function madeIndex(
  index: RawManifest,
  byPosition: ReadonlyMap<number | undefined, MadeManifest>,
  annotations: Readonly<Record<string, string>>,
): MadeManifest {
  const json = jsonOf(index)
  const listed: readonly unknown[] = Array.isArray(json.manifests) ? json.manifests : []
  const manifests = listed.flatMap((entry, position) => {
    const made = byPosition.get(position)
    return made === undefined ? [] : [pointingAt(entry, made)]
  })
  return madeManifest(index.mediaType, {
    ...json,
    manifests,
    ...annotated(index.mediaType, json, annotations),
  })
}

/** A descriptor with another target: everything else it says stays, but for a copy of the old content. */
function pointingAt(descriptor: unknown, to: { readonly digest: Digest; readonly size: number }): JsonObject {
  const { data: _, ...rest } = isRecord(descriptor) ? descriptor : {}
  return { ...rest, digest: to.digest, size: to.size }
}

function annotated(
  mediaType: string,
  json: JsonObject,
  annotations: Readonly<Record<string, string>>,
): { annotations?: JsonObject } {
  const isDocker = mediaType === DOCKER_MANIFEST || mediaType === DOCKER_LIST
  if (isDocker || Object.keys(annotations).length === 0) return {}
  return { annotations: { ...(isRecord(json.annotations) ? json.annotations : {}), ...annotations } }
}

function layerType(manifest: ImageManifest): string {
  return manifest.mediaType === DOCKER_MANIFEST ? DOCKER_LAYER : OCI_LAYER
}

function madeManifest(mediaType: string, json: JsonObject): MadeManifest {
  const text = JSON.stringify(json)
  const bytes = new TextEncoder().encode(text)
  return { mediaType, text, digest: digestOf(bytes), size: bytes.length }
}

function jsonOf(raw: RawManifest): JsonObject {
  const json: unknown = JSON.parse(new TextDecoder().decode(raw.bytes))
  return isRecord(json) ? json : {}
}
