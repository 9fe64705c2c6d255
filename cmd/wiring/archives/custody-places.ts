/** The targets that images may have gone through on their way, with their states as far as those can be read here. */
import { readState } from '../../../lib/apply/session.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { CustodyPlace } from '../../../lib/report/index.ts'
import { openStateFile } from '../../../state/index.ts'
import { chooseTarget, type TargetArguments } from '../target/choose-target.ts'
import { refuseOtherTarget } from '../target/find-state.ts'
import type { TargetHop } from '../target/hops.ts'

export interface CustodyPlaces {
  /** Of the target the command is about, in the kind: Mirror file. */
  readonly name?: string
  /** Nearest first. */
  readonly before: readonly CustodyPlace[]
}

/** Where a state alone is named, nothing is known of the way. @throws UsageError, ConfigError */
export async function custodyPlaces(args: TargetArguments): Promise<CustodyPlaces> {
  if (args.state !== undefined && args.target === undefined && args.to === undefined) return { before: [] }
  const { name, hops = [] } = await chooseTarget(args)
  return { ...(name !== undefined && { name }), before: await Promise.all(hops.map(placeOf)) }
}

async function placeOf({ name, address, statePath }: TargetHop): Promise<CustodyPlace> {
  return { name, target: address, state: await stateOf(statePath, name, address) }
}

async function stateOf(
  path: string,
  name: string,
  address: TargetHop['address'],
): Promise<CustodyPlace['state']> {
  try {
    const { loaded } = await readState(openStateFile(path))
    refuseOtherTarget(loaded, address, path)
    return loaded?.state ?? `there is no state ${path} of ${name} here`
  } catch (error) {
    return messageOf(error)
  }
}
