/**
 * The flags that both commands share → arguments of plan and apply, and the same as words of a command line: checked, noted,
 * or refused.
 */
import { join } from 'node:path'
import { UsageError } from '../../../lib/errors.ts'
import type { Invocation, OutputArguments } from '../../invocation.ts'
import type { WholeApplyArguments } from '../apply-arguments.ts'
import { flagNotes, type OcFlag } from '../oc-flags.ts'

export interface GlobalArguments extends OutputArguments {
  readonly config?: readonly string[] | undefined
  readonly workspace?: string | undefined
  readonly authfile?: string | undefined
  readonly srcAuthfile?: string | undefined
  readonly destAuthfile?: string | undefined
  readonly cacheDir?: string | undefined
  readonly logLevel?: string | undefined
  readonly parallelImages?: number | undefined
  readonly parallelLayers?: number | undefined
  readonly retryTimes?: number | undefined
  readonly srcTlsVerify?: boolean | undefined
  readonly destTlsVerify?: boolean | undefined
  readonly tlsVerify?: boolean | undefined
  /** Ours. */
  readonly state?: string | undefined
}

const LOG_LEVELS: readonly string[] = ['info', 'debug', 'trace', 'error']
/** oc-mirror v2 takes no more. */
const MOST_PARALLEL = 10

/** @throws UsageError for a flag that is refused, or has a value that oc-mirror does not take */
export function checkGlobalFlags(
  flags: readonly OcFlag[],
  args: GlobalArguments,
  { output, env }: Pick<Invocation, 'output' | 'env'>,
): void {
  if (args.logLevel !== undefined && !LOG_LEVELS.includes(args.logLevel))
    throw new UsageError(`--log-level may not be ${args.logLevel}`, {
      hint: `choose one of ${LOG_LEVELS.join(', ')}`,
    })
  for (const [name, value] of [
    ['parallel-images', args.parallelImages],
    ['parallel-layers', args.parallelLayers],
  ] as const)
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= MOST_PARALLEL))
      throw new UsageError(`--${name} must be between 1 and ${MOST_PARALLEL}`, {
        hint: `\`mirrorform apply --${name}\` takes more`,
      })
  if (args.cacheDir !== undefined && env.OC_MIRROR_CACHE)
    throw new UsageError('OC_MIRROR_CACHE and --cache-dir exclude each other', {
      hint: 'give one of the two',
    })
  const single = flags.filter(({ option }) => option.array !== true)
  for (const note of flagNotes(single, args)) output.note(note)
}

/** For plan and apply. */
export function commonArguments(
  args: GlobalArguments,
  { env }: Pick<Invocation, 'env'>,
): Partial<WholeApplyArguments> {
  const { json, jsonInto, logFormat, color, progress, authfile, srcAuthfile, destAuthfile } = args
  const { parallelImages, parallelLayers, retryTimes } = args
  const cache = cacheFolder(args, env)
  return {
    ...{ json, jsonInto, logFormat, color, progress, authfile, srcAuthfile, destAuthfile },
    srcTlsVerify: (args.srcTlsVerify ?? true) && (args.tlsVerify ?? true),
    destTlsVerify: (args.destTlsVerify ?? true) && (args.tlsVerify ?? true),
    ...(cache !== undefined && { cacheDir: cache }),
    ...(parallelImages !== undefined && { parallelImages }),
    ...(parallelLayers !== undefined && { parallelLayers }),
    ...(retryTimes !== undefined && { retryTimes }),
  }
}

/** The words of `commonArguments`: those that plan takes, and those that only apply does. */
export function commonWords(given: Partial<WholeApplyArguments>): {
  readonly both: readonly string[]
  readonly apply: readonly string[]
} {
  return {
    both: [
      ...word('--authfile', given.authfile),
      ...word('--src-authfile', given.srcAuthfile),
      ...word('--dest-authfile', given.destAuthfile),
      ...word('--cache-dir', given.cacheDir),
      ...word('--retry-times', given.retryTimes),
      ...(given.srcTlsVerify === false ? ['--src-tls-verify=false'] : []),
      ...(given.destTlsVerify === false ? ['--dest-tls-verify=false'] : []),
    ],
    apply: [
      ...word('--parallel-images', given.parallelImages),
      ...word('--parallel-layers', given.parallelLayers),
    ],
  }
}

/** Nothing where it is not given. */
export function word(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)]
}

function cacheFolder({ cacheDir }: GlobalArguments, env: Invocation['env']): string | undefined {
  const folder = cacheDir ?? (env.OC_MIRROR_CACHE || undefined)
  return folder === undefined ? undefined : join(folder, '.mirrorform')
}
