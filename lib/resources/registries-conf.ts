/**
 * Rules -> a drop-in for `/etc/containers/registries.conf.d`: CRI-O, podman, skopeo and buildah outside of OpenShift look
 * into the mirror first (containers-registries.conf(5)). It says what a cluster's nodes are told by the mirror sets, and
 * that what was mirrored by its tag is there by its digest too.
 */

import type { MirrorRule } from './mirror-rules.ts'
import { mirrorEntries } from './mirror-sets.ts'
import { tomlText } from './toml-text.ts'

/** undefined where there is nothing to say. */
export function registriesConf(rules: readonly MirrorRule[]): string | undefined {
  const bySource = Map.groupBy(rules, ({ source }) => source)
  const tables = mirrorEntries(rules).map(({ source, mirrors }) => {
    const same = bySource.get(source) ?? []
    const ways = (mirror: string) => new Set(same.filter(rule => rule.mirror === mirror).map(({ by }) => by))
    return [
      '[[registry]]',
      `location = ${tomlText(source)}`,
      ...mirrors.flatMap(mirror => ['', ...mirrorTable(mirror, ways(mirror))]),
    ].join('\n')
  })
  return tables.length === 0 ? undefined : `${tables.join('\n\n')}\n`
}

/** Without `pull-from-mirror`, the mirror is for digests and tags: a digest is the same image wherever it comes from. */
function mirrorTable(mirror: string, ways: ReadonlySet<MirrorRule['by']>): readonly string[] {
  return [
    '[[registry.mirror]]',
    `location = ${tomlText(mirror)}`,
    ...(ways.has('tag') ? [] : ['pull-from-mirror = "digest-only"']),
  ]
}
