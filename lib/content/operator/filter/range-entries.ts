/** A channel and a range → the entries in it, and what a reviewer should know of those left out. */

import { type KnownChannel, type KnownEntry, versionText } from './known-channel.ts'
import { listed } from './listing.ts'
import {
  compareVersions,
  isInRange,
  isLeftOutAsPrerelease,
  isSameVersion,
  type VersionRange,
} from './versions.ts'

/** In the catalog's order. */
export function entriesInRange(channel: KnownChannel, range: VersionRange): readonly KnownEntry[] {
  if (range.isExact) return exactEntries(channel, range)
  return channel.entries.filter(({ version }) => version !== undefined && isInRange(version, range))
}

/** Those of the very version, build metadata included; without any, those that differ only in build metadata. */
export function exactEntries({ entries }: KnownChannel, range: VersionRange): readonly KnownEntry[] {
  const { min } = range
  if (min === undefined) return []
  const same = entries.filter(({ version }) => version !== undefined && isInRange(version, range))
  const alike = same.filter(({ version }) => version !== undefined && isSameVersion(version, min.version))
  return alike.length > 0 ? alike : same
}

/** That prereleases stay out of a range is easily overlooked. */
export function prereleaseRemarks(
  { entries }: KnownChannel,
  range: VersionRange,
  kept: readonly KnownEntry[],
): readonly string[] {
  const names = new Set(kept.map(({ name }) => name))
  const out = entries.filter(
    ({ name, version }) => !names.has(name) && version !== undefined && isLeftOutAsPrerelease(version, range),
  )
  if (out.length === 0) return []
  const number = out.length === 1 ? 'a prerelease stays' : `${out.length} prereleases stay`
  return [
    `${number} out (${listed(out.map(versionText).sort(compareVersions))}); minVersion ${withPrereleases(range)} takes prereleases as well`,
  ]
}

/** The lower end, written so that prereleases belong to the range. */
export function withPrereleases({ min }: VersionRange): string {
  return `${min?.version.version ?? '0.0.0'}-0`
}
