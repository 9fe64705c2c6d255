/** A target on the way, opened: what can be read there is what its state holds. */
import { readState } from '../../../lib/apply/session.ts'
import { UsageError } from '../../../lib/errors.ts'
import type { PlanHop, Route } from '../../../lib/plan/plan.ts'
import type { Hop } from '../../../providers/enclave/index.ts'
import { openStateFile } from '../../../state/index.ts'
import { refuseOtherTarget } from './find-state.ts'
import { statesBeside } from './states-beside.ts'

/** @throws UsageError while nothing was applied there, StateError */
export async function openHop({ name, target, statePath }: PlanHop): Promise<Hop> {
  const { loaded } = await readState(openStateFile(statePath))
  refuseOtherTarget(loaded, target, statePath)
  if (loaded === undefined || target.kind !== 'registry')
    throw new UsageError(`nothing can be read at ${name}: there is no state ${statePath} of it yet`, {
      hint: await wayOut(name, target, statePath),
    })
  return { name, address: target, state: loaded.state }
}

async function wayOut(name: string, target: PlanHop['target'], statePath: string): Promise<string> {
  const [other] = await statesBeside(statePath, target)
  return other === undefined
    ? `apply ${name} first: mirrorform apply --target ${name}`
    : `${other} is a state of that place: if the target was only renamed, rename that file to ${statePath}, or name it with state: of the target ${name}`
}

/** Where the plan reads its images, where that is a target on the way. */
export async function hopOf(route: Route | undefined): Promise<Hop | undefined> {
  return route?.via && openHop(route.via)
}
