/**
 * `--mapping`, and the mapping files that a kind: Mirror file names for a target, -> wanted inputs. What reads them is
 * loaded only where there are some.
 */
import type { Invocation } from '../../invocation.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import type { TargetArguments } from '../target/target-arguments.ts'
import type { WantedInput } from '../wanted-inputs.ts'
import { type MappingArguments, refuseWithoutMapping } from './mapping-arguments.ts'

export interface MappedArguments extends MappingArguments {
  readonly wantedInputs?: readonly WantedInput[] | undefined
}

/**
 * The same arguments with the mapping files among what is wanted. They also say where to: without `--to` the one host that
 * all lines go to is the target.
 *
 * @throws UsageError, ConfigError with all problems of all files, PlaceError
 */
export async function withMappings<A extends TargetArguments & MappedArguments>(
  args: A,
  invocation: Pick<Invocation, 'stdin'>,
): Promise<A> {
  if (args.mapping === undefined) return args
  const { mappingsAndTarget } = await import('../content/collect-mapping.ts')
  const { to, input } = await mappingsAndTarget({ ...args, mapping: args.mapping }, invocation)
  return { ...args, to, wantedInputs: [...(args.wantedInputs ?? []), input] }
}

/** What is wanted besides image sets, the mapping files of the target among it. @throws UsageError, ConfigError, PlaceError */
export async function inputsOf(
  args: MappedArguments,
  { mappings }: Pick<TargetChoice, 'mappings'>,
  invocation: Pick<Invocation, 'stdin'>,
): Promise<readonly WantedInput[]> {
  const given = args.wantedInputs ?? []
  if (mappings === undefined) {
    if (args.mapping === undefined) refuseWithoutMapping(args)
    return given
  }
  const { mappingsOfTarget } = await import('./mapping-input.ts')
  return [...given, await mappingsOfTarget(mappings, args, invocation)]
}
