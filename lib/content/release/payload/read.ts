/**
 * A release payload, by digest → what it says of itself. Three files are read from its layers, as a stream; what they came
 * down to is kept by digest, so that the same payload is asked nothing the next time.
 */
import type { ReleaseArchitecture } from '../../../config/index.ts'
import { PlanError } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { ImageManifest, Manifest } from '../../../oci/manifest.ts'
import { canonicalArchitecture, formatPlatform, type Platform } from '../../../oci/platform.ts'
import type { FactCache, ManifestCache, RepositoryReader } from '../../../provider.ts'
import {
  type FileQuery,
  imageConfig,
  loadManifest,
  platformImage,
  readImageFiles,
} from '../../image-files/index.ts'
import { isReleaseArchitecture } from '../architecture.ts'
import { readComponents } from './image-references.ts'
import { readBootImages } from './kubevirt.ts'
import type { Payload } from './payload.ts'
import { decodePayload, encodePayload } from './payload-fact.ts'
import { readReleaseMetadata } from './release-metadata.ts'

export interface PayloadSource {
  readonly reader: RepositoryReader
  readonly digest: Digest
  /** For messages: `4.16.8 (amd64), quay.io/openshift-release-dev/ocp-release@sha256:…` */
  readonly name: string
  /** Of a multi payload: whose instance is read; its manifests name the same components on every machine. Empty: any. */
  readonly platforms: readonly Platform[]
}

const FOLDER = 'release-manifests'
const REFERENCES = 'image-references'
const METADATA = 'release-metadata'
const BOOT_IMAGES = '0000_50_installer_coreos-bootimages.yaml'
const FILES: ReadonlySet<string> = new Set([REFERENCES, METADATA, BOOT_IMAGES])

/** The longest known (image-references of 4.21, 380 components) has less than half a megabyte. */
const MAX_FILE_BYTES = 16 * 1024 * 1024

const QUERY: FileQuery = {
  wanted: path => nameIn(path) !== undefined,
  until: [...FILES].map(name => `${FOLDER}/${name}`),
  maxFileBytes: MAX_FILE_BYTES,
  maxTotalBytes: 2 * MAX_FILE_BYTES,
}

/**
 * @throws PlanError naming the payload, and the tag where one is wrong; PlaceError, DigestMismatchError, ImageFault as
 *   reading the image does.
 */
export async function readPayload(
  source: PayloadSource,
  cache: ManifestCache,
  facts: FactCache,
  signal: AbortSignal,
): Promise<Payload> {
  const key = `payload/${source.digest}`
  const known = await facts.get(key)
  const kept = known && decodePayload(known, source.digest)
  if (kept !== undefined) return kept
  const payload = await readFromImage(source, cache, signal)
  await facts.put(key, encodePayload(payload))
  return payload
}

async function readFromImage(
  source: PayloadSource,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<Payload> {
  const { reader, digest, name } = source
  const root = await loadManifest(reader, digest, cache, signal)
  const image = await imageBelow(root.manifest, source, cache, signal)
  const files = byName(await readImageFiles(reader, image, QUERY, signal))
  const references = files.get(REFERENCES)
  if (references === undefined)
    throw new PlanError(`${name} is no release: it has no ${FOLDER}/${REFERENCES}`, {
      hint: 'check that the update graph, or platform.release, names a release payload',
    })
  const { version, components } = readComponents(references, name)
  const metadata = readReleaseMetadata(files.get(METADATA), name)
  if (metadata.version !== undefined && metadata.version !== version)
    throw new PlanError(
      `${name} contradicts itself: ${REFERENCES} is of version ${version}, ${METADATA} of ${metadata.version}`,
      { hint: 'a release that was put together by hand; build it anew with oc adm release new' },
    )
  const architecture = await architectureOf(root.manifest, metadata.architecture, source, signal)
  return {
    digest,
    version,
    architecture,
    components,
    kubevirt: readBootImages(files.get(BOOT_IMAGES), name),
    previous: metadata.previous,
    ...(metadata.errata !== undefined && { errata: metadata.errata }),
  }
}

async function imageBelow(
  root: Manifest,
  { reader, digest, platforms }: PayloadSource,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<ImageManifest> {
  if (root.kind === 'image') return root
  const choose = [...platforms.map(formatPlatform), 'linux/amd64']
  return (await platformImage(reader, digest, choose, cache, signal)).manifest
}

/** `multi` for an index; else what the payload states, else what its config was built for. */
async function architectureOf(
  root: Manifest,
  stated: string | undefined,
  { reader, name }: PayloadSource,
  signal: AbortSignal,
): Promise<ReleaseArchitecture> {
  if (root.kind === 'index') return 'multi'
  const text = stated ?? String((await imageConfig(reader, root, signal)).json.architecture)
  const architecture = canonicalArchitecture(text)
  if (isReleaseArchitecture(architecture)) return architecture
  throw new PlanError(`${name}: releases for "${text}" are not known`, {
    hint: 'known are amd64, arm64, ppc64le, s390x and multi',
  })
}

/** The file that a path is, where it is one of the three: in the folder's own place, or wherever the folder is. */
function nameIn(path: string): string | undefined {
  const [name = '', ...folders] = path.split('/').reverse()
  return folders.includes(FOLDER) && FILES.has(name) ? name : undefined
}

/** Where a file is there twice, the one with the shorter path is the payload's own. */
function byName(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const byLength = [...files].toSorted(([a], [b]) => b.length - a.length || (a < b ? 1 : -1))
  return new Map(byLength.map(([path, bytes]) => [nameIn(path) ?? path, bytes]))
}
