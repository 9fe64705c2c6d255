/** What cannot be had from where the images of a plan come from: archives of ours, or what another tool left on a disk. */
import type { ResolveFailure } from '../../../lib/graph/resolve.ts'
import type { MissingContent, Plan } from '../../../lib/plan/plan.ts'
import type { LoadedState } from '../../../lib/state.ts'
import type { NotOnDisk, Stored } from '../other-tools/open-stored.ts'
import { missingOf, notCarried } from './carried-images.ts'
import type { Carried } from './open-carried.ts'

export interface ReadFrom {
  readonly carried: Carried | undefined
  readonly stored: Stored | undefined
  readonly loaded: LoadedState | undefined
  readonly signal: AbortSignal
}

/** Found while resolving: images that are spoken of there stop nothing, everything else does. */
export async function notThere(
  failures: readonly ResolveFailure[],
  { carried, stored, signal }: ReadFrom,
): Promise<NotOnDisk> {
  if (stored === undefined) return { ...notCarried(failures, carried), notes: [] }
  const { notOnDisk } = await import('../other-tools/open-stored.ts')
  return notOnDisk(failures, stored, signal)
}

/** Found in a plan: what it would have to send and cannot. */
export async function lackingIn(
  plan: Plan,
  { carried, stored, loaded, signal }: ReadFrom,
): Promise<readonly MissingContent[]> {
  if (carried !== undefined) return missingOf(plan, carried, loaded?.state)
  if (stored === undefined) return []
  const { missingOnDisk } = await import('../other-tools/open-stored.ts')
  return missingOnDisk(plan, stored, loaded?.state, signal)
}
