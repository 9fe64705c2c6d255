/** Which channels there are, and one of them by name: what a person asks before writing an image set. */
import type { Documents } from '../../documents.ts'
import { channelsIn, formatChannelName, parseChannelName, unknownChannel } from './channel-names.ts'
import type { UpdateGraph } from './graph.ts'
import type { GraphQuestion } from './question.ts'
import { readUpdateGraph } from './read.ts'

export type ServiceQuestion = Omit<GraphQuestion, 'channel'>

/** Where looking for channels begins when no version is given; each graph names the channels of later minors. */
const LOOKED_AT_FIRST = '4.16'
/** Kinds of channels in which a minor release appears, the most settled first. */
const KINDS = ['stable', 'fast', 'candidate']

/** @throws PlanError when it has no releases, with the names of channels that have; PlaceError */
export async function readChannel(
  question: GraphQuestion,
  documents: Documents,
  signal: AbortSignal,
): Promise<UpdateGraph> {
  const graph = await readUpdateGraph(question, documents, signal)
  if (graph.releases.length > 0) return graph
  const minor = /\d+\.\d+/.exec(question.channel)?.[0]
  const neighbour =
    minor === undefined || question.product !== 'ocp'
      ? undefined
      : await readUpdateGraph({ ...question, channel: `stable-${minor}` }, documents, signal)
  throw unknownChannel(question, neighbour === undefined ? [] : [neighbour])
}

/**
 * Channels that the releases of a minor are in, or without one, of all minors there are from a fixed one on.
 *
 * @param minor `4.16`
 * @throws PlanError when the minor has no releases; PlaceError
 */
export async function listChannels(
  service: ServiceQuestion,
  minor: string | undefined,
  documents: Documents,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const graphs = [await readMinor(service, minor ?? LOOKED_AT_FIRST, documents, signal)]
  for (let last = graphs[0]; minor === undefined && last !== undefined; last = graphs.at(-1)) {
    const later = latestMinor(last)
    if (later === undefined) break
    graphs.push(await readUpdateGraph({ ...service, channel: later }, documents, signal))
  }
  return channelsIn(graphs)
}

async function readMinor(
  service: ServiceQuestion,
  minor: string,
  documents: Documents,
  signal: AbortSignal,
): Promise<UpdateGraph> {
  for (const kind of KINDS) {
    const graph = await readUpdateGraph({ ...service, channel: `${kind}-${minor}` }, documents, signal)
    if (graph.releases.length > 0) return graph
  }
  throw unknownChannel({ ...service, channel: `stable-${minor}` }, [])
}

/** The channel of the latest minor that this graph names, of its own kind; undefined where that is its own. */
function latestMinor(graph: UpdateGraph): string | undefined {
  const own = parseChannelName(graph.channel)
  const names = channelsIn([graph]).flatMap(name => parseChannelName(name) ?? [])
  const latest = names.findLast(({ prefix }) => prefix === own?.prefix)
  if (own === undefined || latest === undefined) return undefined
  const isLater = latest.major - own.major || latest.minor - own.minor
  return isLater > 0 ? formatChannelName(latest) : undefined
}
