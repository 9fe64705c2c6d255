/**
 * Which channel is the default one of what is kept. It has to be among the channels kept: as in oc-mirror nothing takes
 * the place of one that is left out unless the image set says what, so that a cluster is not moved to another channel
 * unasked. Only where bundles are named, and all of them are in one channel, that channel is the default.
 */
import type { CatalogPackage } from '../model.ts'
import type { FilterProblem } from './filter-error.ts'
import type { ChannelWish } from './known-channel.ts'
import { listed } from './listing.ts'
import type { PackageWishes } from './package-wishes.ts'
import { withPrereleases } from './range-entries.ts'
import type { PackageRequest } from './request.ts'
import {
  compareVersions,
  isInRange,
  isLeftOutAsPrerelease,
  parseVersion,
  rangeAsWritten,
} from './versions.ts'

export interface DefaultChannel {
  readonly name?: string
  readonly problems: readonly FilterProblem[]
  readonly remarks: readonly string[]
}

/**
 * @param kept channels of which something is kept
 * @param request undefined where the image set names no packages
 */
export function chooseDefaultChannel(
  source: CatalogPackage,
  { channels, defaultChannel }: PackageWishes,
  kept: readonly string[],
  request: PackageRequest | undefined,
): DefaultChannel {
  const none = { problems: [], remarks: [] }
  if (defaultChannel === undefined) return none
  if (kept.includes(defaultChannel)) return { ...none, name: defaultChannel }
  const isThere = source.channels.some(({ name }) => name === defaultChannel)
  if (!isThere && request === undefined)
    return {
      ...none,
      name: defaultChannel,
      remarks: [`its default channel ${defaultChannel} is not in the catalog`],
    }
  const wish = channels.get(defaultChannel)
  const [only, ...others] = kept
  if (
    wish?.kind === 'bundles' &&
    only !== undefined &&
    others.length === 0 &&
    request?.defaultChannel === undefined
  )
    return {
      ...none,
      name: only,
      remarks: [`channel ${only} becomes the default: ${defaultChannel} has none of the bundles named`],
    }
  const text = isThere
    ? `the default channel ${defaultChannel} ${lossText(source, defaultChannel, wish)}`
    : `its default channel ${defaultChannel} is not in the catalog`
  return { ...none, problems: [{ text, hint: hintFor(source, defaultChannel, wish, kept) }] }
}

function lossText(source: CatalogPackage, name: string, wish: ChannelWish | undefined): string {
  if (wish === undefined) return 'is not among the channels named'
  if (wish.kind === 'bundles') return 'has none of the bundles named'
  if (wish.kind !== 'range') return 'is empty'
  const versions = versionsIn(source, name)
  const has = versions.length === 0 ? 'no versions' : listed(versions)
  return `has nothing left with ${rangeAsWritten(wish.range)}: it has ${has}`
}

function hintFor(
  source: CatalogPackage,
  name: string,
  wish: ChannelWish | undefined,
  kept: readonly string[],
): string {
  const [only, ...others] = kept.length > 0 ? kept : channelsInRange(source, wish)
  const another =
    only === undefined
      ? []
      : [
          `set defaultChannel${others.length === 0 ? `: ${only}` : ` to one of ${[only, ...others].join(', ')}`}`,
        ]
  if (wish === undefined) return [...another, `add channel ${name}`].join(', or ')
  if (wish.kind !== 'range') return [...another, `name a bundle of channel ${name}`].join(', or ')
  const hints = ['choose a range that has some of its versions', ...another]
  const versions = versionsIn(source, name).flatMap(version => parseVersion(version) ?? [])
  if (versions.some(version => isLeftOutAsPrerelease(version, wish.range)))
    hints.unshift(`write minVersion ${withPrereleases(wish.range)} to take prereleases as well`)
  return hints.join(', or ')
}

/** Where a range could be met that the default channel does not meet. */
function channelsInRange(source: CatalogPackage, wish: ChannelWish | undefined): readonly string[] {
  if (wish?.kind !== 'range') return []
  return source.channels
    .map(({ name }) => name)
    .filter(name =>
      versionsIn(source, name).some(text => {
        const version = parseVersion(text)
        return version !== undefined && isInRange(version, wish.range)
      }),
    )
}

function versionsIn(source: CatalogPackage, name: string): readonly string[] {
  const entries = source.channels.find(channel => channel.name === name)?.entries ?? []
  return entries.flatMap(entry => source.bundles.get(entry.name)?.version ?? []).sort(compareVersions)
}
