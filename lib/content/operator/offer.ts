/**
 * What a catalog offers, for a person who has not written an image set yet: packages, their channels with heads, and
 * versions, the newest first. All of a catalog, one package, or one channel.
 */
import { PlanError } from '../../errors.ts'
import { compareText } from '../../target.ts'
import { channelHeads } from './filter/channel-graph.ts'
import { hintForName } from './filter/listing.ts'
import { compareVersions } from './filter/versions.ts'
import type { CatalogBundle, CatalogChannel, CatalogModel, CatalogPackage, Deprecation } from './model.ts'

export interface OfferedPackage {
  readonly name: string
  readonly defaultChannel?: string
  /** What the catalog says to whoever still uses it. */
  readonly deprecation?: string
  /** The default channel, then the others by name, numbers in them as numbers: `stable-3.9`, `stable-3.10`. */
  readonly channels: readonly OfferedChannel[]
  /** Newest first. */
  readonly versions: readonly OfferedVersion[]
}

export interface OfferedChannel {
  readonly name: string
  /** Bundles that nothing in the channel replaces or skips: one, unless the catalog is wrong. */
  readonly heads: readonly string[]
  /** Entries that the catalog has a bundle for. */
  readonly bundles: number
  readonly deprecation?: string
}

export interface OfferedVersion {
  readonly version: string
  readonly bundle: string
  /** Sorted. */
  readonly channels: readonly string[]
  /** Those of them it is a head of. */
  readonly headOf: readonly string[]
  readonly deprecation?: string
}

export interface OfferQuestion {
  readonly package?: string | undefined
  /** Of that package. */
  readonly channel?: string | undefined
}

const NUMBERED = new Intl.Collator('en', { numeric: true })

/**
 * @param catalog its name, for messages
 * @throws PlanError for a package or a channel that is not there, with the nearest name
 */
export function offeredPackages(
  model: CatalogModel,
  catalog: string,
  question: OfferQuestion = {},
): readonly OfferedPackage[] {
  const { package: name, channel } = question
  if (name === undefined) return model.packages.map(each => offerOf(each, each.channels))
  const found = model.packages.find(each => each.name === name)
  if (found === undefined)
    throw new PlanError(`catalog ${catalog} has no package ${name}`, {
      hint: hintForName(
        name,
        model.packages.map(each => each.name),
        'packages there are',
      ),
    })
  if (channel === undefined) return [offerOf(found, found.channels)]
  const channels = found.channels.filter(each => each.name === channel)
  if (channels.length === 0)
    throw new PlanError(`package ${name} of catalog ${catalog} has no channel ${channel}`, {
      hint: hintForName(
        channel,
        found.channels.map(each => each.name),
        'channels there are',
      ),
    })
  return [offerOf(found, channels)]
}

function offerOf(from: CatalogPackage, chosen: readonly CatalogChannel[]): OfferedPackage {
  const heads = new Map(chosen.map(channel => [channel.name, channelHeads(channel.entries)]))
  const deprecation = messageFor(from.deprecations, 'olm.package')
  return {
    name: from.name,
    ...(from.defaultChannel !== undefined && { defaultChannel: from.defaultChannel }),
    ...(deprecation !== undefined && { deprecation }),
    channels: chosen
      .map(channel => ({
        name: channel.name,
        heads: heads.get(channel.name) ?? [],
        bundles: channel.entries.filter(({ name }) => from.bundles.has(name)).length,
        ...deprecated(from.deprecations, 'olm.channel', channel.name),
      }))
      .toSorted((a, b) => defaultFirst(from, a.name, b.name)),
    versions: offeredVersions(from, chosen, heads),
  }
}

function offeredVersions(
  from: CatalogPackage,
  chosen: readonly CatalogChannel[],
  heads: ReadonlyMap<string, readonly string[]>,
): readonly OfferedVersion[] {
  const channelsOf = new Map<string, string[]>()
  for (const { name, entries } of chosen)
    for (const entry of entries)
      channelsOf.set(entry.name, [...(channelsOf.get(entry.name) ?? []), name].toSorted(compareText))
  return [...channelsOf]
    .flatMap(([name, channels]): readonly OfferedVersion[] => {
      const bundle = from.bundles.get(name)
      if (bundle === undefined) return []
      return [
        {
          version: bundle.version,
          bundle: name,
          channels,
          headOf: channels.filter(channel => heads.get(channel)?.includes(name)),
          ...deprecated(from.deprecations, 'olm.bundle', name),
        },
      ]
    })
    .toSorted(newestFirst)
}

function deprecated(
  deprecations: readonly Deprecation[],
  schema: 'olm.channel' | 'olm.bundle',
  name: string,
): { readonly deprecation?: string } {
  const deprecation = messageFor(deprecations, schema, name)
  return deprecation === undefined ? {} : { deprecation }
}

function messageFor(
  deprecations: readonly Deprecation[],
  schema: Deprecation['what']['schema'],
  name?: string,
): string | undefined {
  return deprecations.find(
    ({ what }) => what.schema === schema && ('name' in what ? what.name : undefined) === name,
  )?.message
}

function defaultFirst({ defaultChannel }: CatalogPackage, a: string, b: string): number {
  return Number(b === defaultChannel) - Number(a === defaultChannel) || NUMBERED.compare(a, b)
}

function newestFirst(a: OfferedVersion, b: OfferedVersion): number {
  return compareVersions(b.version, a.version) || compareText(b.bundle, a.bundle)
}

/** The version a bundle has; its name where the catalog lacks it. */
export function versionOf(offered: OfferedPackage, bundle: CatalogBundle['name']): string {
  return offered.versions.find(version => version.bundle === bundle)?.version ?? bundle
}
