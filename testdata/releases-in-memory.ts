/**
 * Releases whose payloads lie in a registry in memory, with the update graphs and signatures that name them as documents:
 * what collecting releases reads, without any server.
 */
import type { PlatformSection, ReleaseChannel } from '../lib/config/index.ts'
import type { Documents } from '../lib/content/documents.ts'
import {
  type CollectedPlatform,
  collectPlatform,
  createReleaseReader,
  type PlatformOptions,
  parseKeyring,
  type ReleasePlaces,
  type ReleaseReader,
} from '../lib/content/release/index.ts'
import { signatureUrl } from '../lib/content/release/signatures/index.ts'
import { graphUrl } from '../lib/content/release/update-graph/index.ts'
import type { WantedImage } from '../lib/content/wanted.ts'
import { PlanError } from '../lib/errors.ts'
import { digestOf } from '../lib/oci/digest.ts'
import { parseReference } from '../lib/oci/reference.ts'
import { factsInMemory, manifestsInMemory } from './caches-in-memory.ts'
import { MemoryRegistry } from './memory-registry.ts'
import { sourcesOf } from './mirroring.ts'
import { createSigner, type Signer } from './release-signing.ts'
import { COMPONENT_REPOSITORY, PAYLOAD_REPOSITORY, RELEASE_HOST, type Release } from './releases.ts'
import { updateGraph } from './update-graph-server.ts'

const SIGNATURES = 'https://signatures.example/release'
const BASE_HOST = 'registry.access.redhat.com'
const GRAPH_DATA = 'https://graphs.example/graph-data'

export interface ReleasesInMemory {
  readonly quay: MemoryRegistry
  /** Where the base of the graph image is. */
  readonly bases: MemoryRegistry
  /** By URL; what is not there is not there. */
  readonly web: Map<string, Uint8Array>
  /** URLs in the order they were asked for. */
  readonly asked: string[]
  readonly signer: Signer
  readonly places: ReleasePlaces
  readonly options: PlatformOptions
  reader(): Promise<ReleaseReader>
  /** Payloads, components and signatures, and a channel that has them in this order. */
  publish(
    channel: string,
    releases: readonly Release[],
    edges?: readonly (readonly [string, string])[],
  ): Promise<void>
  /** Where the first signature of a release is. */
  signatureAt(release: Release): string
  graphAt(channel: string, architecture?: Release['architecture']): string
}

export async function releasesInMemory(): Promise<ReleasesInMemory> {
  const quay = new MemoryRegistry(RELEASE_HOST)
  const bases = new MemoryRegistry(BASE_HOST)
  const web = new Map<string, Uint8Array>()
  const asked: string[] = []
  const signer = await createSigner('Releases in memory')
  const signatureAt = ({ payload }: Release) => signatureUrl(SIGNATURES, payload.manifest.digest, 1)
  const graphAt: ReleasesInMemory['graphAt'] = (channel, architecture = 'amd64') =>
    graphUrl({ product: 'ocp', channel, architecture })
  const places = {
    sources: sourcesOf(quay, bases),
    cache: manifestsInMemory(),
    facts: factsInMemory(),
    documents: documentsFrom(web, asked),
  }
  return {
    quay,
    bases,
    web,
    asked,
    signer,
    places,
    options: {
      conditionalUpdates: 'allow',
      ignoreReleaseSignature: false,
      graphImage: { url: GRAPH_DATA, baseImage: parseReference(`${BASE_HOST}/ubi9/ubi:latest`) },
    },
    reader: async () =>
      createReleaseReader(places, {
        url: SIGNATURES,
        keys: await parseKeyring(signer.armoredPublicKey, 'release-key.asc'),
        now: new Date(),
      }),
    async publish(channel, releases, edges) {
      for (const release of releases) {
        quay.hold(PAYLOAD_REPOSITORY, release.tag, release.payload)
        for (const image of [...release.components.values(), ...release.machines.values()])
          quay.hold(COMPONENT_REPOSITORY, undefined, image)
        const name = `${RELEASE_HOST}/${PAYLOAD_REPOSITORY}:${release.tag}`
        web.set(signatureAt(release), await signer.sign(release.payload.manifest.digest, name))
      }
      const graph = updateGraph(releases, edges, { channels: [channel] })
      web.set(graphAt(channel, releases[0]?.architecture), Buffer.from(JSON.stringify(graph)))
    },
    signatureAt,
    graphAt,
  }
}

/** A channel of an image set. */
export function channelOf(name: string, over: Partial<ReleaseChannel> = {}): ReleaseChannel {
  return { name, product: 'ocp', shortestPath: false, full: false, place: 'imageset.yaml:5', ...over }
}

const NOTHING: PlatformSection = {
  graph: false,
  channels: [],
  architectures: ['amd64'],
  platforms: [],
  kubeVirtContainer: false,
}

/** Collects a platform section, of which only what matters is given. */
export async function collect(
  memory: ReleasesInMemory,
  section: Partial<PlatformSection>,
  options: Partial<PlatformOptions> = {},
): Promise<CollectedPlatform> {
  const read = await memory.reader()
  const whole = { ...NOTHING, ...section }
  return collectPlatform(
    whole,
    memory.places,
    read,
    { ...memory.options, ...options },
    new AbortController().signal,
  )
}

/** `repository:tag` of each. */
export function placesOf(images: readonly WantedImage[]): readonly string[] {
  return images.map(({ repository, tag }) => `${repository}:${tag}`)
}

/** The PlanError that the work ends with. */
export async function failure(work: Promise<unknown>): Promise<PlanError> {
  try {
    await work
  } catch (error) {
    if (error instanceof PlanError) return error
    throw error
  }
  throw new Error('nothing failed')
}

function documentsFrom(web: ReadonlyMap<string, Uint8Array>, asked: string[]): Documents {
  return {
    async read(url) {
      asked.push(url)
      return web.get(url)
    },
    get used() {
      return [...new Set(asked)].sort().flatMap(url => {
        const bytes = web.get(url)
        return bytes === undefined ? [] : [{ url, digest: digestOf(bytes), bytes }]
      })
    },
  }
}
