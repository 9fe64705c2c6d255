/** What the delete of an image, or of many that are one entry, does to other tags of the registry. */
import type { Removal, RemovalStep } from '../plan/plan.ts'
import { shortenMiddle } from './fit.ts'
import type { ChangeOf } from './plan-groups.ts'
import { countOf } from './quantities.ts'

/** What a removal does or spares beyond the image's own tag, one sentence each. */
export function removalDetails(removal: Removal, own: string): readonly string[] {
  const details: string[] = []
  const others = new Set(removal.steps.flatMap(tagsOfStep).filter(tag => tag !== own))
  if (others.size > 0) details.push(`${tagsText([...others])} ${others.size === 1 ? 'goes' : 'go'} with it`)
  for (const step of removal.steps)
    if (step.do === 'displace-tag')
      details.push(
        `tag ${shortTag(step.tag)} is put on an empty manifest and that is deleted: this registry deletes only by digest`,
      )
  const { sparedTags } = removal
  if (sparedTags.length === 1) details.push(`${tagsText(sparedTags)} stays: it is on the same digest`)
  if (sparedTags.length > 1) details.push(`${tagsText(sparedTags)} stay: they are on the same digest`)
  return details
}

/** The same for several images in one: counted, not named. */
export function removalsDetails(deletes: readonly ChangeOf<'delete'>[]): readonly string[] {
  const own = new Set<string>(deletes.map(({ image }) => image.destination.tag))
  const steps = deletes.flatMap(({ removal }) => removal.steps)
  const others = new Set(steps.flatMap(tagsOfStep).filter(tag => !own.has(tag)))
  const displaced = steps.filter(step => step.do === 'displace-tag').length
  const sharing = deletes.filter(({ removal }) => removal.sparedTags.length > 0).length
  return [
    ...(others.size > 0
      ? [`${countOf(others.size, 'further tag')} ${others.size === 1 ? 'goes' : 'go'} with them`]
      : []),
    ...(displaced > 0
      ? [
          `${countOf(displaced, 'tag')} ${displaced === 1 ? 'is' : 'are'} put on an empty manifest and that is deleted: this registry deletes only by digest`,
        ]
      : []),
    ...(sharing > 0
      ? [`${countOf(sharing, 'of them shares', 'of them share')} a digest with tags that stay`]
      : []),
  ]
}

function tagsOfStep(step: RemovalStep): readonly string[] {
  switch (step.do) {
    case 'delete-tag':
      return [step.tag]
    case 'delete-manifest':
      return step.releases
    case 'displace-tag':
      return []
  }
}

const TAGS_NAMED = 5
/** Columns: cosign's tags hold a whole digest. */
const TAG_COLUMNS = 32

function shortTag(tag: string): string {
  return shortenMiddle(tag, TAG_COLUMNS)
}

function tagsText(tags: readonly string[]): string {
  const named = tags.slice(0, TAGS_NAMED).map(shortTag).join(', ')
  const others = tags.length > TAGS_NAMED ? ` and ${countOf(tags.length - TAGS_NAMED, 'other')}` : ''
  return `${tags.length === 1 ? 'tag' : 'tags'} ${named}${others}`
}
