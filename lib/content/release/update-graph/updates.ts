/**
 * Updates named by version -> updates of each release in a graph, sorted and each once.
 *
 * An update that is named with and without risks has risks: a service that keeps both means the warning, and clusters
 * read it that way too.
 */
import type { GraphRelease, Risk, Update } from './graph.ts'

export interface RawUpdate {
  readonly from: string
  readonly to: string
  readonly risks: readonly Risk[]
}

/** Those from or to a version that is not among the releases are left out, and those that lead nowhere else. */
export function joinUpdates(
  releases: readonly GraphRelease[],
  updates: readonly RawUpdate[],
): readonly (readonly Update[])[] {
  const places = new Map(releases.map(({ version }, at) => [version, at]))
  const joined: readonly Map<number, readonly Risk[]>[] = releases.map(() => new Map())
  for (const { from, to, risks } of updates) {
    const target = places.get(to)
    const offered = joined[places.get(from) ?? -1]
    if (target === undefined || offered === undefined || from === to) continue
    offered.set(target, joinRisks(offered.get(target) ?? [], risks))
  }
  return joined.map(offered => [...offered].map(([to, risks]) => ({ to, risks })).sort((a, b) => b.to - a.to))
}

function joinRisks(before: readonly Risk[], more: readonly Risk[]): readonly Risk[] {
  const known = new Set(before.map(({ name }) => name))
  return [...before, ...more.filter(({ name }) => !known.has(name))]
}
