/**
 * Whether a cluster on the highest release the mirror holds now can be updated to the highest one it will hold, with
 * what it will hold; and if not, which releases are missing on the way.
 */
import { machineOf } from '../architecture.ts'
import {
  channelText,
  compareVersions,
  findWay,
  isVersion,
  joinGraphs,
  placeOf,
  type UpdateGraph,
} from '../update-graph/index.ts'
import type { ConditionalUpdates } from './choice.ts'
import { noWayText, placesOf, riskRemarks, versionAt, wayText } from './ways-text.ts'

export interface UpdateQuestion {
  /** Of one architecture and product; see `ReleaseChoice.graphs`. */
  readonly graphs: readonly UpdateGraph[]
  /** Versions in the mirror now, in any order. */
  readonly heldVersions: readonly string[]
  /** Versions the mirror will hold. */
  readonly wantedVersions: readonly string[]
  readonly conditionalUpdates?: ConditionalUpdates
}

/** Remarks for a reviewer: which releases are missing on the way, and what to change in the image set. */
export function checkUpdates(question: UpdateQuestion): readonly string[] {
  const { heldVersions, wantedVersions, conditionalUpdates = 'allow' } = question
  const graph = joinGraphs(question.graphs)
  const [from, to] = [highestOf(heldVersions), highestOf(wantedVersions)]
  if (graph === undefined || from === undefined || to === undefined || compareVersions(from, to) >= 0)
    return []
  const [start, end] = [placeOf(graph, from), placeOf(graph, to)]
  const unable = `clusters on ${from} (${machineOf(graph.architecture)}), the highest release the mirror holds now, cannot be updated to ${to} from it`
  if (end === undefined) return []
  if (start === undefined)
    return [
      `${unable} as far as can be seen: ${from} is not in ${channelText(graph)}; list a channel that has it too, so that the way between the two can be worked out`,
    ]
  const wanted = new Set(wantedVersions)
  const conditional = conditionalUpdates === 'allow'
  const through = (place: number) => wanted.has(versionAt(graph, place))
  const way = findWay(graph, start, end, { conditional, through })
  if (way !== undefined) return riskRemarks(graph, way)
  const whole = findWay(graph, start, end, { conditional })
  if (whole === undefined) return [`${unable}: ${noWayText(graph, start, end, conditionalUpdates)}`]
  const missing = placesOf(whole)
    .slice(1)
    .filter(place => !through(place))
    .map(place => versionAt(graph, place))
  return [
    `${unable}: the way is ${wayText(graph, whole)}, and the mirror will not hold ${missing.join(', ')}; ${offer(question, from, to)}`,
  ]
}

/** The change that brings the missing releases: one channel with both ends, where there is one. */
function offer({ graphs }: UpdateQuestion, from: string, to: string): string {
  const one = graphs.find(graph => placeOf(graph, from) !== undefined && placeOf(graph, to) !== undefined)
  return one === undefined
    ? `list the channel that ${from} is in, with minVersion: ${from}`
    : `give channel ${one.channel} minVersion: ${from} and shortestPath: true, or minVersion: ${from} alone for all between`
}

/** Of a payload named by digest the version is not known; what stands for it is none. */
function highestOf(versions: readonly string[]): string | undefined {
  return versions
    .filter(isVersion)
    .reduce<string | undefined>(
      (highest, version) =>
        highest === undefined || compareVersions(version, highest) > 0 ? version : highest,
      undefined,
    )
}
