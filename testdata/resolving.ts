/** Resolving as planning does it, with registries in memory and the options that most tests share. */
import type { WantedImage } from '../lib/content/wanted.ts'
import type { DesiredGraph } from '../lib/graph/graph.ts'
import { placeImages } from '../lib/graph/naming.ts'
import { type Resolved, type ResolveOptions, resolveGraph } from '../lib/graph/resolve.ts'
import type { State } from '../lib/state.ts'
import { parseTarget } from '../lib/target.ts'
import type { MemoryRegistry } from './memory-registry.ts'
import { never, noCache, sourcesOf, wantedImage } from './mirroring.ts'

const TARGET = parseTarget('docker://mirror.example')

export function resolveFrom(
  registries: readonly MemoryRegistry[],
  wanted: readonly (string | WantedImage)[],
  over: Partial<ResolveOptions> = {},
): Promise<Resolved> {
  return resolveGraph(
    placeImages(
      TARGET,
      wanted.map(image => (typeof image === 'string' ? wantedImage(image) : image)),
      0,
    ),
    {
      sources: sourcesOf(...registries),
      cache: noCache,
      state: undefined,
      refresh: true,
      platformIndex: 'sparse',
      attachments: 'copy-if-present',
      targetReferrersApi: 'yes',
      ...over,
    },
    never(),
  )
}

/** A state that holds exactly what was desired. */
export function stateHolding(graph: DesiredGraph): State {
  const { images, manifests, blobs } = graph
  return {
    images,
    manifests,
    blobs,
    lineage: '00000000-0000-4000-8000-000000000000',
    target: TARGET,
    loose: [],
  }
}
