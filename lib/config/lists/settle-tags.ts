/**
 * Choices of tags -> images: those that are written out, and those that registries were asked for. Whoever asks comes
 * first: `tagsToAsk` names the choices of which only a registry knows.
 */

import type { Tag } from '../../oci/reference.ts'
import { formatReference } from '../../oci/reference.ts'
import type { ImportedList, ListEntry, ListedTags } from './imported-list.ts'
import { notCarried } from './omission.ts'
import { eachOnce } from './read-list.ts'
import { chosenTags, describeChoice, writtenTags } from './tag-choice.ts'

/** What a registry said: its tags, or why there are none to be had. */
export type TagAnswer = { readonly tags: readonly Tag[] } | { readonly missing: string }

export function tagsToAsk(list: ImportedList): readonly ListedTags[] {
  return list.entries.flatMap(entry =>
    entry.kind === 'tags' && writtenTags(entry.choice) === undefined ? [entry] : [],
  )
}

/** A choice without an answer is not carried over. */
export function settleTags(list: ImportedList, answers: ReadonlyMap<ListedTags, TagAnswer>): ImportedList {
  const entries = list.entries.flatMap(entry =>
    entry.kind === 'tags' ? settled(entry, answers.get(entry)) : [entry],
  )
  return { ...list, entries: eachOnce(entries) }
}

function settled(entry: ListedTags, answer: TagAnswer | undefined): readonly ListEntry[] {
  const { repository, choice, targetRepo, platforms, place } = entry
  const what = `${describeChoice(choice)} of ${formatReference(repository)}`
  const omitted = (message: string, hint: string) => [notCarried('images', place, message, hint)]
  const images = (tags: readonly Tag[]): ListEntry[] =>
    tags.map(tag => ({
      kind: 'image',
      name: formatReference({ ...repository, tag }),
      ...(targetRepo !== undefined && { targetRepo }),
      platforms,
      place,
    }))
  const written = writtenTags(choice)
  if (written !== undefined) return images(written)
  if (answer === undefined)
    return omitted(what, 'an image set names its tags: --expand asks the registry which there are now')
  if ('missing' in answer)
    return omitted(`${what}: ${answer.missing}`, 'check its name, or write the tags out')
  const chosen = chosenTags(choice, answer.tags)
  return chosen.length > 0
    ? images(chosen)
    : omitted(`${what}: none of its ${answer.tags.length} tags is one of them`, 'check the expression')
}
