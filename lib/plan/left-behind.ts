/**
 * What a move leaves at the target: the old image stays there, and so do the tags of what was attached to it, which the
 * state no longer names. The reviewer is told. Pure.
 */
import type { ImageContent } from '../graph/graph.ts'
import { type Destination, destinationKey, formatDestination, type TargetAddress } from '../target.ts'
import type { Verdict } from './classify.ts'

/** @param before what the state holds, by destination */
export function leftBehind(
  target: TargetAddress,
  sends: readonly Verdict[],
  before: ReadonlyMap<string, ImageContent>,
): readonly string[] {
  const moved = new Set(
    sends.flatMap(({ action, image }) => (action === 'move' ? [destinationKey(image.destination)] : [])),
  )
  const staying = [...before].flatMap(([key, image]) => (moved.has(key) ? [] : [image]))
  const owned = new Set(
    [...sends.map(({ image }) => image), ...staying].flatMap(attachedTags).map(destinationKey),
  )
  const old = [...before].flatMap(([key, image]) => (moved.has(key) ? attachedTags(image) : []))
  const left = new Map(
    old.flatMap(tag => (owned.has(destinationKey(tag)) ? [] : [[destinationKey(tag), tag] as const])),
  )
  const [first, ...others] = left.values()
  if (first === undefined) return []
  const more = others.length > 0 ? ` and ${others.length} more` : ''
  return [
    `what was attached to images that moved stays at the target and is no longer ours: ${formatDestination(target, first)}${more}`,
  ]
}

function attachedTags({ destination, attachments }: ImageContent): readonly Destination[] {
  return attachments.flatMap(({ tag }) =>
    tag === undefined ? [] : [{ repository: destination.repository, tag }],
  )
}
