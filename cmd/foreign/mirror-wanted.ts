/**
 * Something that is wanted, and the target that a line of oc names -> what plan and apply make of it: nothing is deleted,
 * nobody is asked, and `--dry-run` only plans. Also the same content read without a target, for lines that only write files.
 */
import type { Sources } from '../../lib/provider.ts'
import { formatTarget, type TargetAddress } from '../../lib/target.ts'
import { run as apply } from '../commands/apply.ts'
import { run as plan } from '../commands/plan.ts'
import type { Invocation } from '../invocation.ts'
import { openReading, type PlaceArguments, type ReadingPlaces } from '../wiring/places/open-places.ts'
import type { WantedInput } from '../wiring/wanted-inputs.ts'
import { applyArguments, planArguments, type WholeApplyArguments } from './apply-arguments.ts'
import { type OcRegistryArguments, placeArguments } from './oc-flags.ts'

export interface MirrorArguments extends OcRegistryArguments {
  readonly dryRun: boolean
}

/** @returns the exit code */
export function mirrorWanted(
  input: WantedInput,
  target: TargetAddress,
  args: MirrorArguments,
  invocation: Invocation,
  further: Partial<WholeApplyArguments> = {},
): Promise<number> {
  const whole = applyArguments({
    ...placeArguments(args),
    to: formatTarget(target),
    wantedInputs: [input],
    ...further,
    skipDeletes: true,
    yes: true,
  })
  return args.dryRun ? plan(planArguments(whole), invocation) : apply(whole, invocation)
}

/** @param sources where images are read, in place of registries or as well */
export async function readingOnly<T>(
  args: PlaceArguments,
  sources: (named: Sources) => Sources,
  invocation: Invocation,
  work: (places: ReadingPlaces) => Promise<T>,
): Promise<T> {
  const opened = await openReading(args, invocation)
  try {
    return await work({ ...opened, sources: sources(opened.sources) })
  } finally {
    await opened.close()
  }
}
