/**
 * Image sets of oc-mirror v1 → what v1 says of its earlier runs: where update paths begin, and, as long as there is no
 * state, which images of the target are its own. Its metadata is only read.
 *
 * What v1 sent by way of a disk is its own only where the target says that it arrived. What another series of its runs lists
 * as well, or only a series that may belong to another image set, is never deleted.
 */
import type { ImageSet } from '../../../lib/config/index.ts'
import {
  claimsOf,
  type HistoricImage,
  joinImages,
  madeClaims,
  NO_STARTS,
  type RecordedStarts,
  withHeldReleases,
} from '../../../lib/content/history/index.ts'
import { placeRepository } from '../../../lib/graph/naming.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import { inheritImages } from '../../../lib/plan/inherit.ts'
import { countOf } from '../../../lib/report/index.ts'
import type { State } from '../../../lib/state.ts'
import { destinationKey } from '../../../lib/target.ts'
import { earlierRuns, type HistorySetting, type KnownRuns } from './earlier-runs.ts'
import { publishedPlace, readAllPublished } from './published-runs.ts'

export interface History {
  readonly recorded: ReadonlyMap<ImageSet, RecordedStarts>
  /** What counts as held; absent where there is a state, or nothing of v1's is at the target. */
  readonly inherited?: State
  /** Destinations of it (`destinationKey`) that count only while they are wanted. */
  readonly shared: ReadonlySet<string>
  readonly notes: readonly string[]
}

/** @throws PlanError naming metadata that is damaged, PlaceError */
export async function readHistory(
  imageSets: readonly ImageSet[],
  setting: HistorySetting,
  signal: AbortSignal,
): Promise<History> {
  const held = setting.state?.images.flatMap(({ origins }) => origins) ?? []
  const recorded = new Map<ImageSet, RecordedStarts>()
  const notes: string[] = []
  const runs: KnownRuns[] = []
  for (const imageSet of imageSets.filter(({ v1 }) => v1 !== undefined)) {
    const earlier = await earlierRuns(imageSet, setting, signal)
    const [first] = earlier.runs
    recorded.set(imageSet, withHeldReleases(first?.history.starts ?? NO_STARTS, held))
    runs.push(...earlier.runs)
    notes.push(...earlier.notes)
  }
  if (setting.state !== undefined || !setting.readsTarget || runs.length === 0)
    return { recorded, shared: new Set(), notes }
  const { inherited, shared, told } = await inherit(imageSets, runs, setting, signal)
  return { recorded, ...(inherited.images.length > 0 && { inherited }), shared, notes: [...notes, ...told] }
}

async function inherit(
  imageSets: readonly ImageSet[],
  runs: readonly KnownRuns[],
  setting: HistorySetting,
  signal: AbortSignal,
): Promise<{
  readonly inherited: State
  readonly shared: ReadonlySet<string>
  readonly told: readonly string[]
}> {
  const { choice, places } = setting
  const { address, maxNestedPaths } = choice
  const nest = (path: RepositoryPath) => placeRepository(address, path, maxNestedPaths)
  const claimsIn = (images: readonly HistoricImage[]) => claimsOf(images, address, nest)
  const keysIn = (images: readonly HistoricImage[]) =>
    new Set(claimsIn(images).claims.map(({ destination }) => destinationKey(destination)))
  const here = runs.filter(each => each.isAtTarget || claimsIn(arrivedOf(each)).claims.length > 0)
  const { claims, leftOut } = claimsIn(joinImages(here.map(arrivedOf)))
  const made = madeClaims(
    imageSets,
    here.map(({ history }) => history),
    nest,
  )
  const { state, absent, changed } = await inheritImages(
    [...claims, ...made],
    places.target,
    places.cache,
    signal,
  )
  const known = new Set(runs.map(({ history }) => history.uid))
  const others = (await readAllPublished(setting, signal)).filter(({ history }) => !known.has(history.uid))
  const alsoTheirs = keysIn(joinImages(others.map(({ history }) => history.images)))
  const own = keysIn(joinImages(here.filter(({ isOwn }) => isOwn).map(arrivedOf)))
  const keys = state.images.map(({ destination }) => destinationKey(destination))
  const inCommon = keys.filter(key => alsoTheirs.has(key))
  const unread = leftOut + new Set(here.flatMap(({ history }) => history.unreadable)).size
  return {
    inherited: state,
    shared: new Set([...inCommon, ...keys.filter(key => !own.has(key))]),
    told: [
      ...(here.length === 0
        ? [nothingArrived(runs, setting)]
        : [takenText(keys.length, { absent, changed, unread })]),
      ...(inCommon.length === 0
        ? []
        : [
            `nothing is deleted that ${others.map(({ name }) => name).join(', ')} lists too (${countOf(inCommon.length, 'image')}); plan those image sets together to have all of it in one state`,
          ]),
    ],
  }
}

/** What may be at the target: of what went to a disk nothing says so but the target itself. */
function arrivedOf({ history, isAtTarget }: KnownRuns): readonly HistoricImage[] {
  return isAtTarget ? history.images : history.images.filter(({ place }) => place.kind === 'reference')
}

function takenText(
  taken: number,
  { absent, changed, unread }: { absent: number; changed: number; unread: number },
): string {
  const others = [
    ...(absent === 0 ? [] : [`${absent} not at the target`]),
    ...(changed === 0 ? [] : [`${changed} replaced by somebody since`]),
    ...(unread === 0 ? [] : [`${unread} elsewhere or without a tag`]),
  ]
  const rest = others.length === 0 ? '' : `; of the others it lists ${others.join(', ')}`
  return `${countOf(taken, 'image')} that oc-mirror v1 put at the target count as ours from now on${rest}`
}

function nothingArrived(runs: readonly KnownRuns[], setting: HistorySetting): string {
  const uids = [...new Set(runs.map(({ history }) => history.uid))].join(', ')
  return `nothing at the target counts as ours yet: oc-mirror v1 leaves its metadata where it has mirrored to, and ${publishedPlace(setting)} has no ${uids}`
}
