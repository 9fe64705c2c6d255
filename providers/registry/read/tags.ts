/** Lists the tags of a repository, without the junk that some registries mix in: nulls, digests, names that are none. */
import { isTag, type Tag } from '../../../lib/oci/reference.ts'
import type { TagList } from '../../../lib/provider.ts'
import { compareText } from '../../../lib/target.ts'
import { pullFrom } from '../auth/scope.ts'
import { discard } from '../http/body.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { readPages } from './pages.ts'

/** ECR refuses more. A registry may send fewer, or all. */
const TAGS_PER_PAGE = 1000

/**
 * @param limit stop once there are that many; `complete` says whether there were more
 * @returns undefined when the repository does not exist
 */
export async function listTags(
  at: RepositoryAt,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<TagList | undefined> {
  const tags = new Set<Tag>()
  let complete = true
  const first = {
    operation: { action: 'list the tags of', subject: at.name },
    method: 'GET',
    path: `/v2/${at.path}/tags/list?n=${Math.min(TAGS_PER_PAGE, Math.max(1, limit ?? TAGS_PER_PAGE))}`,
    scopes: pullFrom(at.path),
  } as const
  const isMissing = async (answer: Parameters<typeof discard>[0]) => {
    if (answer.status !== 404) return false
    await discard(answer)
    return true
  }
  for await (const page of readPages(at, first, isMissing, status => status === 404, signal)) {
    if (page === undefined) return undefined
    for (const tag of Array.isArray(page.json.tags) ? page.json.tags : [])
      if (typeof tag === 'string' && isTag(tag)) tags.add(tag)
    complete = !page.more
    if (limit !== undefined && tags.size >= limit) break
  }
  return { tags: [...tags].sort(compareText), complete }
}
