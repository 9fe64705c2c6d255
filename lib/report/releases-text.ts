/** The answers of `list releases`: which channels there are, what a channel has, how a cluster gets from one to another. */
import { recommendation } from '../content/release/selection/index.ts'
import type { Hop, UpdateGraph } from '../content/release/update-graph/index.ts'
import { channelText } from '../content/release/update-graph/index.ts'
import { shortDigest } from '../oci/digest.ts'
import { printable, wrap } from './fit.ts'
import { countOf } from './quantities.ts'
import type { Style } from './style.ts'
import { alignTable, type Cell } from './table.ts'

export interface ReleasesRendering {
  readonly style: Style
  readonly width: number
}

/** Lines without a final line feed, one channel each. */
export function renderChannels(channels: readonly string[]): string {
  return channels.map(printable).join('\n')
}

/** The releases of a channel, newest first, the head marked. */
export function renderChannelReleases(graph: UpdateGraph, { style, width }: ReleasesRendering): string {
  const title = `${channelText(graph)}: ${countOf(graph.releases.length, 'release')}`
  const rows = graph.releases
    .toReversed()
    .map(({ version, payload, url }, at): readonly Cell[] => [
      { text: printable(version), ...(at === 0 && { style: style.strong }) },
      { text: at === 0 ? 'head' : '' },
      { text: shortDigest(payload.digest), style: style.faint },
      { text: printable(url ?? ''), style: style.faint },
    ])
  const columns = [{}, {}, { optional: true }, { optional: true }]
  return [
    ...wrap(printable(title), width).map(style.strong),
    ...alignTable(rows, { columns, width, indent: 2 }),
  ].join('\n')
}

/** One line for each update, with the risks of those that not every cluster should make. */
export function renderUpdate(
  graph: UpdateGraph,
  way: readonly Hop[],
  { style, width }: ReleasesRendering,
): string {
  const versionAt = (place: number) => printable(graph.releases[place]?.version ?? '')
  const [first, last] = [way[0], way.at(-1)]
  if (first === undefined || last === undefined)
    return 'There is nothing to update: both are the same release.'
  const title = `from ${versionAt(first.from)} to ${versionAt(last.to)} in ${channelText(graph)}: ${countOf(way.length, 'update')}`
  return [
    ...wrap(printable(title), width).map(style.strong),
    ...way.flatMap(({ from, to, risks }) => [
      `  ${versionAt(from)} → ${versionAt(to)}${risks.length === 0 ? '' : style.warning(`  ${recommendation(risks)}`)}`,
      ...risks.flatMap(({ name, message, url }) => [
        ...wrap(printable(`    ${name}: ${message.replace(/\s+/g, ' ').trim()}`), width, 4),
        ...(url === '' ? [] : [style.faint(`    ${printable(url)}`)]),
      ]),
    ]),
  ].join('\n')
}
