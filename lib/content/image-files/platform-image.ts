/**
 * From the digest of an image to the manifest of one platform, and to that image's config: content kinds that look into
 * an image (release payloads, catalogs) need the files of one platform only, since all platforms carry the same.
 */
import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { isRecord, stringMap } from '../../oci/json.ts'
import {
  type ImageManifest,
  type IndexManifest,
  type Manifest,
  parseManifest,
  type RawManifest,
} from '../../oci/manifest.ts'
import { isUnknownPlatform, parsePlatform, platformMatches } from '../../oci/platform.ts'
import type { ManifestCache, RepositoryReader } from '../../provider.ts'
import { ImageFault } from './image-fault.ts'
import { readJsonBlob } from './json-blob.ts'

export interface PlatformImage {
  readonly digest: Digest
  readonly manifest: ImageManifest
}

/** The config of an image (OCI image-spec 1.1, "Image Configuration"). */
export interface ImageConfig {
  /** Labels whose values are text. */
  readonly labels: Readonly<Record<string, string>>
  /** The whole config as it came. */
  readonly json: Readonly<Record<string, unknown>>
}

/** How deep indexes may lie in each other. */
const MAX_DEPTH = 5

/** BuildKit's annotation on children of an index that describe another child. */
const ATTESTATION = 'vnd.docker.reference.type'

/**
 * Descends from `digest` to the manifest of one image.
 *
 * @param choose platforms in order of preference (`linux/amd64`); where an index has none of them, its first image is taken
 * @throws ImageFault when there is no image below; PlaceError, SyntaxFault, DigestMismatchError as the reader does
 */
export async function platformImage(
  reader: RepositoryReader,
  digest: Digest,
  choose: readonly string[],
  cache: ManifestCache | undefined,
  signal: AbortSignal,
): Promise<PlatformImage> {
  let at = digest
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const { manifest } = await loadManifest(reader, at, cache, signal)
    if (manifest.kind === 'image') return { digest: at, manifest }
    at = chooseChild(manifest, choose, `${reader.name}@${at}`).digest
  }
  throw new ImageFault(`${reader.name}@${digest}: more than ${MAX_DEPTH} indexes lie in each other`, {
    hint: 'no image of a release or catalog looks like that; check the reference',
  })
}

/** @throws ImageFault when there is no config or it is no JSON object; PlaceError, DigestMismatchError */
export async function imageConfig(
  reader: RepositoryReader,
  manifest: ImageManifest,
  signal: AbortSignal,
): Promise<ImageConfig> {
  if (manifest.config === undefined)
    throw new ImageFault(`${reader.name}: the manifest has no config`, { hint: 'it is no container image' })
  const json = await readJsonBlob(reader, manifest.config, signal)
  const labels = isRecord(json.config) ? stringMap(json.config.Labels) : undefined
  return { labels: labels ?? {}, json }
}

/** One manifest: from the cache of earlier runs, else from the source. */
export async function loadManifest(
  reader: RepositoryReader,
  digest: Digest,
  cache: ManifestCache | undefined,
  signal: AbortSignal,
): Promise<{ readonly raw: RawManifest; readonly manifest: Manifest }> {
  const cached = await cache?.get(digest)
  const raw = cached ?? (await reader.manifest(digest, signal))
  const manifest = parseManifest(raw, `${reader.name}@${digest}`)
  if (cached === undefined) await cache?.put(raw)
  return { raw, manifest }
}

/** Whether a child of an index describes another (provenance, SBOM) instead of being an image itself. */
export function isAttestation(child: Descriptor): boolean {
  return (
    child.annotations?.[ATTESTATION] !== undefined ||
    (child.platform !== undefined && isUnknownPlatform(child.platform))
  )
}

function chooseChild(index: IndexManifest, choose: readonly string[], what: string): Descriptor {
  const images = index.manifests.filter(child => !isAttestation(child))
  for (const text of choose) {
    const wanted = parsePlatform(text)
    const found = images.find(child => child.platform && platformMatches(wanted, child.platform))
    if (found !== undefined) return found
  }
  const [first] = images
  if (first === undefined)
    throw new ImageFault(`${what}: the index lists no image`, { hint: 'check the reference' })
  return first
}
