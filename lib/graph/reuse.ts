/**
 * What an image takes over from the state and what it has anew: content that is held already stays as it is known, while
 * what the image set says of it always counts as it is said now.
 */
import type { Digest } from '../oci/digest.ts'
import type { State, StateImage } from '../state.ts'
import type { Attachment, ImageContent } from './graph.ts'
import type { PlacedImage } from './naming.ts'
import type { PlatformIndexMode } from './platform-choice.ts'

/** What the image set says of an image now, whatever was said before. */
export function wishesOf({
  origins,
  releaseSignatures,
}: PlacedImage): Pick<ImageContent, 'origins' | 'releaseSignatures'> {
  return { origins, ...(releaseSignatures !== undefined && { releaseSignatures }) }
}

/** What the state holds of this image, if it was wanted in the same way. */
export function reusable(
  held: StateImage | undefined,
  image: PlacedImage,
  source: string,
  mode: PlatformIndexMode,
): StateImage | undefined {
  if (held === undefined || held.source !== source || held.platforms.join() !== image.platforms.join())
    return undefined
  const otherMode = mode === 'rewrite' ? held.omitted.length > 0 : held.sourceDigest !== undefined
  return otherMode ? undefined : held
}

/** What was found now replaces what was known under the same tag; what is gone at the source is not dropped here. */
export function mergeAttachments(
  known: readonly Attachment[],
  found: readonly Attachment[],
): readonly Attachment[] {
  const merged = new Map(known.map(attachment => [attachment.tag ?? attachment.digest, attachment]))
  for (const { digest, subject, tag } of found)
    merged.set(tag ?? digest, { digest, subject, ...(tag !== undefined && { tag }) })
  return [...merged.values()]
}

/** Whether only releases ask for the image, as one of their components. */
export function isComponent({ origins }: Pick<ImageContent, 'origins'>): boolean {
  return origins.every(origin => origin.kind === 'release' && origin.component !== undefined)
}

/**
 * Components that the state holds, by digest. They are signed before they are published, so what is known to be attached
 * to one is not asked again: a release has two hundred, and most registries answer for one at a time. A state none of
 * whose components has an attachment may come from a time when signatures were ignored, and settles nothing.
 */
export function heldComponents(state: State | undefined): ReadonlyMap<Digest, StateImage> {
  const components = state?.images.filter(isComponent) ?? []
  const isTelling = components.some(({ attachments }) => attachments.length > 0)
  return new Map(isTelling ? components.map(image => [image.digest, image]) : [])
}
