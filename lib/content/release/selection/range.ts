/**
 * A channel of an image set and its graph -> the lowest and the highest release it asks for (oc-mirror v2, "Version
 * selection"):
 *
 * | given                     | lowest               | highest             |
 * |---------------------------|----------------------|---------------------|
 * | nothing                   | head of the channel  | head of the channel |
 * | `full`                    | first of the channel | head of the channel |
 * | `minVersion`              | it                   | head of the channel |
 * | `maxVersion`              | first of the channel | it                  |
 * | both                      | `minVersion`         | `maxVersion`        |
 *
 * With the rules of oc-mirror v1 a channel with nothing given begins with the release that its first run took, where one is
 * recorded.
 *
 * First and head are the lowest and highest release of the graph, which may begin one or two minor releases earlier
 * than the channel's name says. `full` changes nothing where a version is given.
 */
import type { ReleaseChannel } from '../../../config/index.ts'
import { PlanError } from '../../../errors.ts'
import {
  channelText,
  compareVersions,
  nearestVersions,
  placeOf,
  type UpdateGraph,
} from '../update-graph/index.ts'

export interface Range {
  /** Places in the graph's `releases`. */
  readonly min: number
  readonly max: number
  readonly whyMin: string
  readonly whyMax: string
  /** Why a release between the two is kept. */
  readonly whyBetween: string
  /** Whether the lowest is one that clusters are known to start from. */
  readonly isStartKnown: boolean
}

const HEAD = 'head of the channel'
const FIRST = 'first of the channel'

/**
 * @param recorded the release that an earlier run of oc-mirror v1 began with
 * @throws PlanError when a version is not in the channel, or the lowest is above the highest.
 */
export function resolveRange(channel: ReleaseChannel, graph: UpdateGraph, recorded?: string): Range {
  const { minVersion, maxVersion, full } = channel
  const head = graph.releases.length - 1
  const isHeadOnly = minVersion === undefined && maxVersion === undefined && !full
  if (isHeadOnly && recorded !== undefined) return rangeFrom(recorded, graph)
  const fromFirst = maxVersion !== undefined || full
  const min =
    minVersion !== undefined ? boundOf('minVersion', minVersion, channel, graph) : fromFirst ? 0 : head
  const max = maxVersion !== undefined ? boundOf('maxVersion', maxVersion, channel, graph) : head
  if (min > max)
    throw new PlanError(
      `${channel.place}: ${channelText(graph)}: minVersion ${minVersion} is above maxVersion ${maxVersion}`,
      { hint: 'a range begins with its lowest version; change one of the two' },
    )
  const whyMin = minVersion !== undefined ? 'requested as minVersion' : fromFirst ? FIRST : HEAD
  const whyMax = maxVersion !== undefined ? 'requested as maxVersion' : HEAD
  const lower = minVersion !== undefined ? 'minVersion' : `the ${FIRST}`
  const upper = maxVersion !== undefined ? 'maxVersion' : `the ${HEAD}`
  return {
    min,
    max,
    whyMin,
    whyMax,
    whyBetween: `between ${lower} and ${upper}`,
    isStartKnown: minVersion !== undefined,
  }
}

/** A release that is gone from the channel counts as the next higher one. */
function rangeFrom(recorded: string, graph: UpdateGraph): Range {
  const head = graph.releases.length - 1
  const above = graph.releases.findIndex(({ version }) => compareVersions(version, recorded) >= 0)
  const min = above < 0 ? head : above
  return {
    min,
    max: head,
    whyMin: min === head ? HEAD : 'first mirrored by oc-mirror v1',
    whyMax: HEAD,
    whyBetween: `between what oc-mirror v1 mirrored first and the ${HEAD}`,
    isStartKnown: min !== head,
  }
}

function boundOf(
  name: 'minVersion' | 'maxVersion',
  version: string,
  channel: ReleaseChannel,
  graph: UpdateGraph,
): number {
  const place = placeOf(graph, version)
  if (place !== undefined) return place
  throw new PlanError(`${channel.place}: ${name} ${version} is not in ${channelText(graph)}`, {
    hint: `the nearest releases there are ${nearestVersions(graph, version).join(', ')}`,
  })
}
