/**
 * Projects that have to exist before anything can be pushed below them, and do not: found while planning, all of them,
 * instead of by the first upload. They are made part of the plan where that is asked for, and refuse it otherwise. Only
 * targets that can tell are asked, and only about repositories that are new.
 */
import type { RepositoryPath } from '../oci/reference.ts'
import { canMakeProjects, canTellProjects, type Target } from '../provider.ts'
import { formatTarget } from '../target.ts'
import type { Refusal } from './guards.ts'

export interface PlannedProjects {
  /** Names of those that apply makes first, sorted. */
  readonly projects: readonly string[]
  readonly notes: readonly string[]
  readonly refusals: readonly Refusal[]
}

/**
 * @param absent repositories the plan sends to and the target does not have
 * @param create whether missing projects are to be made
 */
export async function planProjects(
  target: Target,
  absent: ReadonlySet<RepositoryPath>,
  create: boolean,
  signal: AbortSignal,
): Promise<PlannedProjects> {
  if (absent.size === 0 || !canTellProjects(target)) return NONE
  const missing = await target.missingProjects([...absent], signal)
  if (missing.length === 0) return NONE
  const names = missing.join(', ')
  const where = formatTarget(target.address)
  const isOne = missing.length === 1
  if (create && canMakeProjects(target))
    return {
      projects: missing,
      notes: [
        `${isOne ? 'this project is' : 'these projects are'} missing at ${where}; apply makes ${isOne ? 'it' : 'them'} first, private: ${names}`,
      ],
      refusals: [],
    }
  return {
    ...NONE,
    refusals: [
      {
        message: `${isOne ? 'this project is' : 'these projects are'} missing at ${where}: ${names}`,
        hint: `plan with --create-projects to have ${isOne ? 'it' : 'them'} made, create ${isOne ? 'it' : 'them'} in Harbor first, or mirror below a project that exists`,
      },
    ],
  }
}

const NONE: PlannedProjects = { projects: [], notes: [], refusals: [] }
