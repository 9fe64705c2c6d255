/**
 * Builders of real images, indexes, artifacts and signatures as plain data: a manifest, the blobs it points at, and
 * the manifests below it. The same input gives the same digests. skopeo and docker-registry accept what they make.
 */
import { cosignTag } from '../lib/oci/attachment-tags.ts'
import type { Descriptor } from '../lib/oci/descriptor.ts'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import type { RawManifest } from '../lib/oci/manifest.ts'
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from '../lib/oci/media-types.ts'
import type { Platform } from '../lib/oci/platform.ts'
import type { Tag } from '../lib/oci/reference.ts'
import { bytesFromSeed } from './bytes.ts'
import { buildLayer, type LayerFiles } from './layers.ts'

export { bytesFromSeed, streamFromSeed } from './bytes.ts'

export type MediaTypes = 'oci' | 'docker'

export interface Built {
  readonly manifest: RawManifest
  /** What an index or a `subject` says about it. */
  readonly descriptor: Descriptor
  /** The blobs its own manifest points at. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
  /** The manifests an index lists. */
  readonly children: readonly Built[]
}

export interface ImageOptions {
  /** One layer for each entry: files by path, or bytes that become the one file of the layer. */
  readonly layers?: readonly (LayerFiles | Uint8Array)[]
  /** Without `layers`: one layer with these files. */
  readonly files?: LayerFiles
  /** Without `layers` and `files`: two small layers made from this seed (default 0). */
  readonly seed?: string | number
  /** Default linux/amd64. */
  readonly platform?: Platform
  readonly annotations?: Readonly<Record<string, string>>
  /** Default oci. */
  readonly mediaTypes?: MediaTypes
  /** The `config` member of the image config: labels, environment, entry point. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly subject?: Built | Descriptor
  readonly artifactType?: string
}

const AMD64: Platform = { os: 'linux', architecture: 'amd64' }

/** An image for one platform, with gzip-compressed tar layers. */
export function buildImage(options: ImageOptions = {}): Built {
  const docker = options.mediaTypes === 'docker'
  const platform = options.platform ?? AMD64
  const layers = layerContents(options).map(content => buildLayer(content))
  const config = encode({
    created: '1970-01-01T00:00:00Z',
    ...platformJson(platform),
    config: options.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(layer => digestOf(layer.tar)) },
    history: layers.map((_, at) => ({ created: '1970-01-01T00:00:00Z', created_by: `layer ${at}` })),
  })
  const content = new BlobSet()
  const manifest = {
    schemaVersion: 2,
    mediaType: docker ? DOCKER_MANIFEST : OCI_MANIFEST,
    ...(options.artifactType !== undefined && { artifactType: options.artifactType }),
    config: content.add(
      docker ? 'application/vnd.docker.container.image.v1+json' : 'application/vnd.oci.image.config.v1+json',
      config,
    ),
    layers: layers.map(layer =>
      content.add(
        docker
          ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
          : 'application/vnd.oci.image.layer.v1.tar+gzip',
        layer.gzip,
      ),
    ),
    ...subjectJson(options.subject),
    ...(options.annotations && { annotations: options.annotations }),
  }
  return built(manifest, content.blobs, [], { platform })
}

export interface IndexOptions {
  readonly mediaTypes?: MediaTypes
  readonly annotations?: Readonly<Record<string, string>>
  readonly subject?: Built | Descriptor
  readonly artifactType?: string
}

/** An OCI index, or a Docker manifest list, of images in the given order. */
export function buildIndex(children: readonly Built[], options: IndexOptions = {}): Built {
  const manifest = {
    schemaVersion: 2,
    mediaType: options.mediaTypes === 'docker' ? DOCKER_LIST : OCI_INDEX,
    ...(options.artifactType !== undefined && { artifactType: options.artifactType }),
    manifests: children.map(child => child.descriptor),
    ...subjectJson(options.subject),
    ...(options.annotations && { annotations: options.annotations }),
  }
  return built(manifest, new Map(), children)
}

/** An image for each platform below one index. Platforms are written `os/arch[/variant]`. */
export function buildMultiArch(
  options: Omit<ImageOptions, 'platform' | 'subject'> & { readonly platforms?: readonly string[] } = {},
): Built {
  const platforms = options.platforms ?? ['linux/amd64', 'linux/arm64']
  const children = platforms.map(text => {
    const [os = 'linux', architecture = 'amd64', variant] = text.split('/')
    const platform = { os, architecture, ...(variant !== undefined && { variant }) }
    return buildImage({ ...options, seed: `${options.seed ?? 0} ${text}`, platform })
  })
  return buildIndex(children, options.mediaTypes === undefined ? {} : { mediaTypes: options.mediaTypes })
}

