/**
 * Releases of a minor that lies between two long-lived ones: a cluster on 4.16 gets to 4.18 only by way of one of 4.17,
 * and an EUS channel of which only its end is kept does not bring one along.
 */
import semver from 'semver'
import { findWay, parseChannelName, type UpdateGraph } from '../update-graph/index.ts'
import type { ConditionalUpdates } from './choice.ts'
import { placesOf, versionAt, wayText } from './ways-text.ts'

/** Minor releases from one EUS release to the next (product documentation, "EUS-to-EUS update"). */
const EUS_STEP = 2

/**
 * For an EUS channel: how a cluster on the EUS release before gets to the highest one kept, when what is kept is not
 * enough for that. undefined where nothing is missing, or where a release of an earlier minor is kept: then the way from
 * there is looked at.
 */
export function skippedMinorRemark(
  graph: UpdateGraph,
  kept: ReadonlySet<string>,
  conditionalUpdates: ConditionalUpdates,
): string | undefined {
  if (!parseChannelName(graph.channel)?.prefix.includes('eus')) return undefined
  const end = graph.releases.findLastIndex(({ version }) => kept.has(version))
  const minor = minorAt(graph, end)
  if (minor === undefined) return undefined
  if (graph.releases.some(({ version }, at) => kept.has(version) && minorAt(graph, at) !== minor))
    return undefined
  const conditional = conditionalUpdates === 'allow'
  for (let start = end - 1; start >= 0; start--) {
    if (minorAt(graph, start) !== minor - EUS_STEP) continue
    const way = findWay(graph, start, end, { conditional })
    if (way === undefined) continue
    const missing = placesOf(way)
      .map(place => versionAt(graph, place))
      .filter(version => !kept.has(version))
    return `a cluster on ${versionAt(graph, start)} gets to ${versionAt(graph, end)} by ${wayText(graph, way)}, of which the mirror will not hold ${missing.join(' and ')}: for that, give channel ${graph.channel} minVersion: ${versionAt(graph, start)} and shortestPath: true`
  }
  return undefined
}

function minorAt(graph: UpdateGraph, place: number): number | undefined {
  return semver.parse(versionAt(graph, place))?.minor
}
