/** What `--from` names, opened: archives of ours, or what another tool left on a disk. */
import { UsageError } from '../../../lib/errors.ts'
import type { State } from '../../../lib/state.ts'
import type { Invocation } from '../../invocation.ts'
import type { Carried } from '../archives/open-carried.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import type { LoadedImageSets } from '../wanted-images.ts'
import { sortFromNames } from './from-names.ts'
import type { StoredInput } from './stored-images.ts'

export interface FromArguments {
  readonly from: readonly string[]
  readonly verifyKey?: string | undefined
}

/** One of both. */
export interface OpenedFrom {
  readonly carried?: Carried
  readonly stored?: StoredInput
}

/** @throws UsageError, ArchiveError, PlanError, PlaceError */
export async function openFrom(
  { from, verifyKey }: FromArguments,
  { address, maxNestedPaths }: TargetChoice,
  state: State | undefined,
  imageSets: LoadedImageSets | undefined,
  { env, interrupts }: Invocation,
): Promise<OpenedFrom> {
  const names = await sortFromNames(from)
  if (names.kind === 'archives') {
    const { openCarried } = await import('../archives/open-carried.ts')
    return { carried: await openCarried(names.folders, address, state, verifyKey) }
  }
  if (verifyKey !== undefined)
    throw new UsageError('--verify-key is about archives of mirrorform: other tools sign none', {
      hint: 'leave it away',
    })
  const { openStored } = await import('./open-stored.ts')
  const { storedInput } = await import('./stored-images.ts')
  const signal = interrupts.soft.signal
  const stored = await openStored(names.paths, maxNestedPaths, signal)
  return { stored: await storedInput(stored, imageSets, env, signal) }
}
