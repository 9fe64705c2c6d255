/** A channel and what oc-mirror v1 is asked of it → what is kept of it and why, or what keeps it from being chosen. */
import compareSemver from 'semver/functions/compare.js'
import { channelHeads, faultText, graphFaults, headFaults } from '../filter/channel-graph.ts'
import { type ChannelChoice, channelText, type KnownChannel, NOTHING } from '../filter/known-channel.ts'
import { listed } from '../filter/listing.ts'
import { compareVersions, parseVersion, type RangeText, rangeAsWritten } from '../filter/versions.ts'
import type { V1Wish } from './channel-wish.ts'
import { updatePath } from './update-path.ts'

/** Nothing kept and no problem: the channel does not have what the package is asked for. */
export function chooseInChannel(channel: KnownChannel, wish: V1Wish): ChannelChoice {
  switch (wish.kind) {
    case 'all':
      return { ...NOTHING, kept: new Map(channel.entries.map(({ name }) => [name, wish.why])) }
    case 'head':
      return withHead(channel, head => fromStart(channel, head, wish.start))
    case 'from':
      return withHead(channel, head => fromVersion(channel, head, wish.version, wish.isOptional))
    case 'range':
      return inRange(channel, wish.range, wish.isOptional)
    default:
      return wish satisfies never
  }
}

function withHead(channel: KnownChannel, choose: (head: string) => ChannelChoice): ChannelChoice {
  const faults = headFaults(channel.entries)
  const [head] = channelHeads(channel.entries)
  if (faults.length === 0 && head !== undefined) return choose(head)
  const hint =
    'the catalog is at fault: name other packages or channels of it, or take everything with full: true'
  return { ...NOTHING, problems: faults.map(fault => ({ text: faultText(fault), hint })) }
}

/** A start that is gone moves to the next higher version; one that leads to no head is left behind. */
function fromStart(channel: KnownChannel, head: string, start: string | undefined): ChannelChoice {
  const kept = new Map([[head, `head of ${channelText(channel)}`]])
  const from = start === undefined ? undefined : startIn(channel, start)
  if (start === undefined || from === undefined || from === head) return { ...NOTHING, kept }
  const path = updatePath(channel.entries, from, head)
  const entries = channel.entries.filter(({ name }) => path.has(name) || name === head)
  if (graphFaults(entries).length > 0)
    return {
      ...NOTHING,
      kept,
      remarks: [`it was mirrored from ${start} on, and no updates lead from there to its head`],
    }
  for (const { name } of entries)
    if (name !== head) kept.set(name, `on the way from ${start}, mirrored before, in channel ${channel.name}`)
  return { ...NOTHING, kept }
}

function startIn({ entries }: KnownChannel, start: string): string | undefined {
  const wanted = parseVersion(start)
  const known = entries.filter(({ version }) => version !== undefined)
  const same = known.find(({ version }) => version && wanted && compareSemver(version, wanted) === 0)
  if (same !== undefined || wanted === undefined) return same?.name
  const above = known.filter(({ version }) => version && compareSemver(version, wanted) > 0)
  return above.toSorted((a, b) => compareVersions(a.bundle?.version ?? '', b.bundle?.version ?? ''))[0]?.name
}

function fromVersion(channel: KnownChannel, head: string, text: string, isOptional: boolean): ChannelChoice {
  const starts = channel.entries.filter(({ bundle }) => bundle && isOfVersion(bundle.version, text))
  if (starts.length === 0) return isOptional ? NOTHING : nothingFound(channel, { minVersion: text })
  const kept = new Map<string, string>()
  const remarks: string[] = []
  for (const { name } of starts) {
    const path = updatePath(channel.entries, name, head)
    if (!path.has(head)) remarks.push(`no updates lead from ${text} to its head, which is left out`)
    for (const each of path) kept.set(each, `from ${text} in channel ${channel.name}`)
  }
  return { ...NOTHING, kept, remarks }
}

/** The version itself, build metadata apart, or one that is it up to the first `-` (oc-mirror v1). */
function isOfVersion(version: string, text: string): boolean {
  const [whole, wanted] = [parseVersion(version), parseVersion(text)]
  if (whole !== undefined && wanted !== undefined && compareSemver(whole, wanted) === 0) return true
  return version.split('-', 1)[0] === text
}

/** By precedence alone: prereleases are versions like all others. */
function inRange(channel: KnownChannel, range: RangeText, isOptional: boolean): ChannelChoice {
  const min = range.minVersion === undefined ? undefined : parseVersion(range.minVersion)
  const max = range.maxVersion === undefined ? undefined : parseVersion(range.maxVersion)
  const kept = channel.entries.filter(
    ({ version }) =>
      version !== undefined &&
      (min === undefined || compareSemver(version, min) >= 0) &&
      (max === undefined || compareSemver(version, max) <= 0),
  )
  if (kept.length === 0) return isOptional ? NOTHING : nothingFound(channel, range)
  const why = `${rangeAsWritten(rangeOf(range))} in channel ${channel.name}`
  return { ...NOTHING, kept: new Map(kept.map(({ name }) => [name, why])) }
}

function nothingFound({ entries }: KnownChannel, range: RangeText): ChannelChoice {
  const versions = entries.flatMap(({ bundle }) => bundle?.version ?? []).sort(compareVersions)
  return {
    ...NOTHING,
    problems: [
      {
        text: `nothing is there for ${rangeAsWritten(rangeOf(range))}`,
        hint: versions.length === 0 ? 'it has no versions' : `it has ${listed(versions)}`,
      },
    ],
  }
}

function rangeOf(text: RangeText) {
  return { text, isExact: false, takesPrereleases: true }
}
