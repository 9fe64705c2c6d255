/** The tags of a repository on a disk -> what a registry would answer about them: layouts and archives list alike. */
import type { Tag } from '../../lib/oci/reference.ts'
import type { TagList } from '../../lib/provider.ts'
import { compareText } from '../../lib/target.ts'

/** The first of them by name; a repository without tags is not there. */
export function tagList(found: Iterable<Tag>, limit: number = Number.POSITIVE_INFINITY): TagList | undefined {
  const tags = [...new Set(found)]
  if (tags.length === 0) return undefined
  return { tags: tags.sort(compareText).slice(0, limit), complete: tags.length <= limit }
}
