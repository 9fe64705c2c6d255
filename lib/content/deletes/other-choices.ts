/** `delete.additionalImages` and `delete.samples` → choices. */
import type { AdditionalImage, DeleteSet, SampleSection } from '../../config/index.ts'
import { parseImageSource } from '../../config/index.ts'
import { SyntaxFault } from '../../errors.ts'
import { formatReference, type RepositoryPath } from '../../oci/reference.ts'
import type { ImageSource } from '../../provider.ts'
import { destinationKey } from '../../target.ts'
import type { Choice } from './choice.ts'

/** Where a repository below the target's prefix is at the target. */
export type PlaceOfRepository = (repository: RepositoryPath) => RepositoryPath

export function otherChoices(
  { additionalImages, samples }: DeleteSet,
  placeOf: PlaceOfRepository,
): readonly Choice[] {
  return [...additionalImages.map(image => imageChoice(image, placeOf)), ...samples.map(sampleChoice)]
}

/** With `targetRepo` or `targetTag` only what is there: the same image may be at several places. */
function imageChoice(
  { name, source, place, ...target }: AdditionalImage,
  placeOf: PlaceOfRepository,
): Choice {
  const wanted = sourceText(source)
  const repository = target.targetRepo === undefined ? undefined : placeOf(target.targetRepo)
  return {
    name: `additional image ${name}`,
    place,
    ...(repository === undefined &&
      target.targetTag === undefined && {
        wide: {
          because: 'names neither targetRepo nor targetTag',
          part: (_, at) => destinationKey(at.destination),
        },
      }),
    without: (origin, { destination }) =>
      origin.kind === 'additionalImage' &&
      (origin.name === name || sameSource(origin.name, wanted)) &&
      (repository ?? destination.repository) === destination.repository &&
      (target.targetTag ?? destination.tag) === destination.tag
        ? undefined
        : 'untouched',
  }
}

function sameSource(name: string, wanted: string): boolean {
  try {
    return sourceText(parseImageSource(name)) === wanted
  } catch (error) {
    if (error instanceof SyntaxFault) return false
    throw error
  }
}

function sourceText(source: ImageSource): string {
  return source.kind === 'registry'
    ? formatReference(source.reference)
    : JSON.stringify([source.folder, source.tag ?? null])
}

function sampleChoice({ name, place }: SampleSection): Choice {
  return {
    name: `sample ${name}`,
    place,
    without: origin =>
      origin.kind === 'sample' && (name === '*' || [origin.name, origin.name.split(':', 1)[0]].includes(name))
        ? undefined
        : 'untouched',
  }
}