export interface ArtifactOptions {
  readonly artifactType: string
  readonly subject?: Built | Descriptor
  /** Default: none, which the image-spec writes as one empty blob. */
  readonly blobs?: readonly Uint8Array[]
  /** Media type of the blobs. */
  readonly blobType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** An artifact that is not an image (OCI image-spec 1.1, "Guidelines for Artifact Usage"). */
export function buildArtifact(options: ArtifactOptions): Built {
  const content = new BlobSet()
  const blobs = options.blobs ?? []
  const empty = content.add(OCI_EMPTY, encode({}))
  const layers = blobs.map(blob => content.add(options.blobType ?? 'application/octet-stream', blob))
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: options.artifactType,
    config: empty,
    layers: layers.length > 0 ? layers : [empty],
    ...subjectJson(options.subject),
    ...(options.annotations && { annotations: options.annotations }),
  }
  return built(manifest, content.blobs, [], { artifactType: options.artifactType })
}

/** What cosign stores for a signature of `subject`, and the tag it has. The signature itself proves nothing. */
export function buildCosignSignature(subject: Digest): Built & { readonly tag: Tag } {
  const tag = cosignTag(subject, 'sig')
  if (tag === undefined) throw new RangeError(`${subject} has no cosign tag`)
  const payload = encode({
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': subject },
      type: 'cosign container image signature',
    },
    optional: null,
  })
  const content = new BlobSet()
  const config = encode({
    architecture: '',
    created: '0001-01-01T00:00:00Z',
    os: '',
    rootfs: { type: 'layers', diff_ids: [digestOf(payload)] },
    config: {},
  })
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: content.add('application/vnd.oci.image.config.v1+json', config),
    layers: [
      {
        ...content.add('application/vnd.dev.cosign.simplesigning.v1+json', payload),
        annotations: {
          'dev.cosignproject.cosign/signature': bytesFromSeed(subject, 70).toString('base64'),
        },
      },
    ],
  }
  return { ...built(manifest, content.blobs, []), tag }
}

/** The image's manifests in push order: children first, itself last, each once. */
export function manifestsOf(image: Built): readonly Built[] {
  const order = new Map<Digest, Built>()
  for (const child of image.children)
    for (const each of manifestsOf(child)) order.set(each.manifest.digest, each)
  order.set(image.manifest.digest, image)
  return [...order.values()]
}

/** All blobs below an image. */
export function allBlobsOf(image: Built): ReadonlyMap<Digest, Uint8Array> {
  return new Map(manifestsOf(image).flatMap(each => [...each.blobs]))
}

class BlobSet {
  readonly blobs = new Map<Digest, Uint8Array>()

  add(mediaType: string, bytes: Uint8Array): Descriptor {
    const digest = digestOf(bytes)
    this.blobs.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
}

function layerContents(options: ImageOptions): readonly LayerFiles[] {
  if (options.layers !== undefined)
    return options.layers.map((layer, at) =>
      layer instanceof Uint8Array ? { [`data-${at}.bin`]: layer } : layer,
    )
  if (options.files !== undefined) return [options.files]
  const seed = options.seed ?? 0
  return [{ 'etc/os-release': `ID=made-${seed}\n` }, { 'app/data.bin': bytesFromSeed(`layer ${seed}`, 3000) }]
}

function built(
  json: { readonly mediaType: string },
  blobs: ReadonlyMap<Digest, Uint8Array>,
  children: readonly Built[],
  more: { readonly platform?: Platform; readonly artifactType?: string } = {},
): Built {
  const bytes = encode(json)
  const manifest = { digest: digestOf(bytes), mediaType: json.mediaType, bytes }
  const descriptor = { mediaType: json.mediaType, digest: manifest.digest, size: bytes.length, ...more }
  return { manifest, descriptor, blobs, children }
}

function platformJson(platform: Platform): Record<string, string> {
  return {
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant !== undefined && { variant: platform.variant }),
    ...(platform.osVersion !== undefined && { 'os.version': platform.osVersion }),
  }
}

function subjectJson(subject: Built | Descriptor | undefined): {
  subject?: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>
} {
  if (subject === undefined) return {}
  const { mediaType, digest, size } = 'manifest' in subject ? subject.descriptor : subject
  return { subject: { mediaType, digest, size } }
}

function encode(json: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(json))
}
