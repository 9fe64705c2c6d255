/**
 * A range in a channel, by the update graph (oc-mirror since 4.18): what is kept hangs together and has one head.
 *
 * Along the chain of `replaces`, from its foot up, versions of the range are counted: of each entry and of what it skips.
 * The new head is the lowest entry with all of them at or below it; where the count is still nothing the channel ends.
 * Entries between that are out of range stay. Of what they skip, versions of the range stay. Unlike in oc-mirror only
 * names that are entries of the channel count: a bundle in no channel would make a catalog that OLM does not serve.
 */
import { channelHeads, faultText, headFaults, replacesChain } from './channel-graph.ts'
import {
  type ChannelChoice,
  type KnownChannel,
  type KnownEntry,
  NOTHING,
  versionText,
} from './known-channel.ts'
import { listed } from './listing.ts'
import { exactEntries, prereleaseRemarks } from './range-entries.ts'
import { compareVersions, isInRange, rangeInWords, type VersionRange } from './versions.ts'

export function chooseConnected(channel: KnownChannel, range: VersionRange): ChannelChoice {
  const faults = headFaults(channel.entries)
  if (faults.length > 0)
    return {
      ...NOTHING,
      problems: faults.map(fault => ({
        text: faultText(fault),
        hint: 'the catalog is at fault: choose other channels, or --operator-selection documented',
      })),
    }
  const exact = range.isExact ? exactEntries(channel, range) : []
  const kept = exact.length === 1 ? exact : walk(channel, range)
  return {
    kept: new Map(kept.map(entry => [entry.name, reasonFor(entry, kept, channel, range)])),
    problems: [],
    remarks: prereleaseRemarks(channel, range, kept),
  }
}

function walk({ entries }: KnownChannel, range: VersionRange): readonly KnownEntry[] {
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  const fits = (name: string): boolean => {
    const version = byName.get(name)?.version
    return version !== undefined && isInRange(version, range)
  }
  const chain = replacesChain(entries, channelHeads(entries)[0]).toReversed()
  const seen = new Set<string>()
  const counts = chain.map(({ name, skips }) => {
    for (const each of [name, ...skips]) if (fits(each)) seen.add(each)
    return seen.size
  })
  const foot = counts.findIndex(count => count > 0)
  if (foot < 0) return []
  const kept = chain.slice(foot, counts.indexOf(seen.size) + 1)
  const names = new Set(kept.flatMap(({ name, skips }) => [name, ...skips.filter(fits)]))
  return entries.filter(({ name }) => names.has(name))
}

function reasonFor(
  entry: KnownEntry,
  kept: readonly KnownEntry[],
  { name }: KnownChannel,
  range: VersionRange,
): string {
  if (entry.version !== undefined && isInRange(entry.version, range))
    return `${rangeInWords(range)} in channel ${name}`
  const below = (names: readonly string[]) =>
    listed(
      kept
        .filter(each => names.includes(each.name))
        .map(versionText)
        .sort(compareVersions),
    )
  const [skipped, replaced] = [
    below(entry.skips),
    below(entry.replaces === undefined ? [] : [entry.replaces]),
  ]
  const links = skipped !== '' ? `skips ${skipped}` : `replaces ${replaced}`
  return `keeps channel ${name} in one piece (${links})`
}
