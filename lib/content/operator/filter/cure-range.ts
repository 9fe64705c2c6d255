/**
 * A range that breaks a channel → the smallest changes that mend it: a higher `maxVersion`, a lower `minVersion`, else
 * both. Each is tried on the channel before it is told.
 */
import { graphFaults } from './channel-graph.ts'
import type { KnownChannel } from './known-channel.ts'
import { entriesInRange, withPrereleases } from './range-entries.ts'
import {
  compareVersions,
  isAboveRange,
  isBelowRange,
  parseRange,
  type RangeText,
  type Version,
  type VersionRange,
} from './versions.ts'

/** Pairs of versions tried where changing one end is not enough. */
const MAX_PAIRS = 1000

/** `raise maxVersion to 1.2.0 (2 bundles become 3)`, none where no range helps. */
export function cureRange(channel: KnownChannel, range: VersionRange): string[] {
  const before = entriesInRange(channel, range)
  const mended = (change: RangeText): number | undefined => {
    const wider = parseRange({ ...range.text, ...change })
    if (wider === undefined) return undefined
    const names = new Set(entriesInRange(channel, wider).map(({ name }) => name))
    if (!before.every(({ name }) => names.has(name))) return undefined
    return graphFaults(channel.entries.filter(({ name }) => names.has(name))).length === 0
      ? names.size
      : undefined
  }
  const tell = (change: RangeText): string[] => {
    const size = mended(change)
    return size === undefined
      ? []
      : [`${changeText(change, range)} (${before.length} bundles become ${size})`]
  }
  const { higher, lower } = versionsOutside(channel, range)
  const raised = higher.find(maxVersion => mended({ maxVersion }) !== undefined)
  const lowered = lower.find(minVersion => mended({ minVersion }) !== undefined)
  const single = [
    ...(raised === undefined ? [] : tell({ maxVersion: raised })),
    ...(lowered === undefined ? [] : tell({ minVersion: lowered })),
  ]
  if (single.length > 0) return single
  const pairs = higher
    .flatMap(maxVersion => lower.map(minVersion => ({ minVersion, maxVersion })))
    .slice(0, MAX_PAIRS)
    .flatMap(change => {
      const size = mended(change)
      return size === undefined ? [] : [{ change, size }]
    })
    .sort((a, b) => a.size - b.size)
  return pairs[0] === undefined ? [] : tell(pairs[0].change)
}

/** Versions of the channel above the range, nearest first, and below it, nearest first. */
function versionsOutside(
  { entries }: KnownChannel,
  range: VersionRange,
): { readonly higher: readonly string[]; readonly lower: readonly string[] } {
  const namesWhere = (isOutside: (version: Version) => boolean) => {
    const names = entries.flatMap(({ bundle, version }) =>
      bundle !== undefined && version !== undefined && isOutside(version) ? [bundle.version] : [],
    )
    return [...new Set(names)].sort(compareVersions)
  }
  return {
    higher: namesWhere(version => isAboveRange(version, range)),
    lower: [
      ...(range.takesPrereleases ? [] : [withPrereleases(range)]),
      ...namesWhere(version => isBelowRange(version, range)).toReversed(),
    ],
  }
}

function changeText({ minVersion, maxVersion }: RangeText, { text }: VersionRange): string {
  const parts = [
    ...(maxVersion === undefined ? [] : [`raise maxVersion to ${maxVersion}`]),
    ...(minVersion === undefined
      ? []
      : [`${text.minVersion === undefined ? 'set' : 'lower'} minVersion to ${minVersion}`]),
  ]
  return parts.join(' and ')
}
