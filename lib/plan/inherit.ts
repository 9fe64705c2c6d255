/**
 * Images that another tool put at a target → those of them that are there as it left them, with their content: held, as if
 * we had put them there. They become ours with the first apply; until then a plan keeps, moves and deletes them like all
 * that we own. A tag that names anything else today is somebody else's, and left alone.
 */
import pLimit from 'p-limit'
import { emptyState } from '../files/fold.ts'
import { reachableFrom } from '../files/reachable.ts'
import type { Origin } from '../graph/graph.ts'
import type { PlacedImage } from '../graph/naming.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import type { ImageSource, ManifestCache, Target } from '../provider.ts'
import type { State, StateImage } from '../state.ts'
import { type Destination, destinationKey } from '../target.ts'
import { claimImages } from './claim.ts'
import type { Verdict } from './classify.ts'
import { lineageOf } from './lineage.ts'

/** An image as the other tool recorded it. */
export interface InheritedClaim {
  readonly destination: Destination
  readonly source: ImageSource
  /** Absent where any will do: the other tool made the image and did not record what came of it. */
  readonly digest?: Digest
  readonly origins: readonly Origin[]
}

export interface Inherited {
  readonly state: State
  /** Claims whose tag is not there. */
  readonly absent: number
  /** Claims whose tag names something else. */
  readonly changed: number
}

const CONCURRENCY = 24

/**
 * Asks with one HEAD each; only of what is there manifests are read, from the target. Signatures and other attachments there
 * are somebody else's: the other tool recorded none.
 *
 * @param claims of several for one destination, from one run and another, any may be the one that is there
 */
export async function inheritImages(
  claims: readonly InheritedClaim[],
  target: Target,
  cache: ManifestCache,
  signal: AbortSignal,
): Promise<Inherited> {
  const limit = pLimit(CONCURRENCY)
  const places = [...Map.groupBy(claims, ({ destination }) => destinationKey(destination)).values()]
  const answers = await Promise.all(places.map(each => limit(() => ask(each, target, signal))))
  const there = answers.filter(answer => typeof answer !== 'string')
  const placed = there.map(
    ({ destination, source, origins }): PlacedImage => ({ destination, source, platforms: [], origins }),
  )
  const empty = emptyState(lineageOf(digestOf('inherited')), target.address)
  const { state } = await claimImages(placed, empty, target, cache, signal)
  const digests = new Map(there.map(({ destination, digest }) => [destinationKey(destination), digest]))
  const images = state.images
    .filter(({ destination, digest }) => (digests.get(destinationKey(destination)) ?? digest) === digest)
    .map(image => ({ ...image, attachments: [] }))
  const absent = answers.filter(answer => answer === 'absent').length
  return {
    state: { ...state, images, ...reachableFrom(state, images) },
    absent,
    changed: places.length - images.length - absent,
  }
}

/** @param claims for one destination; at least one */
async function ask(
  claims: readonly InheritedClaim[],
  target: Target,
  signal: AbortSignal,
): Promise<InheritedClaim | 'absent' | 'changed'> {
  const [first] = claims
  if (first === undefined) return 'absent'
  const { repository, tag } = first.destination
  const found = (await target.repository(repository).resolve(tag, signal))?.digest
  if (found === undefined) return 'absent'
  return claims.find(({ digest }) => (digest ?? found) === found) ?? 'changed'
}

/**
 * What others lay claim to as well counts as held only where it is wanted: it may be adopted and moved, never deleted.
 *
 * @param shared destinations (`destinationKey`)
 */
export function withoutUnwanted(
  inherited: State | undefined,
  shared: ReadonlySet<string>,
  wanted: readonly Destination[],
): State | undefined {
  if (inherited === undefined || shared.size === 0) return inherited
  const asked = new Set(wanted.map(destinationKey))
  const images = inherited.images.filter(({ destination }) => {
    const key = destinationKey(destination)
    return asked.has(key) || !shared.has(key)
  })
  return { ...inherited, images, ...reachableFrom(inherited, images) }
}

/** What stays as it is has to get into the state all the same. */
export function adoptInherited(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.map(verdict => {
    if (verdict.action !== 'keep') return verdict
    return { action: 'adopt', image: verdict.image, expect: verdict.image.digest }
  })
}

/** Images that the first state is born with: all that no change of the plan adopts. */
export function takenOver(inherited: State | undefined, verdicts: readonly Verdict[]): readonly StateImage[] {
  const adopted = new Set(
    verdicts.flatMap(({ action, image }) => (action === 'adopt' ? [destinationKey(image.destination)] : [])),
  )
  return (inherited?.images ?? []).filter(({ destination }) => !adopted.has(destinationKey(destination)))
}
