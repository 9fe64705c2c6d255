/**
 * Catalogs and the images of their bundles in registries in memory: what collecting operators reads, and the ground on
 * which plans with operators are made and applied, without any server.
 */
import { join } from 'node:path'
import { parseImageSet } from '../lib/config/index.ts'
import {
  type CollectedCatalog,
  collectCatalogs,
  type OperatorOptions,
  type OperatorPlaces,
  type StandingCatalogs,
} from '../lib/content/operator/index.ts'
import type { MadeImage, Origin } from '../lib/graph/graph.ts'
import { digestOf } from '../lib/oci/digest.ts'
import { parseReference } from '../lib/oci/reference.ts'
import type { Sources } from '../lib/provider.ts'
import { openStateFile } from '../state/index.ts'
import { factsInMemory, manifestsInMemory } from './caches-in-memory.ts'
import {
  buildCatalogImage,
  type CatalogContent,
  type CatalogImageOptions,
  sketchCatalog,
} from './catalogs.ts'
import type { Built } from './images.ts'
import { MemoryRegistry } from './memory-registry.ts'
import { type MirrorSetup, never, sourcesOf } from './mirroring.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'

export const DEMO_CATALOG = 'registry.example.com/olm/demo-index:v1'

export interface OperatorsInMemory {
  readonly places: OperatorPlaces
  /** Opened by the first image or catalog of a host. */
  registry(host: string): MemoryRegistry
  /** Puts images where their references name them. */
  put(images: ReadonlyMap<string, Built>): void
  /** Builds and puts a catalog with all that it names. */
  publish(reference: string, content: CatalogContent, options?: CatalogImageOptions): Built
  /** `operators` of an image set, as YAML or JSON below the key. */
  collect(
    operators: string,
    options?: Partial<OperatorOptions>,
    held?: readonly Origin[],
    standing?: StandingCatalogs,
  ): Promise<readonly CollectedCatalog[]>
}

/** With the demo catalog of the specification, unless told otherwise. */
export function operatorsInMemory(content: CatalogContent = sketchCatalog()): OperatorsInMemory {
  const registries = new Map<string, MemoryRegistry>()
  const registry = (host: string) => {
    const known = registries.get(host) ?? new MemoryRegistry(host)
    registries.set(host, known)
    return known
  }
  const sources: Sources = { open: source => sourcesOf(...registries.values()).open(source) }
  const places = { sources, cache: manifestsInMemory(), facts: factsInMemory() }
  const put = (images: ReadonlyMap<string, Built>) => {
    for (const [text, image] of images) {
      const { host, path, tag } = parseReference(text)
      registry(host).hold(path, tag, image)
    }
  }
  const publish: OperatorsInMemory['publish'] = (reference, { files, images }, options) => {
    const catalog = buildCatalogImage(files, options)
    put(new Map([...images, [reference, catalog]]))
    return catalog
  }
  publish(DEMO_CATALOG, content)
  return {
    places,
    registry,
    put,
    publish,
    collect(operators, options = {}, held = [], standing = undefined) {
      const text = `kind: ImageSetConfiguration\nmirror:\n  operators:\n${operators}`
      const sections = parseImageSet({ path: 'isc.yaml', text }).operators ?? []
      const chosen = { selection: 'documented', allowMissingPackages: false, ...options } as const
      const given = { ...places, ...(standing && { standing }) }
      return collectCatalogs(sections, given, chosen, held, never())
    },
  }
}

/** A target in memory and a state on disk, with these operators as sources. */
export function mirrorOf(
  t: TestEnd,
  { places }: OperatorsInMemory,
): MirrorSetup & { readonly target: MemoryRegistry } {
  const target = new MemoryRegistry('mirror.example', { prefix: 'ocp' })
  const store = openStateFile(join(temporaryFolder(t), 'mirror.state.json'))
  return { target, store, sources: places.sources, cache: places.cache }
}

/** A made image as the builders of test images give theirs: ready to be put over its base. */
export function asBuilt(made: MadeImage): Built {
  const manifests = made.manifests.map(({ mediaType, text }) => {
    const bytes = Buffer.from(text)
    const manifest = { mediaType, bytes, digest: digestOf(bytes) }
    return { manifest, descriptor: { ...manifest, size: bytes.length }, blobs: made.blobs, children: [] }
  })
  const root = manifests.at(-1)
  if (root === undefined) throw new RangeError('an image without manifests')
  return { ...root, children: manifests.slice(0, -1) }
}
