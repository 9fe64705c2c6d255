/**
 * Makes the projects that the plan lists, before anything is sent. Where one cannot be made, no image below it is begun.
 */
import { hintOf, messageOf, PlaceError } from '../errors.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { canMakeProjects } from '../provider.ts'
import type { ApplyContext } from './context.ts'

/** Throws for the changes that cannot be carried out, does nothing for the others. */
export type ProjectGate = (change: Change) => void

export async function createProjects(context: ApplyContext, plan: Plan): Promise<ProjectGate> {
  const { target, signal, stopping } = context
  const projects = plan.projects ?? []
  if (projects.length === 0 || stopping.aborted) return () => {}
  const refusals = new Map<string, PlaceError>()
  if (canMakeProjects(target)) target.approveProjects(projects)
  for (const project of projects)
    try {
      if (!canMakeProjects(target)) throw new PlaceError('the target has no projects')
      await target.createProject(project, signal)
    } catch (error) {
      const message = `not begun, because its project ${project} could not be made: ${messageOf(error)}`
      refusals.set(project, new PlaceError(message, { cause: error, hint: hintOf(error) }))
    }
  return change => {
    const [project = ''] = change.image.destination.repository.split('/', 1)
    const refusal = 'transfer' in change ? refusals.get(project) : undefined
    if (refusal !== undefined) throw refusal
  }
}
