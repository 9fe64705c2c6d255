/**
 * The way between channels: where an image set names several, a cluster on the lowest release of one should get to the
 * highest of another (oc-mirror v2, the cross-channel step; `ocp` channels only).
 *
 * 1. Both in one channel: the way inside it.
 * 2. Channels of the same minor release: the way inside the higher one's.
 * 3. Else minor by minor: in the first channel from its lowest release to its head, whatever its `maxVersion`; from that
 *    in the next minor's channel of the same name to its head; and so on to the highest release of the last.
 *
 * oc-mirror v1 stays with the kind of the first channel to the end (from `stable-4.12` to `eus-4.14` through `stable-4.14`),
 * and goes two minors at a time where that is `eus`.
 *
 * A minor whose channel does not exist is passed over: `eus-4.18` has the releases of 4.17 itself. Where a channel does
 * not have the release the one before ended with, the way is blocked, and what was found so far is kept.
 */
import {
  compareVersions,
  findWay,
  formatChannelName,
  parseChannelName,
  placeOf,
  type UpdateGraph,
} from '../update-graph/index.ts'
import type { ChannelChoice, Pick } from './channel-choice.ts'
import type { ConditionalUpdates, GraphLookup } from './choice.ts'
import { noWayText, placesOf, riskRemarks, versionAt } from './ways-text.ts'

export interface Crossing {
  /** The channel with the lowest release asked for, and the one with the highest. */
  readonly source: ChannelChoice
  readonly target: ChannelChoice
}

/** What the way between channels adds to one of them. */
export interface CrossedChannel {
  readonly graph: UpdateGraph
  readonly picks: readonly Pick[]
  readonly remarks: readonly string[]
}

/** undefined where there are not at least two `ocp` channels. */
export function findCrossing(choices: readonly ChannelChoice[]): Crossing | undefined {
  const [first, ...others] = choices.filter(({ channel }) => channel.product === 'ocp')
  if (first === undefined || others.length === 0) return undefined
  let [source, target] = [first, first]
  for (const choice of others) {
    if (compareEnds(choice, 'min', source) < 0) source = choice
    if (compareEnds(choice, 'max', target) > 0) target = choice
  }
  return { source, target }
}

function compareEnds(a: ChannelChoice, end: 'min' | 'max', b: ChannelChoice): number {
  return compareVersions(versionAt(a.graph, a.range[end]), versionAt(b.graph, b.range[end]))
}

/** Channels of the minor releases that lie between the two, whether or not they exist. */
export function channelsBetween({ source, target }: Crossing, isV1: boolean): readonly string[] {
  const [from, to] = [parseChannelName(source.channel.name), parseChannelName(target.channel.name)]
  if (from === undefined || to === undefined || from.major !== to.major) return []
  const step = isV1 && from.prefix === 'eus' ? 2 : 1
  const last = isV1 && from.prefix !== to.prefix ? to.minor : to.minor - 1
  return Array.from({ length: Math.max(0, Math.floor((last - from.minor) / step)) }, (_, at) =>
    formatChannelName({ ...from, minor: from.minor + step * (1 + at) }),
  )
}

export function crossChannels(
  crossing: Crossing,
  graphs: GraphLookup,
  conditionalUpdates: ConditionalUpdates,
  isV1: boolean,
): readonly CrossedChannel[] {
  const { source, target } = crossing
  const goal = versionAt(target.graph, target.range.max)
  const crossed: CrossedChannel[] = []
  let [at, before] = [versionAt(source.graph, source.range.min), source.graph]
  const way = graphsOnTheWay(crossing, graphs, isV1)
  for (const graph of way) {
    const head = graph.releases.length - 1
    const end = graph === way.at(-1) ? (placeOf(graph, goal) ?? head) : head
    const start = placeOf(graph, at)
    if (start === undefined) {
      crossed.push({ graph, picks: [], remarks: [blockedText(crossing, { graph, at, end, before })] })
      break
    }
    crossed.push(stepInside(graph, start, end, wayName(crossing), conditionalUpdates))
    at = versionAt(graph, end)
    before = graph
  }
  return crossed
}

/** In the order a cluster comes through them. */
function graphsOnTheWay(crossing: Crossing, graphs: GraphLookup, isV1: boolean): readonly UpdateGraph[] {
  const { source, target } = crossing
  if (source === target || areOfOneMinor(crossing)) return [target.graph]
  const goal = versionAt(target.graph, target.range.max)
  const minor = parseChannelName(target.channel.name)?.minor
  const between = channelsBetween(crossing, isV1).flatMap(name => {
    const graph = graphs('ocp', name)
    return graph === undefined || graph.releases.length === 0 ? [] : [graph]
  })
  const ofLastMinor = between.find(({ channel }) => parseChannelName(channel)?.minor === minor)
  const others = between.filter(graph => graph !== ofLastMinor)
  const hasGoal = ofLastMinor !== undefined && placeOf(ofLastMinor, goal) !== undefined
  return [source.graph, ...others, hasGoal ? ofLastMinor : target.graph]
}

/** Channels without a minor release in their names count as being of the same. */
function areOfOneMinor({ source, target }: Crossing): boolean {
  const [from, to] = [parseChannelName(source.channel.name), parseChannelName(target.channel.name)]
  if (from === undefined || to === undefined) return true
  return from.major === to.major && to.minor <= from.minor
}

function stepInside(
  graph: UpdateGraph,
  start: number,
  end: number,
  name: string,
  conditionalUpdates: ConditionalUpdates,
): CrossedChannel {
  if (start >= end) return { graph, picks: [], remarks: [] }
  const way = findWay(graph, start, end, { conditional: conditionalUpdates === 'allow' })
  const places = way === undefined ? [start, end] : placesOf(way)
  return {
    graph,
    picks: places.map(place => ({ place, why: `on the ${name}` })),
    remarks: way === undefined ? [noWayText(graph, start, end, conditionalUpdates)] : riskRemarks(graph, way),
  }
}

function wayName({ source, target }: Crossing): string {
  return `way from channel ${source.channel.name} to channel ${target.channel.name}`
}

/** With the highest release that leads on, where the channel before has one. */
function blockedText(
  crossing: Crossing,
  blocked: { graph: UpdateGraph; at: string; end: number; before: UpdateGraph },
): string {
  const { graph, at, end, before } = blocked
  const bridge = before.releases.findLast(({ version }) => {
    const place = placeOf(graph, version)
    return place !== undefined && place < end && findWay(graph, place, end) !== undefined
  })
  const offer =
    bridge === undefined
      ? ''
      : `; ${bridge.version} is the highest release of channel ${before.channel} that leads to ${versionAt(graph, end)}${
          graph === crossing.target.graph
            ? `: give channel ${graph.channel} minVersion: ${bridge.version} and shortestPath: true`
            : ''
        }`
  return `the ${wayName(crossing)} is blocked: ${at} is not in channel ${graph.channel}${offer}`
}
