/**
 * Projects that have to exist before anything can be pushed below them, and do not: found while planning, all of them,
 * instead of by the first upload. Only targets that can tell are asked, and only about repositories that are new.
 */
import type { RepositoryPath } from '../oci/reference.ts'
import { canTellProjects, type Target } from '../provider.ts'
import { formatTarget } from '../target.ts'
import type { Refusal } from './guards.ts'

/** @param absent repositories the plan sends to and the target does not have */
export async function refuseMissingProjects(
  target: Target,
  absent: ReadonlySet<RepositoryPath>,
  signal: AbortSignal,
): Promise<readonly Refusal[]> {
  if (absent.size === 0 || !canTellProjects(target)) return []
  const missing = await target.missingProjects([...absent], signal)
  if (missing.length === 0) return []
  const [is, it] = missing.length === 1 ? ['this project is', 'it'] : ['these projects are', 'them']
  return [
    {
      message: `${is} missing at ${formatTarget(target.address)}: ${missing.join(', ')}`,
      hint: `create ${it} in Harbor first, or mirror below a project that exists`,
    },
  ]
}
