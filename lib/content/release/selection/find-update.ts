/**
 * Two versions -> the way a cluster takes from one to the other: inside the channel, or where the first is of an earlier
 * minor, through the channels of the same kind between them.
 */
import { PlanError } from '../../../errors.ts'
import type { Documents } from '../../documents.ts'
import { settleAll } from '../failures.ts'
import {
  channelText,
  findWay,
  formatChannelName,
  type GraphQuestion,
  type Hop,
  joinGraphs,
  nearestVersions,
  parseChannelName,
  placeOf,
  readChannel,
  readUpdateGraph,
  type UpdateGraph,
} from '../update-graph/index.ts'
import type { ConditionalUpdates } from './choice.ts'
import { noWayText } from './ways-text.ts'

export interface UpdateWish extends GraphQuestion {
  /** Semantic versions. */
  readonly from: string
  readonly to: string
  readonly conditionalUpdates: ConditionalUpdates
}

export interface FoundUpdate {
  /** Of one channel, or joined from several. */
  readonly graph: UpdateGraph
  readonly way: readonly Hop[]
}

/** @throws PlanError for an unknown channel, a version that is not in it, or no way; PlaceError */
export async function findUpdate(
  wish: UpdateWish,
  documents: Documents,
  signal: AbortSignal,
): Promise<FoundUpdate> {
  const { from, to, conditionalUpdates } = wish
  const channel = await readChannel(wish, documents, signal)
  const end = placeIn(channel, to)
  const graph = placeOf(channel, from) === undefined ? await widen(channel, wish, documents, signal) : channel
  const start = placeIn(graph, from)
  const last = placeOf(graph, to) ?? end
  const way = findWay(graph, start, last, { conditional: conditionalUpdates === 'allow' })
  if (way !== undefined) return { graph, way }
  if (start > last)
    throw new PlanError(`${to} is below ${from}: clusters are not updated to lower versions`, {
      hint: 'swap the two',
    })
  throw new PlanError(noWayText(graph, start, last, conditionalUpdates), {
    hint: 'another channel (fast, candidate) may have a way',
  })
}

/** @throws PlanError that offers the nearest versions */
function placeIn(graph: UpdateGraph, version: string): number {
  const place = placeOf(graph, version)
  if (place !== undefined) return place
  throw new PlanError(`${version} is not in ${channelText(graph)}`, {
    hint: `the nearest releases there are ${nearestVersions(graph, version).join(', ')}`,
  })
}

/** With the channels of the minors from that of `from` on; those that do not exist add nothing. */
async function widen(
  graph: UpdateGraph,
  wish: UpdateWish,
  documents: Documents,
  signal: AbortSignal,
): Promise<UpdateGraph> {
  const name = parseChannelName(wish.channel)
  const [major, minor] = wish.from.split('.').map(Number)
  if (name === undefined || minor === undefined || name.major !== major) return graph
  const earlier = Array.from({ length: Math.max(0, name.minor - minor) }, (_, at) =>
    readUpdateGraph(
      { ...wish, channel: formatChannelName({ ...name, minor: minor + at }) },
      documents,
      signal,
    ),
  )
  const found = (await settleAll(earlier, signal)).filter(({ releases }) => releases.length > 0)
  return joinGraphs([...found, graph]) ?? graph
}
