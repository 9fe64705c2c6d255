/**
 * Mirrored repositories -> for each source registry, the places below which the mirror keeps its paths. containerd knows
 * mirrors of whole registries only: of a repository that is kept under another path it cannot be told.
 */
import { compareText } from '../target.ts'
import { type MirroredRepository, type PulledBy, repositoryText } from './mirrored-repositories.ts'

export interface PlacedHost {
  /** The source: `registry.redhat.io`. */
  readonly host: string
  /** Prefixes at the mirror, each with the ways in which images below it are pulled; those of most repositories first. */
  readonly places: readonly PlacedPrefix[]
}

export interface PlacedPrefix {
  /** At the mirror: `reg.lan`. */
  readonly registry: string
  /** Empty where paths are the same as at the source. */
  readonly prefix: string
  readonly ways: ReadonlySet<PulledBy>
}

export interface HostsChoice {
  /** Sorted by host. */
  readonly hosts: readonly PlacedHost[]
  /** Source repositories that are kept under other paths, sorted. */
  readonly elsewhere: readonly string[]
}

export function placedHosts(repositories: readonly MirroredRepository[]): HostsChoice {
  const kept = repositories.flatMap(each => {
    const prefix = prefixOf(each)
    return prefix === undefined ? [] : [{ ...each, prefix }]
  })
  const reachable = new Set(kept.map(({ source }) => repositoryText(source)))
  const elsewhere = new Set(repositories.map(({ source }) => repositoryText(source)))
  const hosts = [...Map.groupBy(kept, ({ source }) => source.host).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([host, of]) => ({
      host,
      places: [...Map.groupBy(of, ({ prefix }) => prefix).entries()]
        .sort(([a, x], [b, y]) => y.length - x.length || compareText(a, b))
        .map(([prefix, same]) => ({
          registry: same[0]?.mirror.host ?? '',
          prefix,
          ways: new Set(same.map(({ by }) => by)),
        })),
    }))
  return { hosts, elsewhere: [...elsewhere].filter(name => !reachable.has(name)).sort(compareText) }
}

/** What stands before the source's path at the mirror; undefined where that path is not kept. */
export function prefixOf({
  source,
  mirror,
}: Pick<MirroredRepository, 'source' | 'mirror'>): string | undefined {
  if (mirror.path === source.path) return ''
  return mirror.path.endsWith(`/${source.path}`) ? mirror.path.slice(0, -(source.path.length + 1)) : undefined
}
