/**
 * A command line of `oc mirror --v2` → the arguments of apply that do the same, and the same as commands of mirrorform. Images
 * that are no longer asked for stay, as they do there.
 */
import { join } from 'node:path'
import { UsageError } from '../../../lib/errors.ts'
import type { Invocation } from '../../invocation.ts'
import type { WholeApplyArguments } from '../apply-arguments.ts'
import { ANY_REGISTRY, archivesOn, nextArchive, stateOnDisc } from './disc.ts'
import { GLOBAL_FLAGS, MIRROR_FLAGS } from './flags.ts'
import { checkGlobalFlags, commonArguments, commonWords, type GlobalArguments, word } from './global-flags.ts'
import { chooseWay, type MirrorWay } from './places.ts'

export interface MirrorLineArguments extends GlobalArguments {
  readonly destination?: string | undefined
  readonly from?: string | undefined
  readonly dryRun?: boolean | undefined
  readonly dryRunManifestLists?: boolean | undefined
  readonly since?: string | undefined
  readonly removeSignatures?: boolean | undefined
  readonly ignoreReleaseSignature?: boolean | undefined
  readonly maxNestedPaths?: number | undefined
  /** Ours: whom the disc is for. */
  readonly for?: string | undefined
}

export interface MirrorLine {
  readonly way: MirrorWay
  /** Nothing but a plan is made. */
  readonly isDry: boolean
  readonly given: Partial<WholeApplyArguments>
  readonly equivalents: readonly (readonly string[])[]
}

const PLAN_FILE = 'mirror.plan.json'
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Tells what given flags do not do. @throws UsageError, StateError */
export async function readMirrorLine(
  args: MirrorLineArguments,
  invocation: Pick<Invocation, 'output' | 'env'>,
): Promise<MirrorLine> {
  checkGlobalFlags([...GLOBAL_FLAGS, ...MIRROR_FLAGS], args, invocation)
  const way = chooseWay(args)
  const isDry = checkOwnFlags(args, way)
  const given: Partial<WholeApplyArguments> = {
    ...commonArguments(args, invocation),
    ...(await argumentsOf(way, args)),
    config: args.config,
    yes: true,
    skipDeletes: true,
    ...(args.removeSignatures && { signatures: 'ignore' as const }),
    ...(args.ignoreReleaseSignature && { ignoreReleaseSignature: true }),
    ...(args.maxNestedPaths !== undefined && { maxNestedPaths: args.maxNestedPaths }),
  }
  return { way, isDry, given, equivalents: equivalentsOf(given, way, isDry) }
}

/** @returns whether nothing but a plan is made. @throws UsageError */
function checkOwnFlags(args: MirrorLineArguments, { way }: MirrorWay): boolean {
  const { dryRun = false, dryRunManifestLists = false, since } = args
  if (dryRun && dryRunManifestLists)
    throw new UsageError('--dry-run and --dry-run-manifest-lists exclude each other', {
      hint: 'give one of the two',
    })
  if (since !== undefined && (!DAY.test(since) || Number.isNaN(Date.parse(since))))
    throw new UsageError(`--since ${since} is not a day`, { hint: 'write it as yyyy-MM-dd' })
  if (since !== undefined && way !== 'to disk')
    throw new UsageError('--since is for mirroring to disk', { hint: 'leave it out here' })
  if (args.for !== undefined && way !== 'to disk')
    throw new UsageError('--for is for mirroring to disk', {
      hint: 'the registry is named as docker://HOST[/PREFIX] here',
    })
  return dryRun || dryRunManifestLists
}

async function argumentsOf(way: MirrorWay, args: MirrorLineArguments): Promise<Partial<WholeApplyArguments>> {
  const resources = join(way.workspace, 'cluster-resources')
  const { state } = args
  switch (way.way) {
    case 'to disk': {
      const statePath = state ?? stateOnDisc(way.workspace)
      return {
        to: `file://${await nextArchive(way.disc, statePath)}`,
        for: args.for ?? ANY_REGISTRY,
        state: statePath,
        ...(args.since !== undefined && { assume: 'none' as const }),
      }
    }
    case 'from disk': {
      const from = archivesOn(way.disc).map(folder => `file://${folder}`)
      return { from, to: way.to, state, resources }
    }
    case 'between registries':
      return { to: way.to, state, resources }
    default:
      return way satisfies never
  }
}

/** What a dry run leaves behind, as oc-mirror has it. */
export function dryRunLists(way: MirrorWay): {
  readonly folder: string
  readonly exportMapping: string
  readonly exportMissing?: string
} {
  const folder = join(way.workspace, 'dry-run')
  return {
    folder,
    exportMapping: join(folder, 'mapping.txt'),
    ...(way.way === 'to disk' && { exportMissing: join(folder, 'missing.txt') }),
  }
}

function equivalentsOf(
  given: Partial<WholeApplyArguments>,
  way: MirrorWay,
  isDry: boolean,
): readonly (readonly string[])[] {
  const common = commonWords(given)
  const planning = [
    ...['mirrorform', 'plan'],
    ...(given.config ?? []).flatMap(path => ['-c', path]),
    ...(given.from ?? []).flatMap(from => ['--from', from]),
    ...word('--to', given.to),
    ...word('--for', given.for),
    ...word('--state', given.state),
    '--skip-deletes',
    ...word('--assume', given.assume),
    ...word('--signatures', given.signatures),
    ...(given.ignoreReleaseSignature ? ['--ignore-release-signature'] : []),
    ...word('--max-nested-paths', given.maxNestedPaths),
    ...common.both,
  ]
  const resources = word('--resources', given.resources)
  if (isDry) {
    const { folder, exportMapping, exportMissing } = dryRunLists(way)
    const lists = [...word('--export-mapping', exportMapping), ...word('--export-missing', exportMissing)]
    return [
      ['mkdir', '-p', folder],
      [...planning, ...resources, ...lists],
    ]
  }
  return [
    ['mkdir', '-p', way.workspace],
    [...planning, ...resources, '-o', PLAN_FILE],
    ['mirrorform', 'apply', PLAN_FILE, ...resources, ...common.both, ...common.apply],
  ]
}
