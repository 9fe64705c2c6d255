/** The answers of `list operators`: packages of a catalog, channels of a package, versions of either. */
import {
  type OfferedChannel,
  type OfferedPackage,
  type OfferedVersion,
  versionOf,
} from '../content/operator/offer.ts'
import { printable, wrap } from './fit.ts'
import { countOf, formatCount } from './quantities.ts'
import type { Style } from './style.ts'
import { alignTable, type Cell, type Column } from './table.ts'

export interface OperatorsRendering {
  readonly style: Style
  readonly width: number
}

/** One line for each package, with the head of its default channel. */
export function renderPackages(
  catalog: string,
  packages: readonly OfferedPackage[],
  { style, width }: OperatorsRendering,
): string {
  const bundles = packages.reduce((sum, { versions }) => sum + versions.length, 0)
  const rows = packages.map((each): readonly Cell[] => {
    const channel = each.channels.find(({ name }) => name === each.defaultChannel)
    return [
      { text: printable(each.name), style: style.strong },
      { text: printable(each.defaultChannel ?? '') },
      { text: channel === undefined ? '' : headsText(each, channel) },
      { text: formatCount(each.channels.length) },
      { text: formatCount(each.versions.length) },
      { text: each.deprecation === undefined ? '' : 'deprecated', style: style.warning },
    ]
  })
  const columns: readonly Column[] = [
    { min: 20 },
    { min: 10 },
    { min: 10 },
    { align: 'right', optional: true },
    { align: 'right' },
    {},
  ]
  return [
    ...titleLines(
      `${catalog}: ${countOf(packages.length, 'package')}, ${countOf(bundles, 'bundle')}`,
      width,
      style,
    ),
    ...alignTable(headed(['PACKAGE', 'DEFAULT CHANNEL', 'HEAD', 'CHANNELS', 'BUNDLES', ''], rows, style), {
      columns,
      width,
      indent: 2,
      giveWay: [1, 2, 0],
    }),
  ].join('\n')
}

/** One line for each channel of a package, with its head. */
export function renderChannels(
  catalog: string,
  offered: OfferedPackage,
  { style, width }: OperatorsRendering,
): string {
  const { name, channels, versions, defaultChannel } = offered
  const rows = channels.map((channel): readonly Cell[] => [
    { text: printable(channel.name), style: style.strong },
    { text: headsText(offered, channel) },
    { text: formatCount(channel.bundles) },
    {
      text: [
        ...(channel.name === defaultChannel ? ['default'] : []),
        ...(channel.deprecation === undefined ? [] : ['deprecated']),
      ].join(', '),
    },
  ])
  return [
    ...titleLines(
      `${name} of ${catalog}: ${countOf(channels.length, 'channel')}, ${countOf(versions.length, 'bundle')}`,
      width,
      style,
    ),
    ...deprecationLines('package ', name, offered.deprecation, { style, width }),
    ...alignTable(headed(['CHANNEL', 'HEAD', 'BUNDLES', ''], rows, style), {
      columns: [{ min: 12 }, { min: 10 }, { align: 'right' }, {}],
      width,
      indent: 2,
      giveWay: [1, 0],
    }),
    ...channels.flatMap(channel =>
      deprecationLines('channel ', channel.name, channel.deprecation, { style, width }),
    ),
  ].join('\n')
}

/** Every version, newest first, with the channels it is in where there are several. */
export function renderVersions(
  title: string,
  offered: OfferedPackage,
  { style, width }: OperatorsRendering,
): string {
  const several = offered.channels.length > 1
  const rows = offered.versions.map((version): readonly Cell[] => [
    { text: printable(version.version), ...(version.headOf.length > 0 && { style: style.strong }) },
    { text: printable(several ? version.channels.join(', ') : '') },
    { text: headText(version, several) },
    { text: printable(version.bundle), style: style.faint },
    { text: version.deprecation === undefined ? '' : 'deprecated', style: style.warning },
  ])
  return [
    ...titleLines(`${title}: ${countOf(offered.versions.length, 'bundle')}`, width, style),
    ...alignTable(rows, {
      columns: [{ min: 12 }, { min: 12 }, { min: 4 }, { optional: true }, {}],
      width,
      indent: 2,
      giveWay: [1, 2, 0],
    }),
    ...offered.versions.flatMap(({ bundle, deprecation }) =>
      deprecationLines('', bundle, deprecation, { style, width }),
    ),
  ].join('\n')
}

function titleLines(title: string, width: number, style: Style): readonly string[] {
  return wrap(printable(title), width).map(style.strong)
}

function headed(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  style: Style,
): readonly (readonly Cell[])[] {
  return [names.map((text): Cell => ({ text, style: style.faint })), ...rows]
}

function headsText(offered: OfferedPackage, { heads }: OfferedChannel): string {
  if (heads.length === 0) return 'no head'
  const text = heads.map(head => versionOf(offered, head)).join(', ')
  return printable(heads.length > 1 ? `${heads.length} heads: ${text}` : text)
}

function headText({ headOf, channels }: OfferedVersion, several: boolean): string {
  if (headOf.length === 0) return ''
  return several && headOf.length < channels.length ? printable(`head of ${headOf.join(', ')}`) : 'head'
}

/** @param name of what is deprecated; where the message says it itself, its words are enough. */
function deprecationLines(
  kind: string,
  name: string,
  message: string | undefined,
  { style, width }: OperatorsRendering,
): readonly string[] {
  if (message === undefined) return []
  const said = message.replace(/\s+/g, ' ').trim()
  const text = said.includes(name) ? said : `${kind}${name} is deprecated: ${said}`
  return wrap(printable(`  ${text}`), width, 2).map(style.warning)
}
