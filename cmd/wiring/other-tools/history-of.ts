/** What earlier runs of oc-mirror v1 mirrored, for image sets of v1; for all others nothing, and nothing is loaded. */
import { repositoryName } from '../../../lib/oci/reference.ts'
import { withoutUnwanted } from '../../../lib/plan/inherit.ts'
import type { State } from '../../../lib/state.ts'
import type { LoadedImageSets, WantedSet } from '../wanted-images.ts'
import type { HistorySetting } from './earlier-runs.ts'
import type { History } from './read-history.ts'

/** @throws PlanError naming metadata that is damaged, PlaceError */
export async function historyOf(
  loaded: LoadedImageSets | undefined,
  setting: HistorySetting,
  signal: AbortSignal,
): Promise<History> {
  if (loaded?.imageSets.some(({ v1 }) => v1 !== undefined) !== true)
    return { recorded: new Map(), shared: new Set(), notes: [] }
  const { readHistory } = await import('./read-history.ts')
  return readHistory(loaded.imageSets, setting, signal)
}

/** Known once it is known what is wanted: what is shared with others counts only as far as it is. */
export function heldFromHistory(
  { inherited, shared }: History,
  { images, stays = [] }: Pick<WantedSet, 'images' | 'stays'>,
): State | undefined {
  return withoutUnwanted(inherited, shared, [...images.map(({ destination }) => destination), ...stays])
}

/** Repositories with metadata of v1 that are reached without checking certificates (`skipTLS` of `storageConfig`). */
export function uncheckedStorage(loaded: LoadedImageSets | undefined): ReadonlySet<string> {
  const names = (loaded?.imageSets ?? []).flatMap(({ v1 }) =>
    v1?.storage?.kind === 'registry' && v1.storage.skipTls ? [repositoryName(v1.storage.reference)] : [],
  )
  return new Set(names)
}
