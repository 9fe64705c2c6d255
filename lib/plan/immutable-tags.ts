/**
 * Tags that a plan would put on another digest, at a target that does not let them move: found while planning, all of
 * them, instead of by the last request of each image. Only targets that can tell are asked, and only about those tags.
 */
import { type Digest, shortDigest } from '../oci/digest.ts'
import { canTellImmutability, type Target } from '../provider.ts'
import { type Destination, destinationKey, formatDestination } from '../target.ts'
import type { Refusal } from './guards.ts'
import type { Change } from './plan.ts'

interface Moved {
  readonly destination: Destination
  readonly from: Digest
  /** undefined: an empty manifest, by which the tag alone is removed. */
  readonly to: Digest | undefined
}

/** @returns one refusal for each tag that is known to stay where it is */
export async function refuseImmutable(
  target: Target,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<readonly Refusal[]> {
  const moved = changes.flatMap(movedBy)
  if (moved.length === 0 || !canTellImmutability(target)) return []
  const told = await target.immutableTags(
    moved.map(({ destination }) => destination),
    signal,
  )
  const immutable = new Map(told.map(tag => [destinationKey(tag.destination), tag]))
  return moved.flatMap(({ destination, from, to }) => {
    const known = immutable.get(destinationKey(destination))
    if (known === undefined) return []
    const where = formatDestination(target.address, destination)
    const wanted =
      to === undefined ? 'it is to be removed by being put on an empty manifest' : `wanted ${shortDigest(to)}`
    const without = to === undefined ? 'plan with --skip-deletes' : 'give the image another targetTag'
    return [
      {
        message: `${where} is immutable (${known.because}): it names ${shortDigest(from)}, ${wanted}`,
        hint: `${known.advice}; or ${without}, or leave it out with --exclude`,
      },
    ]
  })
}

function movedBy(change: Change): readonly Moved[] {
  const { image } = change
  const { destination } = image
  if (change.action === 'delete')
    return change.removal.steps.flatMap(step =>
      step.do === 'displace-tag'
        ? [{ destination: { ...destination, tag: step.tag }, from: image.digest, to: undefined }]
        : [],
    )
  if (change.action !== 'move' && change.action !== 'repair') return []
  const named = change.expect === 'unknown' && change.action === 'move' ? change.from : change.expect
  if (named === 'absent' || named === 'unknown' || named === image.digest) return []
  return [{ destination, from: named, to: image.digest }]
}
