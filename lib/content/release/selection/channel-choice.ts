/**
 * One channel of an image set -> the releases it keeps: all from the lowest to the highest it asks for, or with
 * `shortestPath` those on the shortest way between the two.
 */
import type { ReleaseChannel } from '../../../config/index.ts'
import { PlanError } from '../../../errors.ts'
import { findWay, type UpdateGraph } from '../update-graph/index.ts'
import type { ConditionalUpdates, V1Rules } from './choice.ts'
import { type Range, resolveRange } from './range.ts'
import { noWayText, placesOf, riskRemarks, versionAt } from './ways-text.ts'

export interface ChannelChoice {
  readonly channel: ReleaseChannel
  readonly graph: UpdateGraph
  readonly range: Range
  readonly picks: readonly Pick[]
  readonly remarks: readonly string[]
}

export interface Pick {
  /** In the graph's `releases`. */
  readonly place: number
  readonly why: string
}

/**
 * With the rules of oc-mirror v1 a `shortestPath` without a way keeps both ends.
 *
 * @throws PlanError when a version is not in the channel, or `shortestPath` finds no way.
 */
export function chooseInChannel(
  channel: ReleaseChannel,
  graph: UpdateGraph,
  conditionalUpdates: ConditionalUpdates,
  v1?: V1Rules,
): ChannelChoice {
  const range = resolveRange(channel, graph, v1?.starts.get(channel.name))
  const { min, max } = range
  const ends = [
    { place: min, why: range.whyMin },
    ...(max === min && range.whyMax === range.whyMin ? [] : [{ place: max, why: range.whyMax }]),
  ]
  const way = findWay(graph, min, max, { conditional: conditionalUpdates === 'allow' })
  if (way === undefined && channel.shortestPath && v1 === undefined)
    throw new PlanError(`${channel.place}: ${noWayText(graph, min, max, conditionalUpdates)}`, {
      hint: 'choose another minVersion or maxVersion, or leave shortestPath out to keep every release between them',
    })
  const inner = channel.shortestPath ? placesOf(way ?? []).slice(1, -1) : placesBetween(min, max)
  const whyInner = channel.shortestPath
    ? `on the shortest way from ${versionAt(graph, min)} to ${versionAt(graph, max)}`
    : range.whyBetween
  return {
    channel,
    graph,
    range,
    picks: [...ends, ...inner.map(place => ({ place, why: whyInner }))],
    remarks: remarksOn(channel, graph, range, way, conditionalUpdates),
  }
}

function placesBetween(min: number, max: number): readonly number[] {
  return Array.from({ length: Math.max(0, max - min - 1) }, (_, at) => min + 1 + at)
}

/** Nobody has said that a cluster starts from the first release of a channel, so that way is not looked at. */
function remarksOn(
  channel: ReleaseChannel,
  graph: UpdateGraph,
  { min, max, isStartKnown }: Range,
  way: ReturnType<typeof findWay>,
  conditionalUpdates: ConditionalUpdates,
): readonly string[] {
  if (!isStartKnown && !channel.shortestPath) return []
  return way === undefined ? [noWayText(graph, min, max, conditionalUpdates)] : riskRemarks(graph, way)
}
