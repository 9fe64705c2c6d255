/**
 * Says what it may mean that a registry refuses to begin an upload, which many do for reasons they do not name: a
 * repository or project that nobody created, a proxy repository, a path with too many parts.
 */
import { RegistryError } from '../http/registry-error.ts'
import { listTags } from '../read/tags.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { missingProjectIn } from './harbor-projects.ts'

/** Quay, before it had nested repositories, and Docker Hub take a namespace and a name. */
const SAFE_DEPTH = 2
const CREATE_FIRST =
  'the repository or its project may have to be created first (ECR, Harbor), or this is a read-only proxy repository'

/** The same error with a better hint. A connection that broke is looked into with one request that changes nothing. */
export async function explainRefusedStart(
  at: RepositoryAt,
  error: RegistryError,
  signal: AbortSignal,
): Promise<RegistryError> {
  const project = missingProjectIn(error.fault.detail)
  if (project !== undefined)
    return error.with({
      hint: `create the project ${project} in Harbor first, or mirror below one that exists`,
    })
  switch (error.status) {
    case 404:
    case 405:
      return error.with({ hint: CREATE_FIRST })
    case 400:
    case 401:
    case 403:
      return isDeep(at) ? error.with({ hint: withDepth(error.hint) }) : error
    case undefined:
      return (await isMissing(at, signal)) ? error.with({ retryable: false, hint: CREATE_FIRST }) : error
    default:
      return error
  }
}

/** ECR may close the connection instead of saying that a repository does not exist. */
async function isMissing(at: RepositoryAt, signal: AbortSignal): Promise<boolean> {
  try {
    return (await listTags(at, 1, signal)) === undefined
  } catch (error) {
    if (error instanceof RegistryError && !signal.aborted) return false
    throw error
  }
}

function isDeep(at: RepositoryAt): boolean {
  return at.path.split('/').length > SAFE_DEPTH
}

function withDepth(hint: string | undefined): string {
  const depth = `some registries refuse paths of more than ${SAFE_DEPTH} parts in this way: --max-nested-paths ${SAFE_DEPTH} folds them`
  return hint === undefined ? depth : `${hint}; ${depth}`
}
