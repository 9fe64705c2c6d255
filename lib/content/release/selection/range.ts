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
 * First and head are the lowest and highest release of the graph, which may begin one or two minor releases earlier
 * than the channel's name says. `full` changes nothing where a version is given.
 */
import type { ReleaseChannel } from '../../../config/index.ts'
import { PlanError } from '../../../errors.ts'
import { channelText, nearestVersions, placeOf, type UpdateGraph } from '../update-graph/index.ts'

export interface Range {
  /** Places in the graph's `releases`. */
  readonly min: number
  readonly max: number
  readonly whyMin: string
  readonly whyMax: string
  /** Why a release between the two is kept. */
  readonly whyBetween: string
}

const HEAD = 'head of the channel'
const FIRST = 'first of the channel'

/** @throws PlanError when a version is not in the channel, or the lowest is above the highest. */
export function resolveRange(channel: ReleaseChannel, graph: UpdateGraph): Range {
  const { minVersion, maxVersion, full } = channel
  const head = graph.releases.length - 1
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
  return { min, max, whyMin, whyMax, whyBetween: `between ${lower} and ${upper}` }
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
