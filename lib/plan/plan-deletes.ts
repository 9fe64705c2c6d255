/**
 * Plans the deletes: asks, only where there are any, what the target can delete and which tags share the digests that
 * go, and turns the answers into steps.
 */
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import type { Target, TargetAbilities } from '../provider.ts'
import type { State, StateImage } from '../state.ts'
import { compareText, destinationKey } from '../target.ts'
import { takeCensus } from './census.ts'
import type { Actual } from './classify.ts'
import { type Refusal, refuseDeletes } from './guards.ts'
import type { Change, Expectation } from './plan.ts'
import { type PlannedRemoval, planRemovals } from './removals.ts'

export interface DeleteRequest {
  readonly store: ManifestStore
  readonly target: Target
  readonly state: State | undefined
  readonly desired: readonly ImageContent[]
  readonly deleted: readonly StateImage[]
  readonly actual: Actual
  /** Nothing else is planned; default no. */
  readonly onlyDeletes?: boolean | undefined
}

export interface PlannedDeletes {
  readonly changes: readonly Change[]
  readonly refusals: readonly Refusal[]
  readonly bytesReclaimable: number
}

export async function planDeletes(request: DeleteRequest, signal: AbortSignal): Promise<PlannedDeletes> {
  const { target, deleted, actual } = request
  const first = deleted[0]
  if (first === undefined) return { changes: [], refusals: [], bytesReclaimable: 0 }
  const abilities = await target.abilities(
    first.destination.repository,
    ['deleteTag', 'deleteManifest'],
    signal,
  )
  if (abilities.deleteManifest === 'no' && abilities.deleteTag !== 'yes')
    return { changes: [], refusals: refuseDeletes(target.address, deleted, request), bytesReclaimable: 0 }
  if (abilities.deleteManifest === 'unknown' && abilities.deleteTag !== 'yes') return keepAll(request)
  const repositories = [...new Set(deleted.map(image => image.destination.repository))].sort(compareText)
  const removals = await Promise.all(
    repositories.map(repository => removalsIn(request, repository, abilities, signal)),
  )
  const reclaimed = reclaimer(request, abilities)
  const changes = removals.flat().map((planned): Change => {
    const { image, removal } = planned
    const expect: Expectation = actual.get(destinationKey(image.destination)) ?? 'unknown'
    return { action: 'delete', image, expect, removal, reclaims: reclaimed(planned) }
  })
  const bytesReclaimable = changes.reduce(
    (sum, change) => sum + (change.action === 'delete' ? change.reclaims : 0),
    0,
  )
  return { changes, refusals: [], bytesReclaimable }
}

async function removalsIn(
  { store, target, state, desired, deleted, actual }: DeleteRequest,
  repository: RepositoryPath,
  abilities: TargetAbilities,
  signal: AbortSignal,
) {
  const here = (images: readonly ImageContent[]) =>
    images.filter(image => image.destination.repository === repository)
  const going = here(deleted)
  const leaving = new Set(going)
  const staying = [...here(state?.images ?? []).filter(image => !leaving.has(image)), ...here(desired)]
  const known = new Map<Tag, Digest>()
  for (const { destination } of [...going, ...staying]) {
    const digest = actual.get(destinationKey(destination))
    if (digest !== undefined && digest !== 'absent') known.set(destination.tag, digest)
  }
  const census = await takeCensus(target.repository(repository), [...going, ...staying], known, signal)
  return planRemovals(store, { repository, going, staying, census, ...abilities })
}

/**
 * Bytes of the blobs that nothing of ours has a use for any more, each counted with the first image that leaves it
 * behind: those of the manifests that are deleted, or, where only tags can be, of an image no other tag keeps.
 */
function reclaimer(
  { store, state, desired, deleted }: DeleteRequest,
  { deleteManifest }: TargetAbilities,
): (planned: PlannedRemoval) => number {
  const leaving = new Set(deleted)
  const staying = [...(state?.images ?? []).filter(image => !leaving.has(image)), ...desired]
  const needed = new Set(staying.flatMap(image => [...blobsBelow(store, closureOf(store, image))]))
  const freed = ({ image, removal }: PlannedRemoval): readonly Digest[] => {
    if (deleteManifest !== 'yes') return removal.sparedTags.length > 0 ? [] : closureOf(store, image)
    return removal.steps.flatMap(step => (step.do === 'delete-manifest' ? [step.digest] : []))
  }
  return planned => {
    let bytes = 0
    for (const digest of blobsBelow(store, freed(planned))) {
      if (needed.has(digest)) continue
      needed.add(digest)
      bytes += store.blobs.get(digest) ?? 0
    }
    return bytes
  }
}

/** The registry did not say whether it deletes, for instance because the credentials may not ask. */
function keepAll({ deleted }: DeleteRequest): PlannedDeletes {
  const reason =
    'no longer wanted; it stays because the target does not say that these credentials may delete'
  return {
    changes: deleted.map(image => ({ action: 'keep', image, reason })),
    refusals: [],
    bytesReclaimable: 0,
  }
}
