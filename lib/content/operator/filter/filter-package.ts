/** One package of a catalog and what is asked of it → what is kept of it, or what is wrong with the question. */
import type { CatalogChannel, CatalogPackage } from '../model.ts'
import { chooseInChannel } from './choose-in-channel.ts'
import { chooseDefaultChannel } from './default-channel.ts'
import type { FilterProblem } from './filter-error.ts'
import {
  type ChannelChoice,
  type ChannelWish,
  type KnownChannel,
  knownChannel,
  versionText,
} from './known-channel.ts'
import { hintForName, listed } from './listing.ts'
import { packageWishes } from './package-wishes.ts'
import type { KeptBundle, KeptPackage, OperatorSelection, PackageRequest } from './request.ts'
import { requestProblems } from './request-problems.ts'
import { compareText, compareVersions, rangeAsWritten } from './versions.ts'

export interface FilteredPackage {
  /** Absent where there are problems. */
  readonly kept?: KeptPackage
  readonly problems: readonly FilterProblem[]
  /** Each begins with the package. */
  readonly remarks: readonly string[]
}

interface ChosenChannel {
  readonly channel: KnownChannel
  readonly wish: ChannelWish
  readonly choice: ChannelChoice
}

/** @param request undefined where the image set names no packages */
export function filterPackage(
  source: CatalogPackage,
  request: PackageRequest | undefined,
  full: boolean,
  selection: OperatorSelection,
): FilteredPackage {
  const asked = request ?? { name: source.name, channels: [], bundles: [] }
  const refuse = (problems: readonly FilterProblem[]) => ({
    problems: problems.map(problem => ({
      ...(asked.place !== undefined && { place: asked.place }),
      package: source.name,
      ...problem,
    })),
    remarks: [],
  })
  const senseless = requestProblems(asked, full, selection)
  if (senseless.length > 0) return refuse(senseless)
  const wishes = packageWishes(source, asked, full, selection)
  const chosen = source.channels.flatMap((channel): readonly ChosenChannel[] => {
    const wish = wishes.channels.get(channel.name)
    if (wish === undefined) return []
    const known = knownChannel(source, channel, wishes.defaultChannel)
    return [{ channel: known, wish, choice: chooseInChannel(known, wish, selection) }]
  })
  const found = [
    ...wishes.problems,
    ...bundleProblems(source, asked, chosen),
    ...chosen.flatMap(({ channel, choice }) =>
      choice.problems.map(problem => ({ channel: channel.name, ...problem })),
    ),
  ]
  if (found.length > 0) return refuse(found)
  const kept = chosen.filter(({ choice }) => choice.kept.size > 0)
  const names = kept.map(({ channel }) => channel.name)
  const main = chooseDefaultChannel(source, wishes, names, request)
  if (main.problems.length > 0) return refuse(main.problems)
  const remarks = [
    ...wishes.remarks.map(text => `: ${text}`),
    ...main.remarks.map(text => `: ${text}`),
    ...chosen.flatMap(each => remarksOn(each, asked).map(text => `, channel ${each.channel.name}: ${text}`)),
  ]
  return {
    kept: {
      name: source.name,
      ...(main.name !== undefined && { defaultChannel: main.name }),
      channels: kept.map(({ channel, choice }) => channelLeft(source, channel.name, choice)),
      bundles: bundlesOf(source, kept),
    },
    problems: [],
    remarks: remarks.map(text => `package ${source.name}${text}`),
  }
}

function bundleProblems(
  source: CatalogPackage,
  { bundles }: PackageRequest,
  chosen: readonly ChosenChannel[],
): readonly FilterProblem[] {
  const offered = new Set(chosen.flatMap(({ channel }) => channel.entries.map(({ name }) => name)))
  return bundles.flatMap(name => {
    if (!source.bundles.has(name)) {
      const known = [...source.bundles.values()].sort((a, b) => compareVersions(a.version, b.version))
      const hint = hintForName(
        name,
        known.map(bundle => bundle.name),
        'bundles',
      )
      return [{ text: `bundle "${name}" is not in the catalog`, hint }]
    }
    if (chosen.length === 0 || offered.has(name)) return []
    const others = source.channels.filter(({ entries }) => entries.some(entry => entry.name === name))
    const hint =
      others.length === 0
        ? 'the catalog has it in no channel: name another bundle'
        : `add channel ${others.map(channel => channel.name).join(' or ')}`
    return [{ text: `bundle "${name}" is in none of the channels looked at`, hint }]
  })
}

function remarksOn({ channel, wish, choice }: ChosenChannel, asked: PackageRequest): readonly string[] {
  const missing = channel.entries
    .filter(({ name, bundle }) => bundle === undefined && choice.kept.has(name))
    .map(({ name }) => name)
    .sort(compareText)
  const isNamed = asked.channels.some(({ name }) => name === channel.name)
  return [
    ...choice.remarks,
    ...missing.map(name => `the catalog has an entry ${name} and no such bundle: nothing is mirrored for it`),
    ...(choice.kept.size === 0 && isNamed ? [`${emptyText(channel, wish)}: the channel is left out`] : []),
  ]
}

function emptyText({ entries }: KnownChannel, wish: ChannelWish): string {
  if (wish.kind !== 'range') return 'it has none of the bundles named'
  const versions = entries.map(versionText).sort(compareVersions)
  return `nothing is left with ${rangeAsWritten(wish.range)} of ${listed(versions)}`
}

function channelLeft(source: CatalogPackage, name: string, { kept }: ChannelChoice): CatalogChannel {
  const entries = source.channels.find(channel => channel.name === name)?.entries ?? []
  return { name, entries: entries.filter(entry => kept.has(entry.name)) }
}

function bundlesOf(source: CatalogPackage, kept: readonly ChosenChannel[]): readonly KeptBundle[] {
  return [...source.bundles.values()]
    .flatMap(bundle => {
      const having = kept.filter(({ choice }) => choice.kept.has(bundle.name))
      if (having.length === 0) return []
      const channels = having.map(({ channel }) => channel.name)
      const reasons = new Set(having.flatMap(({ choice }) => choice.kept.get(bundle.name) ?? []))
      return [{ bundle, channels, why: [...reasons].join(', ') }]
    })
    .sort(
      (a, b) =>
        compareVersions(a.bundle.version, b.bundle.version) || compareText(a.bundle.name, b.bundle.name),
    )
}
