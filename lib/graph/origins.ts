/**
 * Origins brought together and put into words: what asks for the same thing twice, by different channels, is one origin
 * with the channels of both.
 */
import { compareText } from '../target.ts'
import type { Origin } from './graph.ts'

/** Each thing once, in the order in which it was first named; channels sorted. */
export function mergeOrigins(origins: readonly Origin[]): readonly Origin[] {
  const merged = new Map<string, Origin>()
  for (const origin of origins) {
    const key = identityOf(origin)
    const before = merged.get(key)
    merged.set(key, before === undefined ? origin : withChannelsOf(before, origin))
  }
  return [...merged.values()]
}

/** What an origin asks for, without the channels that ask for it. */
function identityOf(origin: Origin): string {
  switch (origin.kind) {
    case 'additionalImage':
    case 'sample':
    case 'mapping':
      return JSON.stringify([origin.kind, origin.name])
    case 'release':
      return JSON.stringify([origin.kind, origin.version, origin.architecture, origin.component ?? null])
    case 'graphData':
      return origin.kind
    case 'catalog':
      return JSON.stringify([origin.kind, origin.catalog])
    case 'bundle':
      return JSON.stringify([origin.kind, origin.catalog, origin.package, origin.bundle])
    case 'chart':
      return JSON.stringify([origin.kind, origin.repository, origin.chart, origin.version])
    default:
      return origin satisfies never
  }
}

/** What of `now` is not in `before`: another thing that asks, or another channel that asks for the same thing. */
export function addedOrigins(now: readonly Origin[], before: readonly Origin[]): readonly Origin[] {
  const known = new Map(mergeOrigins(before).map(origin => [identityOf(origin), channelsOf(origin)]))
  return now.filter(origin => {
    const channels = known.get(identityOf(origin))
    return channels === undefined || channelsOf(origin).some(channel => !channels.includes(channel))
  })
}

/** `component etcd of release 4.16.8 (x86_64), channel stable-4.16`: names as they are, control characters included. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'additionalImage':
      return `additional image ${origin.name}`
    case 'release': {
      const release = `release ${origin.version} (${origin.architecture})`
      const part = origin.component === undefined ? release : `component ${origin.component} of ${release}`
      return part + channelsText(origin.channels)
    }
    case 'graphData':
      return 'update graph data'
    case 'catalog':
      return `catalog ${origin.catalog}`
    case 'bundle':
      return `bundle ${origin.bundle} of package ${origin.package}${channelsText(origin.channels)}, catalog ${origin.catalog}`
    case 'sample':
      return `sample ${origin.name}`
    case 'chart':
      return `chart ${origin.chart} ${origin.version}, repository ${origin.repository}`
    case 'mapping':
      return `mapping of ${origin.name}`
    default:
      return origin satisfies never
  }
}

/** `, channel stable-4.16`; nothing where no channel is known. */
export function channelsText(channels: readonly string[]): string {
  if (channels.length === 0) return ''
  return `, ${channels.length === 1 ? 'channel' : 'channels'} ${channels.join(', ')}`
}

function channelsOf(origin: Origin): readonly string[] {
  return 'channels' in origin ? origin.channels : []
}

function withChannelsOf(a: Origin, b: Origin): Origin {
  if (!('channels' in a) || !('channels' in b)) return a
  return { ...a, channels: [...new Set([...a.channels, ...b.channels])].sort(compareText) }
}
