/**
 * Harbor keeps repositories in projects, the first part of their path, and makes repositories but no projects by itself.
 * Which projects are missing is told by how it answers for a repository in them: only reading, with the rights at hand.
 */
import { pullFrom } from '../auth/scope.ts'
import { answerFault } from '../http/answer-fault.ts'
import { discard } from '../http/body.ts'
import { RegistryError } from '../http/registry-error.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { isHarbor, projectOf } from './harbor-api.ts'

/** The project that an answer says is missing: Harbor's words, with status 404 or, for what is not public, 401. */
export function missingProjectIn(text: string): string | undefined {
  return /\bproject (\S+) not found/i.exec(text)?.[1]
}

/** Sorted; empty for a registry that is no Harbor. One request for each project. @throws RegistryError */
export async function findMissingProjects(
  repositories: readonly RepositoryAt[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [first] = repositories
  if (first === undefined || !(await isHarbor(first, signal))) return []
  const byProject = new Map(repositories.map(at => [projectOf(at.path), at]))
  const answers = await Promise.all(
    [...byProject].map(async ([project, at]) => ((await isMissing(at, signal)) ? [project] : [])),
  )
  return answers.flat().sort()
}

/** Whatever else goes wrong says nothing of the project. */
async function isMissing(at: RepositoryAt, signal: AbortSignal): Promise<boolean> {
  try {
    return await at.session.request(
      {
        operation: { action: 'look for the project of', subject: at.name },
        method: 'GET',
        path: `/v2/${at.path}/tags/list?n=1`,
        scopes: pullFrom(at.path),
        wanted: status => status === 200 || status === 404,
      },
      signal,
      async answer => {
        if (answer.status === 404)
          return missingProjectIn((await answerFault(answer, at.session.host)).detail) !== undefined
        await discard(answer)
        return false
      },
    )
  } catch (error) {
    if (error instanceof RegistryError && !signal.aborted)
      return missingProjectIn(error.fault.detail) !== undefined
    throw error
  }
}
