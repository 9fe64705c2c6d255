/** The state a command is about: named with `--state`, or that of the target named with `--to` or `--target`. */
import { readState } from '../../../lib/apply/session.ts'
import { StateError, UsageError } from '../../../lib/errors.ts'
import type { LoadedState, StateStore } from '../../../lib/state.ts'
import { formatTarget, type TargetAddress } from '../../../lib/target.ts'
import { openStateFile } from '../../../state/index.ts'
import type { Output } from '../../terminal/index.ts'
import { tellReading } from '../tell.ts'
import { chooseTarget, type TargetArguments } from './choose-target.ts'
import { type PaceArguments, withRoute } from './target-settings.ts'

export async function statePathOf(args: TargetArguments): Promise<string> {
  return args.state ?? (await chooseTarget(args)).statePath
}

/** How the target is reached, as far as a kind: Mirror file says it of the one that is named, or the only one. */
export async function settledFor<A extends TargetArguments & PaceArguments>(args: A): Promise<A> {
  if (args.to !== undefined || (args.state !== undefined && args.target === undefined)) return args
  return withRoute(args, (await chooseTarget(args)).route)
}

/** @throws UsageError when there is no state yet */
export async function readStateOf(store: StateStore, output: Output): Promise<LoadedState> {
  const { loaded, ...told } = await readState(store)
  tellReading(output, told)
  return existing(loaded, store)
}

/** @throws UsageError when there is no state yet */
export function existing(loaded: LoadedState | undefined, store: StateStore): LoadedState {
  if (loaded !== undefined) return loaded
  throw new UsageError(`there is no state ${store.name}`, {
    hint: 'a state is born with the first apply (or `mirrorform import`); name another with --state',
  })
}

/** @throws StateError when the state is that of another target: its images would be taken for unwanted ones. */
export function refuseOtherTarget(
  loaded: LoadedState | undefined,
  target: TargetAddress,
  statePath: string,
): void {
  if (loaded === undefined) return
  const [held, meant] = [formatTarget(loaded.state.target), formatTarget(target)]
  if (held === meant) return
  throw new StateError(`${statePath} is the state of ${held}, not of ${meant}`, {
    hint: 'each target has a state file of its own; name the right one with --state, or state: of the target in the kind: Mirror file',
  })
}

export async function findState(args: TargetArguments, output: Output) {
  const path = await statePathOf(args)
  const store = openStateFile(path)
  return { path, store, loaded: await readStateOf(store, output) }
}
