/**
 * `mirror.platform.graph` -> the image from which the update service of a cluster without internet takes its data: a base
 * image with one more layer, and a command that copies the data to where the service reads it (oc-mirror v2, graph image).
 *
 * The same data on the same base always makes the same image, so that its digest is known while planning.
 */
import { MissingImageError, messageOf, PlanError } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isRecord } from '../../../oci/json.ts'
import {
  formatReference,
  parseReference,
  parseRepositoryPath,
  parseTag,
  pullBy,
  type Reference,
} from '../../../oci/reference.ts'
import type { ManifestCache, RepositoryReader, Sources } from '../../../provider.ts'
import type { Documents } from '../../documents.ts'
import {
  appendLayers,
  type BaseImage,
  buildLayer,
  type JsonObject,
  loadBase,
} from '../../image-build/index.ts'
import type { WantedImage } from '../../wanted.ts'
import { settleAll } from '../failures.ts'
import { withoutSecrets } from '../signatures/location.ts'
import { GRAPH_DATA_FOLDER, unpackGraphData } from './graph-data.ts'

/** The public service's archive (oc-mirror v2). */
export const GRAPH_DATA_URL = 'https://api.openshift.com/api/upgrades_info/graph-data'
export const GRAPH_BASE_IMAGE: Reference = parseReference('registry.access.redhat.com/ubi9/ubi:latest')

export interface GraphImageRequest {
  /** http, https or file. */
  readonly url: string
  readonly baseImage: Reference
}

export interface GraphImagePlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
  readonly documents: Documents
}

/** Where it goes (oc-mirror v2). */
export const GRAPH_IMAGE = {
  repository: parseRepositoryPath('openshift/graph-image'),
  tag: parseTag('latest'),
} as const
const COMMAND = [
  '/bin/bash',
  '-c',
  `exec cp -rp /${GRAPH_DATA_FOLDER}/* /var/lib/cincinnati/graph-data`,
] as const
/** The archive of 2026 has 100 kB. */
const MAX_ARCHIVE_BYTES = 64 * 1024 * 1024

/** @throws PlanError naming what is missing: the data or the base image */
export async function collectGraphImage(
  { url, baseImage }: GraphImageRequest,
  { sources, cache, documents }: GraphImagePlaces,
  signal: AbortSignal,
): Promise<WantedImage> {
  const reading = readGraphData(url, documents, signal)
  const basing = findBase(sources, baseImage, cache, signal)
  await settleAll<unknown>([reading, basing], signal)
  const layer = buildLayer(await unpackGraphData(await reading, withoutSecrets(url)))
  const base = await basing
  return {
    source: {
      kind: 'registry',
      reference: { host: baseImage.host, path: baseImage.path, digest: base.digest },
    },
    ...GRAPH_IMAGE,
    platforms: [],
    origins: [{ kind: 'graphData' }],
    made: appendLayers(base, [layer], withCommand),
  }
}

async function readGraphData(url: string, documents: Documents, signal: AbortSignal): Promise<Uint8Array> {
  const hint = 'mirror.platform.graph needs it; --graph-data-url names another archive, also as file://'
  const name = withoutSecrets(url)
  let archive: Uint8Array | undefined
  try {
    archive = await documents.read(url, { maxBytes: MAX_ARCHIVE_BYTES }, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new PlanError(`the graph data ${name} cannot be read: ${messageOf(cause)}`, { cause, hint })
  }
  if (archive === undefined) throw new PlanError(`the graph data ${name} is not there`, { hint })
  return archive
}

async function findBase(
  sources: Sources,
  reference: Reference,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<BaseImage> {
  const name = formatReference(reference)
  const hint = 'the graph image is built on it; --graph-data-base-image names another one'
  try {
    const reader = sources.open({ kind: 'registry', reference })
    const digest = reference.digest ?? (await digestAt(reader, reference, signal))
    if (digest !== undefined) return await loadBase(reader, digest, [], cache, signal)
    throw new MissingImageError(`the base image ${name}`, reader.absence ?? { said: 'does not exist', hint })
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof MissingImageError) throw cause
    throw new PlanError(`the base image ${name} cannot be read: ${messageOf(cause)}`, { cause, hint })
  }
}

async function digestAt(
  reader: RepositoryReader,
  reference: Reference,
  signal: AbortSignal,
): Promise<Digest | undefined> {
  return (await reader.resolve(pullBy(reference), signal))?.digest
}

/** The entry point stays: the command is what oc-mirror v2 replaces, and what the operator of the service expects. */
function withCommand(config: JsonObject): JsonObject {
  const before = isRecord(config.config) ? config.config : {}
  return { ...config, config: { ...before, Cmd: [...COMMAND] } }
}
