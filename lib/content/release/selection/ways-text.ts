/** Ways through an update graph in words: where they lead, what they risk, and where one ends that should go on. */
import {
  channelText,
  findWay,
  type Hop,
  type Risk,
  reachableFrom,
  type UpdateGraph,
} from '../update-graph/index.ts'
import type { ConditionalUpdates } from './choice.ts'

/** `4.15.3 → 4.15.9 → 4.16.2` */
export function wayText(graph: UpdateGraph, way: readonly Hop[]): string {
  return placesOf(way)
    .map(place => versionAt(graph, place))
    .join(' → ')
}

/** The releases of a way, its ends included; empty for one without updates. */
export function placesOf(way: readonly Hop[]): readonly number[] {
  const [first] = way
  return first === undefined ? [] : [first.from, ...way.map(({ to }) => to)]
}

export function versionAt(graph: UpdateGraph, place: number): string {
  return graph.releases[place]?.version ?? ''
}

/** One remark for each update of the way that has risks. */
export function riskRemarks(graph: UpdateGraph, way: readonly Hop[]): readonly string[] {
  return way
    .filter(({ risks }) => risks.length > 0)
    .map(({ from, to, risks }) => {
      const named = risks.map(({ name, message, url }) =>
        [`${name}:`, message.replace(/\s+/g, ' ').trim(), url && `(${url})`].filter(Boolean).join(' '),
      )
      const update = `the update from ${versionAt(graph, from)} to ${versionAt(graph, to)}`
      return `${update} is ${recommendation(risks)}: ${named.join('; ')}`
    })
}

/** To whom an update with these risks is recommended. */
export function recommendation(risks: readonly Risk[]): string {
  return risks.some(({ always }) => always) ? 'not recommended' : 'recommended to some clusters only'
}

/** Why no way leads from one release to a higher one, beginning `no update path from`. */
export function noWayText(
  graph: UpdateGraph,
  from: number,
  to: number,
  conditionalUpdates: ConditionalUpdates,
): string {
  const conditional = conditionalUpdates === 'allow'
  const [start, end] = [versionAt(graph, from), versionAt(graph, to)]
  const reached = [...reachableFrom(graph, from, { conditional })].filter(place => place <= to)
  const farthest = versionAt(graph, Math.max(from, ...reached))
  const missing =
    farthest === start
      ? `no update leads from ${start} to a higher release up to ${end}`
      : `updates from ${start} lead as far as ${farthest}, and none from there to ${end}`
  const avoided = !conditional && findWay(graph, from, to) !== undefined
  return `no update path from ${start} to ${end} in ${channelText(graph)}: ${missing}${
    avoided ? '; there is one with conditional updates, which are to be avoided' : ''
  }`
}
