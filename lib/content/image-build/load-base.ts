/**
 * A base image, by digest → everything that has to be known of it to put further layers on top: its manifests and
 * configs, for the chosen platforms. Its layers stay where they are.
 *
 * Attestations of builders are left out: they describe images by digest, and the images made of them have others.
 */
import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { isRecord } from '../../oci/json.ts'
import type { ImageManifest, IndexManifest, RawManifest } from '../../oci/manifest.ts'
import { formatPlatform, type Platform, platformFromJson, platformMatches } from '../../oci/platform.ts'
import type { ManifestCache, RepositoryReader } from '../../provider.ts'
import { ImageFault } from '../image-files/image-fault.ts'
import { imageConfig, isAttestation, loadManifest } from '../image-files/platform-image.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** One image of a base, for one platform. */
export interface BaseChild {
  readonly raw: RawManifest
  readonly manifest: ImageManifest
  /** The config as it came. */
  readonly config: JsonObject
  /** Where the index lists it; absent where the base is a single image. */
  readonly position?: number
}

export interface BaseImage {
  /** For messages: `quay.io/acme/app@sha256:…`. */
  readonly name: string
  readonly digest: Digest
  /** The index that lists the images; absent where the base is a single image. */
  readonly index?: RawManifest
  /** In the order of the index; at least one. */
  readonly images: readonly BaseChild[]
}

/**
 * @param platforms empty means all; a base that is a single image is taken whatever its platform
 * @throws ImageFault when a platform is missing or something is no container image; SyntaxFault for manifests that
 *   mirrorform does not carry (Docker schema 1); PlaceError, DigestMismatchError
 */
export async function loadBase(
  reader: RepositoryReader,
  digest: Digest,
  platforms: readonly Platform[],
  cache: ManifestCache | undefined,
  signal: AbortSignal,
): Promise<BaseImage> {
  const name = `${reader.name}@${digest}`
  const { raw, manifest } = await loadManifest(reader, digest, cache, signal)
  if (manifest.kind === 'image') {
    const config = await configOf(reader, manifest, name, signal)
    return { name, digest, images: [{ raw: { ...raw, mediaType: manifest.mediaType }, manifest, config }] }
  }
  const children = listed(manifest).map(entry => loadChild(reader, entry, cache, signal))
  const images = chosen(await Promise.all(children), platforms, name)
  return { name, digest, index: { ...raw, mediaType: manifest.mediaType }, images }
}

interface Listed {
  readonly descriptor: Descriptor
  readonly position: number
}

function listed(index: IndexManifest): readonly Listed[] {
  return index.manifests
    .map((descriptor, position) => ({ descriptor, position }))
    .filter(({ descriptor }) => !isAttestation(descriptor))
}

interface LoadedChild extends BaseChild {
  readonly platform: Platform | undefined
}

async function loadChild(
  reader: RepositoryReader,
  { descriptor, position }: Listed,
  cache: ManifestCache | undefined,
  signal: AbortSignal,
): Promise<LoadedChild> {
  const name = `${reader.name}@${descriptor.digest}`
  const { raw, manifest } = await loadManifest(reader, descriptor.digest, cache, signal)
  if (manifest.kind === 'index')
    throw new ImageFault(`${name}: an index inside an index cannot be built on`, {
      hint: 'name the inner one, or an image of one platform, by its digest',
    })
  const config = await configOf(reader, manifest, name, signal)
  const platform = descriptor.platform ?? platformFromJson(config)
  return { raw: { ...raw, mediaType: manifest.mediaType }, manifest, config, position, platform }
}

async function configOf(
  reader: RepositoryReader,
  manifest: ImageManifest,
  name: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { json } = await imageConfig(reader, manifest, signal)
  const rootfs = isRecord(json.rootfs) ? json.rootfs : undefined
  const diffIds = Array.isArray(rootfs?.diff_ids) ? rootfs.diff_ids : undefined
  if (diffIds === undefined)
    throw new ImageFault(`${name}: its config names no layers`, { hint: 'it is no container image' })
  if (diffIds.length !== manifest.layers.length)
    throw new ImageFault(
      `${name}: its config names ${diffIds.length} layers, its manifest ${manifest.layers.length}`,
      { hint: 'the image was built wrongly: no runtime would start it' },
    )
  return json
}

function chosen(
  images: readonly LoadedChild[],
  platforms: readonly Platform[],
  name: string,
): readonly BaseChild[] {
  const matches = (wanted: Platform, { platform }: LoadedChild) =>
    platform !== undefined && platformMatches(wanted, platform)
  const missing = platforms.find(wanted => !images.some(image => matches(wanted, image)))
  const offered = images.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]))
  if (missing !== undefined)
    throw new ImageFault(`${name} has no image for platform ${formatPlatform(missing)}`, {
      hint: `it offers ${[...new Set(offered)].join(', ') || 'no platforms at all'}`,
    })
  if (images.length === 0)
    throw new ImageFault(`${name}: the index lists no image`, { hint: 'check the reference' })
  return platforms.length === 0
    ? images
    : images.filter(image => platforms.some(wanted => matches(wanted, image)))
}
