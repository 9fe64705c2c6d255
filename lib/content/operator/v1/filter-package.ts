/** One package of a catalog and all that an image set of oc-mirror v1 asks of it → what is kept of its channels. */
import type { FilterProblem } from '../filter/filter-error.ts'
import { type ChannelChoice, knownChannel } from '../filter/known-channel.ts'
import { hintForName } from '../filter/listing.ts'
import { isReversed, parseRange, parseVersion, type RangeText, rangeAsWritten } from '../filter/versions.ts'
import type { CatalogPackage } from '../model.ts'
import { channelWishes } from './channel-wish.ts'
import { chooseInChannel } from './choose-in-channel.ts'
import type { StartOf, V1PackageRequest } from './request.ts'

/** Entries that are kept by name, each with its reasons, by channel. */
export type Picks = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

export interface PickedPackage {
  readonly picks: Picks
  readonly problems: readonly FilterProblem[]
  /** Each begins with the package. */
  readonly remarks: readonly string[]
}

/** @param requests at least one, unless every package is asked for by its heads */
export function filterPackageV1(
  source: CatalogPackage,
  requests: readonly V1PackageRequest[],
  full: boolean,
  startOf: StartOf,
): PickedPackage {
  const asked = requests.length === 0 ? [{ name: source.name, channels: [] }] : requests
  const picked = asked.map(request => pick(source, request, full, startOf))
  return {
    picks: joinPicks(picked.map(({ picks }) => picks)),
    problems: picked.flatMap(({ problems }) => problems),
    remarks: picked.flatMap(({ remarks }) => remarks),
  }
}

function pick(
  source: CatalogPackage,
  asked: V1PackageRequest,
  full: boolean,
  startOf: StartOf,
): PickedPackage {
  const at = (problem: FilterProblem): FilterProblem => ({
    ...(asked.place !== undefined && { place: asked.place }),
    package: source.name,
    ...problem,
  })
  const senseless = [...unknownChannels(source, asked), ...rangeProblems(asked)]
  if (senseless.length > 0) return { picks: new Map(), problems: senseless.map(at), remarks: [] }
  const wishes = channelWishes(source, asked, full, startOf)
  const chosen = source.channels.flatMap(channel =>
    (wishes.get(channel.name) ?? []).map(wish => ({
      name: channel.name,
      choice: chooseInChannel(knownChannel(source, channel, source.defaultChannel), wish),
    })),
  )
  const picks = joinPicks(chosen.map(({ name, choice }) => picksOf(name, choice)))
  const problems = chosen.flatMap(({ name, choice }) =>
    choice.problems.map(problem => ({ channel: name, ...problem })),
  )
  const remarks = [
    ...new Set(chosen.flatMap(({ name, choice }) => choice.remarks.map(remark => [name, remark].join(': ')))),
  ]
  return {
    picks,
    problems: (picks.size === 0 && problems.length === 0 ? [nothingLeft(asked)] : problems).map(at),
    remarks: [
      ...remarks.map(text => `package ${source.name}, channel ${text}`),
      ...(hasBundleAlone(asked)
        ? [
            `package ${source.name}: minBundle alone takes all there is, as in oc-mirror v1; minVersion would not`,
          ]
        : []),
    ],
  }
}

function picksOf(channel: string, { kept }: ChannelChoice): Picks {
  if (kept.size === 0) return new Map()
  return new Map([[channel, new Map([...kept].map(([name, why]) => [name, [why]]))]])
}

/** Of each entry every reason once. */
export function joinPicks(all: readonly Picks[]): Picks {
  const joined = new Map<string, Map<string, readonly string[]>>()
  for (const [channel, entries] of all.flatMap(picks => [...picks])) {
    const known = joined.get(channel) ?? new Map<string, readonly string[]>()
    joined.set(channel, known)
    for (const [name, whys] of entries) known.set(name, [...new Set([...(known.get(name) ?? []), ...whys])])
  }
  return joined
}

function unknownChannels(source: CatalogPackage, { channels }: V1PackageRequest): readonly FilterProblem[] {
  const all = source.channels.map(({ name }) => name)
  return channels
    .filter(({ name }) => !all.includes(name))
    .map(({ name }) => ({
      text: `channel "${name}" is not in the catalog`,
      hint: hintForName(name, all, 'channels'),
    }))
}

function rangeProblems(asked: V1PackageRequest): readonly FilterProblem[] {
  const written = [asked, ...asked.channels]
  const wrong = written.flatMap(range =>
    (['minVersion', 'maxVersion'] as const)
      .filter(key => range[key] !== undefined && parseVersion(range[key]) === undefined)
      .map(key => ({
        text: `${key} "${range[key]}" is not a version`,
        hint: 'write all three numbers, for example 1.2.0',
      })),
  )
  const reversed = written.flatMap(text => {
    const range = parseRange(text)
    if (range === undefined || !isReversed(range)) return []
    return [{ text: `${rangeAsWritten(range)} leaves no version`, hint: 'change one of the two' }]
  })
  const isTwice = hasRange(asked) && asked.channels.some(hasRange)
  return [
    ...(wrong.length > 0 ? wrong : reversed),
    ...(isTwice
      ? [
          {
            text: 'the package has a range of versions and so has one of its channels',
            hint: 'write minVersion and maxVersion either at the package or at its channels',
          },
        ]
      : []),
  ]
}

function nothingLeft(asked: V1PackageRequest): FilterProblem {
  const range = parseRange(asked)
  const what = range === undefined ? 'what is asked for' : rangeAsWritten(range)
  return {
    text: `no channel has anything for ${what}`,
    hint: 'check minVersion, maxVersion and channels; `mirrorform list operators --catalog CATALOG --package NAME` shows what there is',
  }
}

function hasRange({ minVersion, maxVersion }: RangeText): boolean {
  return minVersion !== undefined || maxVersion !== undefined
}

function hasBundleAlone(asked: V1PackageRequest): boolean {
  return [asked, ...asked.channels].some(each => each.minBundle !== undefined && !hasRange(each))
}
