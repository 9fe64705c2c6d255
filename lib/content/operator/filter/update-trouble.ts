/** Why operators could not update with what the mirror will hold → one line for all that are held up by the same. */
import type { KnownEntry } from './known-channel.ts'
import { listed } from './listing.ts'
import { compareVersions, parseVersion } from './versions.ts'

export type UpdateTrouble =
  /** On the way to the head are entries that are not kept. */
  | {
      readonly kind: 'missing'
      readonly channel: string
      readonly head: string
      readonly missing: readonly KnownEntry[]
    }
  /** The catalog itself has no way to the head. */
  | { readonly kind: 'no-way'; readonly channel: string; readonly head: string }
  /** The new head is older. */
  | { readonly kind: 'back'; readonly channel: string; readonly head: string }
  /** Their channels are not kept, and those that are do not lead on. */
  | { readonly kind: 'elsewhere'; readonly channels: readonly string[] }
  /** The catalog does not have them any more. */
  | { readonly kind: 'gone' }

/** An operator, as a message calls it, and what holds it up. */
export interface StuckOperator {
  readonly text: string
  readonly trouble: UpdateTrouble
}

/** In the order in which troubles come up first. */
export function troubleRemarks(name: string, stuck: readonly StuckOperator[]): readonly string[] {
  const groups = Map.groupBy(stuck, ({ trouble }) =>
    'channel' in trouble ? `${trouble.kind} ${trouble.channel}` : trouble.kind,
  )
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const operators = `operators at ${listed([...new Set(group.map(({ text }) => text))])}`
    const troubles = group.map(({ trouble }) => trouble)
    return [`package ${name}${describe(first.trouble, operators, troubles)}`]
  })
}

/** @param all of the same kind and channel */
function describe(trouble: UpdateTrouble, operators: string, all: readonly UpdateTrouble[]): string {
  switch (trouble.kind) {
    case 'missing': {
      const { text, change } = whatIsMissing(all)
      return `, channel ${trouble.channel}: ${operators} cannot reach its head ${trouble.head}: ${text}${change}`
    }
    case 'no-way':
      return `, channel ${trouble.channel}: ${operators} cannot reach its head ${trouble.head}: the catalog itself has no way of updates to it`
    case 'back':
      return `, channel ${trouble.channel}: its head goes back to ${trouble.head}, and ${operators} stay as they are; raise maxVersion to keep updating them`
    case 'elsewhere': {
      const channels = new Set(all.flatMap(each => (each.kind === 'elsewhere' ? each.channels : [])))
      return `: ${operators} cannot update: no channel that is kept leads on from there; they are in ${channelsText([...channels].sort(compareVersions))}`
    }
    case 'gone':
      return `: ${operators} cannot update: the catalog has no such version any more, and nothing that comes after it`
    default:
      return trouble satisfies never
  }
}

function whatIsMissing(all: readonly UpdateTrouble[]): { readonly text: string; readonly change: string } {
  const missing = new Map(
    all
      .flatMap(each => (each.kind === 'missing' ? each.missing : []))
      .map(({ name, bundle }) => [name, bundle?.version ?? name]),
  )
  const versions = [...missing.values()].sort(compareVersions)
  const least = lowest(versions)
  return {
    text: `${listed(versions)} ${versions.length === 1 ? 'is' : 'are'} not mirrored`,
    change: least === undefined ? '' : `; minVersion ${least} keeps what is missing`,
  }
}

/** A lower end of a range that takes all of them, prereleases included; undefined for names that are no versions. */
function lowest(versions: readonly string[]): string | undefined {
  const [first] = versions
  const parsed = versions.map(parseVersion)
  if (first === undefined || parsed.includes(undefined)) return undefined
  const isPrerelease = (version: (typeof parsed)[number]) => (version?.prerelease.length ?? 0) > 0
  return parsed.some(isPrerelease) && !isPrerelease(parsed[0]) ? `${parsed[0]?.version}-0` : first
}

function channelsText(names: readonly string[]): string {
  return `channel${names.length === 1 ? '' : 's'} ${listed(names)}`
}
