/**
 * Where release channels of an image set of oc-mirror v1 begin: at the lowest release that the state holds of a channel,
 * else at the one that v1 recorded.
 */
import compareSemver from 'semver/functions/compare.js'
import validSemver from 'semver/functions/valid.js'
import type { Origin } from '../../graph/graph.ts'
import type { RecordedStarts } from './history.ts'

/** @param held origins of the images in the state */
export function withHeldReleases(recorded: RecordedStarts, held: readonly Origin[]): RecordedStarts {
  const lowest = new Map<string, string>()
  for (const origin of held) {
    if (origin.kind !== 'release' || validSemver(origin.version) === null) continue
    for (const channel of origin.channels) {
      const before = lowest.get(channel)
      if (before === undefined || compareSemver(origin.version, before) < 0)
        lowest.set(channel, origin.version)
    }
  }
  return { ...recorded, releases: new Map([...recorded.releases, ...lowest]) }
}
