/** `--resources DIR` as plan and apply see it. What it needs is loaded only where somebody asks for it. */
import { UsageError } from '../../../lib/errors.ts'
import type { Plan } from '../../../lib/plan/plan.ts'
import type { Invocation } from '../../invocation.ts'
import type { TargetArguments } from '../target/choose-target.ts'
import type { ResourceArguments, ResourceChoice } from './resource-settings.ts'

export interface FollowArguments extends TargetArguments, ResourceArguments {
  /** The folder; undefined: nobody asked. */
  readonly resources?: string | undefined
  readonly destroy: boolean
}

export interface FollowingResources {
  /** What the plan changes in the folder, as text for a reviewer. */
  readonly changes: string
  /** Brings the folder up to date with the state as it is then. */
  write(): Promise<void>
}

/**
 * @param choice undefined for a saved plan, which says itself what it was made from
 * @throws ResourceError, ConfigError, UsageError for what cannot be made or written, before anything is
 */
export async function followResources(
  args: FollowArguments,
  choice: ResourceChoice | undefined,
  plan: Plan,
  { output, width }: Pick<Invocation, 'output' | 'width'>,
): Promise<FollowingResources | undefined> {
  const { resources: folder } = args
  if (folder === undefined && args.icsp)
    throw new UsageError('--icsp is about resources, and there is no --resources here', {
      hint: 'name their folder with --resources DIR',
    })
  if (folder === undefined) return undefined
  const { choiceOfPlan, resourceChanges, writeResources } = await import('./plan-resources.ts')
  const asked = { ...args, resources: folder }
  const chosen = choice ?? choiceOfPlan(plan, args, output)
  const changes = await resourceChanges(asked, chosen, plan, output, { style: output.style, width })
  return { changes, write: () => writeResources(asked, chosen, output) }
}
