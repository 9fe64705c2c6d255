/**
 * A package and what an image set asks of it → which channels are looked at, and what is asked of each. Here the rule sets
 * part: where no channels are named, `documented` looks at the default channel, `connected` at all of them.
 */
import type { CatalogPackage } from '../model.ts'
import type { FilterProblem } from './filter-error.ts'
import type { ChannelWish } from './known-channel.ts'
import { hintForName } from './listing.ts'
import type { OperatorSelection, PackageRequest } from './request.ts'
import { parseRange, type RangeText } from './versions.ts'

export interface PackageWishes {
  /** By name of the channel, sorted. */
  readonly channels: ReadonlyMap<string, ChannelWish>
  /** As asked for, else the catalog's own. */
  readonly defaultChannel?: string
  readonly problems: readonly FilterProblem[]
  readonly remarks: readonly string[]
}

export function packageWishes(
  source: CatalogPackage,
  request: PackageRequest,
  full: boolean,
  selection: OperatorSelection,
): PackageWishes {
  const all = source.channels.map(({ name }) => name)
  const problems = [
    ...request.channels.flatMap(({ name }) => unknownChannel(name, all, `channel "${name}"`)),
    ...(request.defaultChannel === undefined
      ? []
      : unknownChannel(request.defaultChannel, all, `defaultChannel "${request.defaultChannel}"`)),
    ...(all.length === 0 ? [{ text: 'it has no channels', hint: 'the catalog is at fault' }] : []),
  ]
  const defaultChannel =
    request.defaultChannel ?? source.defaultChannel ?? (all.length === 1 ? all[0] : undefined)
  const shared = { ...(defaultChannel !== undefined && { defaultChannel }), remarks: [] }
  if (problems.length > 0) return { ...shared, channels: new Map(), problems }
  const wants = { ...request, full }
  if (request.channels.length > 0) {
    const named = new Map(request.channels.map(channel => [channel.name, channel]))
    return {
      ...shared,
      channels: wishesFor(all, name => named.has(name), wants, named),
      problems,
      remarks:
        selection === 'documented' && hasRange(request)
          ? ['minVersion and maxVersion of the package hold for each of its channels named']
          : [],
    }
  }
  const isEvery = selection === 'connected' || full || request.bundles.length > 0
  if (isEvery) return { ...shared, channels: wishesFor(all, () => true, wants), problems }
  if (defaultChannel === undefined || !all.includes(defaultChannel))
    return { ...shared, channels: new Map(), problems: [noDefault(defaultChannel, all)] }
  return { ...shared, channels: wishesFor(all, name => name === defaultChannel, wants), problems }
}

function wishesFor(
  all: readonly string[],
  isLookedAt: (name: string) => boolean,
  request: PackageRequest & { readonly full: boolean },
  named?: ReadonlyMap<string, RangeText>,
): ReadonlyMap<string, ChannelWish> {
  return new Map(all.filter(isLookedAt).map(name => [name, wishFor(name, request, named?.get(name))]))
}

function wishFor(
  name: string,
  request: PackageRequest & { readonly full: boolean },
  channel: RangeText | undefined,
): ChannelWish {
  if (request.bundles.length > 0) return { kind: 'bundles', names: new Set(request.bundles) }
  const range = parseRange(channel ?? {}) ?? parseRange(request)
  if (range !== undefined) return { kind: 'range', range }
  if (!request.full) return { kind: 'head' }
  return { kind: 'full', why: `all of ${channel === undefined ? 'the package' : `channel ${name}`} (full)` }
}

function hasRange(request: PackageRequest): boolean {
  return request.minVersion !== undefined || request.maxVersion !== undefined
}

function unknownChannel(name: string, all: readonly string[], what: string): readonly FilterProblem[] {
  if (all.includes(name)) return []
  return [{ text: `${what} is not in the catalog`, hint: hintForName(name, all, 'channels') }]
}

function noDefault(defaultChannel: string | undefined, all: readonly string[]): FilterProblem {
  const hint = `set defaultChannel to one of ${all.join(', ')}`
  if (defaultChannel === undefined) return { text: 'it has no default channel', hint }
  return { text: `its default channel ${defaultChannel} is not in the catalog`, hint }
}
