/**
 * Several versions of a product as payloads: from each to the next the same number of components is new, in turn, and
 * all others stay. So a test or a bench knows beforehand how many different digests a set of releases has.
 */
import type { Built } from './images.ts'
import { buildComponent, buildRelease, type Release, type ReleaseArchitecture } from './releases.ts'

export interface SeriesOptions {
  /** In order. */
  readonly versions: readonly string[]
  readonly architecture?: ReleaseArchitecture
  /** Components of each release. */
  readonly components: number
  /** Of them, those that are new in each version after the first. */
  readonly changed: number
  /** Also make KubeVirt machine images, new in each version. */
  readonly machines?: boolean
}

/** Names of the first components; others are numbered. */
const NAMES = ['etcd', 'cli', 'installer', 'machine-os-content', 'console', 'oauth-server'] as const

export function buildSeries(options: SeriesOptions): readonly Release[] {
  const { versions, architecture = 'amd64', components, changed } = options
  const made = new Map<string, Built>()
  const generations = Array.from({ length: components }, () => 0)
  return versions.map((version, at) => {
    if (at > 0)
      for (let count = 0; count < changed; count++) {
        const place = ((at - 1) * changed + count) % components
        generations[place] = (generations[place] ?? 0) + 1
      }
    const named = generations.map((generation, place) => {
      const name = componentName(place)
      const seed = `${architecture} ${name} ${generation}`
      const image = made.get(seed) ?? buildComponent(seed, architecture)
      made.set(seed, image)
      return [name, image] as const
    })
    return buildRelease({
      version,
      architecture,
      components: Object.fromEntries(named),
      previous: versions.slice(0, at),
      ...(options.machines === true && {
        machines: { x86_64: `machine ${version}`, s390x: `mainframe ${version}` },
      }),
    })
  })
}

export function componentName(place: number): string {
  return NAMES[place] ?? `component-${String(place).padStart(3, '0')}`
}
