/** Graphs of several channels -> one graph with all their releases and updates, for ways that lead across channels. */
import { compareVersions, type GraphRelease, type UpdateGraph } from './graph.ts'
import { joinUpdates, type RawUpdate } from './updates.ts'

/** Of one architecture and product. Its channel is the names of all, joined by commas. undefined for no graphs. */
export function joinGraphs(graphs: readonly UpdateGraph[]): UpdateGraph | undefined {
  const [first, ...others] = graphs
  if (first === undefined || others.length === 0) return first
  const releases = new Map<string, GraphRelease>()
  for (const release of graphs.flatMap(graph => graph.releases)) {
    const before = releases.get(release.version)
    const channels = [...new Set([...(before?.channels ?? []), ...release.channels])].sort()
    releases.set(release.version, { ...(before ?? release), channels })
  }
  const sorted = [...releases.values()].sort((a, b) => compareVersions(a.version, b.version))
  return {
    product: first.product,
    architecture: first.architecture,
    channel: [...new Set(graphs.map(({ channel }) => channel))].join(', '),
    releases: sorted,
    updates: joinUpdates(sorted, graphs.flatMap(namedUpdates)),
  }
}

function namedUpdates({ releases, updates }: UpdateGraph): readonly RawUpdate[] {
  return updates.flatMap((offered, from) =>
    offered.map(({ to, risks }) => ({
      from: releases[from]?.version ?? '',
      to: releases[to]?.version ?? '',
      risks,
    })),
  )
}
