/**
 * Mirrored repositories -> `registries.yaml` of RKE2 and k3s: the mirror as endpoint of every source registry, and for
 * each repository the rule that rewrites its path to the one at the mirror ("Private Registry Configuration").
 *
 * Rules are tried in no certain order, so that no two may fit one path: one rule for all where all paths are kept alike,
 * else one for each repository.
 */
import { compareText } from '../target.ts'
import type { MirroredRepository } from './mirrored-repositories.ts'
import { prefixOf } from './placed-hosts.ts'
import { yamlText } from './yaml-text.ts'

interface RancherMirror {
  readonly endpoint: readonly string[]
  readonly rewrite?: Readonly<Record<string, string>>
}

export interface RancherChoice {
  /** undefined where there is nothing to mirror. */
  readonly text: string | undefined
  /** Repositories that are kept in several places, of which a rule can name one. */
  readonly ambiguous: readonly string[]
}

export function rancherRegistries(repositories: readonly MirroredRepository[]): RancherChoice {
  const ambiguous = new Set<string>()
  const mirrors = [...Map.groupBy(repositories, ({ source }) => source.host).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([host, of]): [string, RancherMirror] => {
      const endpoint = [`https://${of[0]?.mirror.host ?? ''}`]
      const prefixes = new Set(of.map(prefixOf))
      const [prefix] = prefixes
      if (prefixes.size === 1 && prefix === '') return [host, { endpoint }]
      if (prefixes.size === 1 && prefix !== undefined)
        return [host, { endpoint, rewrite: { '^(.*)$': `${prefix}/$1` } }]
      const rewrite: Record<string, string> = {}
      for (const { source, mirror } of of) {
        const pattern = `^${source.path.replaceAll('.', '\\.')}$`
        if ((rewrite[pattern] ?? mirror.path) !== mirror.path) ambiguous.add(`${host}/${source.path}`)
        rewrite[pattern] ??= mirror.path
      }
      return [host, { endpoint, rewrite }]
    })
  return {
    text: mirrors.length === 0 ? undefined : yamlText({ mirrors: Object.fromEntries(mirrors) }),
    ambiguous: [...ambiguous].sort(compareText),
  }
}
