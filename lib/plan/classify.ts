/**
 * Decides what happens to each destination: the heart of the diff between desired, state and actual. Pure.
 *
 * | desired | state | actual            | action                                                        |
 * |---------|-------|-------------------|---------------------------------------------------------------|
 * | D       | –     | nothing           | add                                                           |
 * | D       | –     | D                 | adopt                                                         |
 * | D       | –     | other             | conflict: somebody else's image, never touched                |
 * | D       | D     | D, or not asked   | keep                                                          |
 * |         |       |                   | add where an attachment or a platform is new                  |
 * |         |       |                   | adopt where only what is known of it differs (its source …)   |
 * | D       | D     | nothing, or other | repair                                                        |
 * | D       | S     | D                 | adopt                                                         |
 * | D       | S     | anything else     | move                                                          |
 * | –       | S     | S, or not asked   | delete (forget where protected)                               |
 * | –       | S     | nothing, or other | forget: gone, or replaced by somebody                         |
 */
import type { Attachment, ImageContent, Origin } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { StateImage } from '../state.ts'
import { compareText, destinationKey } from '../target.ts'
import type { Expectation } from './plan.ts'

/** What the target said of each destination, by `destinationKey`; what is not in the map was not asked. */
export type Actual = ReadonlyMap<string, Digest | 'absent'>

export type Verdict =
  | {
      readonly action: 'add'
      readonly image: ImageContent
      readonly expect: Expectation
      readonly reason?: string
    }
  | { readonly action: 'adopt'; readonly image: ImageContent; readonly expect: Expectation }
  | {
      readonly action: 'move'
      readonly image: ImageContent
      readonly from: Digest
      readonly expect: Expectation
      readonly reason?: string
    }
  | {
      readonly action: 'repair'
      readonly image: ImageContent
      readonly expect: Expectation
      readonly reason: string
    }
  | { readonly action: 'keep'; readonly image: ImageContent }
  | { readonly action: 'delete'; readonly image: StateImage; readonly expect: Expectation }
  | { readonly action: 'forget'; readonly image: StateImage; readonly reason: string }
  | { readonly action: 'conflict'; readonly image: ImageContent; readonly found: Digest }

/** @param isProtected whether policy keeps an image although it is no longer wanted */
export function classify(
  desired: readonly ImageContent[],
  held: readonly StateImage[],
  actual: Actual,
  isProtected: (image: StateImage) => boolean,
): readonly Verdict[] {
  const wanted = new Map(desired.map(image => [destinationKey(image.destination), image]))
  const owned = new Map(held.map(image => [destinationKey(image.destination), image]))
  const keys = [...new Set([...wanted.keys(), ...owned.keys()])].sort(compareText)
  return keys.flatMap(key => {
    const image = wanted.get(key)
    const before = owned.get(key)
    const found: Expectation = actual.get(key) ?? 'unknown'
    if (image === undefined) return before === undefined ? [] : [unwanted(before, found, isProtected)]
    return [before === undefined ? unheld(image, found) : wantedAndHeld(image, before, found)]
  })
}

function unheld(image: ImageContent, found: Expectation): Verdict {
  if (found === image.digest) return { action: 'adopt', image, expect: found }
  if (found === 'absent' || found === 'unknown') return { action: 'add', image, expect: found }
  return { action: 'conflict', image, found }
}

function wantedAndHeld(image: ImageContent, before: StateImage, found: Expectation): Verdict {
  if (before.digest !== image.digest) {
    if (found === image.digest) return { action: 'adopt', image, expect: found }
    const drifted = found !== before.digest && found !== 'unknown'
    const reason = drifted ? { reason: driftOf(found) } : {}
    return { action: 'move', image, from: before.digest, expect: found, ...reason }
  }
  if (found !== image.digest && found !== 'unknown')
    return { action: 'repair', image, expect: found, reason: driftOf(found) }
  const reasons = [...newPlatforms(image, before), ...attachmentNews(image, before)]
  const same = arrivedAs(image, before)
  if (reasons.length > 0) return { action: 'add', image: same, expect: found, reason: reasons.join('; ') }
  if (!sameDescription(image, before)) return { action: 'adopt', image: same, expect: image.digest }
  return { action: 'keep', image }
}

/** What is described anew is still what an archive brought. */
function arrivedAs(image: ImageContent, { arrivedIn }: StateImage): ImageContent {
  return arrivedIn === undefined ? image : { ...image, arrivedIn }
}

/** A wider platform choice brings children of the same index that were left out before. */
function newPlatforms(image: ImageContent, before: StateImage): readonly string[] {
  const omitted = new Set(image.omitted)
  const isWider = before.omitted.some(child => !omitted.has(child))
  return isWider ? [`platforms: ${image.platforms.join(', ') || 'all'}`] : []
}

function attachmentNews(image: ImageContent, before: StateImage): readonly string[] {
  const names = newAttachments(image.attachments, before.attachments).map(({ tag, digest }) => tag ?? digest)
  return names.length > 0 ? [`new attachment: ${names.join(', ')}`] : []
}

/** Whether the state tells of the same content the same story: where it came from, and why it is wanted. */
export function sameDescription(a: ImageContent, b: ImageContent): boolean {
  return descriptionNews(a, b) === undefined
}

/** What is told differently of the same content now, the first thing that explains the others; undefined where nothing is. */
export function descriptionNews(now: ImageContent, before: ImageContent): string | undefined {
  const differs = (tell: (image: ImageContent) => readonly unknown[]): boolean =>
    JSON.stringify(tell(now)) !== JSON.stringify(tell(before))
  if (differs(({ source }) => [source])) return 'comes from another source now'
  if (differs(({ platforms, omitted }) => [platforms, omitted])) return 'wanted for other platforms now'
  if (differs(({ sourceDigest }) => [sourceDigest ?? null]))
    return 'another image at the source leads to it now'
  if (differs(({ releaseSignatures }) => releaseSignatures ?? [])) return 'comes with other signatures now'
  return differs(({ origins }) => origins.map(wordsOf)) ? 'wanted for another reason now' : undefined
}

/** An origin as a list, so that the order in which its members were written tells nothing. */
function wordsOf(origin: Origin): readonly unknown[] {
  return Object.entries(origin).sort(([a], [b]) => compareText(a, b))
}

function unwanted(
  image: StateImage,
  found: Expectation,
  isProtected: (image: StateImage) => boolean,
): Verdict {
  if (found === 'absent') return { action: 'forget', image, reason: 'it is gone from the target already' }
  if (found !== 'unknown' && found !== image.digest)
    return { action: 'forget', image, reason: 'somebody put another image in its place' }
  if (isProtected(image)) return { action: 'forget', image, reason: 'protected: it stays at the target' }
  return { action: 'delete', image, expect: found }
}

function driftOf(found: Digest | 'absent'): string {
  return found === 'absent' ? 'it is gone from the target' : `the target holds ${found} instead`
}

/** Attachments that are new, or whose tag names other content than before. */
export function newAttachments(
  now: readonly Attachment[],
  before: readonly Attachment[],
): readonly Attachment[] {
  const known = new Set(before.map(({ tag, digest }) => `${tag ?? ''}@${digest}`))
  return now.filter(({ tag, digest }) => !known.has(`${tag ?? ''}@${digest}`))
}
