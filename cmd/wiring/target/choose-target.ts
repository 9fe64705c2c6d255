/**
 * From the command line to one target with its settings: `--to` names it outright; without it a `kind: Mirror` file
 * does, which is `mirrorform.yaml` in this folder or the file given with `-c`.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type MirrorFile,
  type MirrorTarget,
  parseConfiguration,
  parseMirrorFile,
} from '../../../lib/config/index.ts'
import type { OperatorSelection } from '../../../lib/content/operator/index.ts'
import type { ConditionalUpdates } from '../../../lib/content/release/index.ts'
import { hintOf, messageOf, UsageError } from '../../../lib/errors.ts'
import type { PlatformIndexMode } from '../../../lib/graph/platform-choice.ts'
import type { AttachmentPolicy } from '../../../lib/graph/resolve.ts'
import { parseReference, type Reference, withDefaultTag } from '../../../lib/oci/reference.ts'
import type { Route } from '../../../lib/plan/plan.ts'
import { formatTarget, parseTarget, type TargetAddress } from '../../../lib/target.ts'
import { beside, statePathIn } from '../beside.ts'
import { readText } from '../read-text.ts'
import { hopsTo, routeTo, type TargetHop } from './hops.ts'
import { MIRROR_FILE, type TargetArguments } from './target-arguments.ts'

export type { TargetArguments } from './target-arguments.ts'

export interface TargetChoice {
  readonly address: TargetAddress
  readonly statePath: string
  /** The folder of the archive that is written for the target; absent where the target is reached. */
  readonly archive?: string
  /** Paths, in order; empty where the command does not need them. */
  readonly imageSets: readonly string[]
  /** Mapping files, in order; absent where the kind: Mirror file names none. */
  readonly mappings?: readonly string[]
  readonly maxNestedPaths: number
  readonly platformIndex: PlatformIndexMode
  readonly signatures: AttachmentPolicy
  readonly conditionalUpdates: ConditionalUpdates
  readonly operatorSelection: OperatorSelection
  /** Absent: the default one. */
  readonly graphDataBaseImage?: Reference
  /** Absent: charts stay where they are, only their images are mirrored. */
  readonly carryCharts?: boolean
  /** Absent: charts are rendered without a helm. */
  readonly helmBinary?: string
  readonly protect: readonly string[]
  readonly maxDeletePercent: number
  /** In the kind: Mirror file; absent where `--to` names the target. */
  readonly name?: string
  /** Targets on the way, nearest first; absent where images are read at their sources. */
  readonly hops?: readonly TargetHop[]
  /** Absent where the kind: Mirror file says nothing of it. */
  readonly route?: Route
}

/** Percent of the owned images a plan may delete without being allowed to (design, issue "Guard"). */
const DEFAULT_MAX_DELETE_PERCENT = 20

/** @throws UsageError, ConfigError, ReceiptError */
export async function chooseTarget(args: TargetArguments): Promise<TargetChoice> {
  const archive = args.to === undefined ? undefined : parseTarget(args.to)
  if (archive?.kind === 'archive') {
    const { chooseFarSide } = await import('./choose-far-side.ts')
    return { ...(await choose(await chooseFarSide(args))), archive: archive.folder }
  }
  if (args.for !== undefined)
    throw new UsageError('--for is the far side of an archive, and there is no archive', {
      hint: 'write one with --to file://FOLDER, or name the target itself with --to',
    })
  return choose(args.delete ? besideDeletes(args) : args)
}

/** What is to be deleted is named with `-c`, so the kind: Mirror file is the one of this folder. */
function besideDeletes(args: TargetArguments): TargetArguments {
  const isFound = args.to === undefined && args.config !== undefined && existsSync(MIRROR_FILE)
  return isFound ? { ...args, mirrorFile: MIRROR_FILE } : args
}

async function choose(args: TargetArguments): Promise<TargetChoice> {
  const baseImage = baseImageOf(args)
  const settings = {
    maxNestedPaths: args.maxNestedPaths ?? 0,
    platformIndex: args.platformIndex ?? 'sparse',
    signatures: args.signatures ?? 'copy-if-present',
    conditionalUpdates: args.conditionalUpdates ?? 'allow',
    operatorSelection: args.operatorSelection ?? 'documented',
    ...(baseImage !== undefined && { graphDataBaseImage: baseImage }),
    ...(args.carryCharts === true && { carryCharts: true }),
    ...(args.helmBinary !== undefined && { helmBinary: args.helmBinary }),
  } as const
  if (args.to !== undefined) {
    if (args.target !== undefined)
      throw new UsageError('--to and --target exclude each other', {
        hint: '--target is a name in a kind: Mirror file',
      })
    const address = parseTarget(args.to)
    return {
      ...settings,
      address,
      statePath: args.state ?? defaultStatePath(address),
      imageSets: args.config ?? [],
      protect: [],
      maxDeletePercent: DEFAULT_MAX_DELETE_PERCENT,
    }
  }
  const mirror = await findMirrorFile(args)
  const target = pickTarget(mirror, args.target)
  const folder = dirname(mirror.path)
  const address = relocate(folder, target.to)
  const graphDataBaseImage = baseImage ?? mirror.policies.graphDataBaseImage
  const hops = hopsTo(mirror, target)
  const route = routeTo(mirror, target)
  return {
    address,
    name: target.name,
    ...(hops.length > 0 && { hops }),
    ...(route !== undefined && { route }),
    statePath: args.state ?? statePathIn(folder, target),
    imageSets: isImageSets(mirror, args)
      ? (args.config ?? [])
      : (target.imageSets ?? mirror.imageSets).map(path => beside(folder, path)),
    ...(target.mappings && { mappings: target.mappings.map(path => beside(folder, path)) }),
    maxNestedPaths: args.maxNestedPaths ?? target.maxNestedPaths ?? 0,
    platformIndex: args.platformIndex ?? target.platformIndex ?? 'sparse',
    signatures: args.signatures ?? mirror.policies.signatures,
    conditionalUpdates: args.conditionalUpdates ?? mirror.policies.conditionalUpdates,
    operatorSelection: args.operatorSelection ?? mirror.policies.operatorSelection,
    ...(graphDataBaseImage !== undefined && { graphDataBaseImage }),
    carryCharts: args.carryCharts ?? mirror.policies.carryCharts ?? false,
    ...(args.helmBinary !== undefined && { helmBinary: args.helmBinary }),
    protect: [...mirror.policies.protect, ...target.protect],
    maxDeletePercent: mirror.policies.maxDeletePercent,
  }
}

function baseImageOf({ graphDataBaseImage: text }: TargetArguments): Reference | undefined {
  if (text === undefined) return undefined
  try {
    return withDefaultTag(parseReference(text))
  } catch (cause) {
    throw new UsageError(`--graph-data-base-image: ${messageOf(cause)}`, { cause, hint: hintOf(cause) })
  }
}

/** What `-c` names besides the file that the far side of an archive was found in. */
function isImageSets(mirror: MirrorFile, { config, mirrorFile }: TargetArguments): boolean {
  return config !== undefined && mirrorFile === mirror.path && !config.includes(mirror.path)
}

/** @throws UsageError, ConfigError */
export async function findMirrorFile({ config, mirrorFile }: TargetArguments): Promise<MirrorFile> {
  if (mirrorFile !== undefined)
    return parseMirrorFile({ path: mirrorFile, text: await readText(mirrorFile, 'configuration') })
  const path = config?.[0] ?? MIRROR_FILE
  if (config === undefined && !existsSync(MIRROR_FILE))
    throw new UsageError('no target', {
      hint: `say where to with --to docker://HOST[/PREFIX] (and what with -c FILE), or write a ${MIRROR_FILE}`,
    })
  const configuration = parseConfiguration({ path, text: await readText(path, 'configuration') })
  if (configuration.kind === 'Mirror' && (config?.length ?? 0) <= 1) return configuration.mirror
  throw new UsageError('no target', { hint: 'say where to with --to docker://HOST[/PREFIX]' })
}

function pickTarget(mirror: MirrorFile, name: string | undefined): MirrorTarget {
  const names = mirror.targets.map(target => target.name)
  const [only, ...others] = mirror.targets
  if (name === undefined && only !== undefined && others.length === 0) return only
  const picked = mirror.targets.find(target => target.name === name)
  if (picked !== undefined) return picked
  throw new UsageError(
    name === undefined ? `${mirror.path} has several targets` : `${mirror.path} has no target "${name}"`,
    { hint: `choose one with --target: ${names.join(', ')}` },
  )
}

/** `docker://reg.example:5000/ocp` → `reg.example-5000-ocp.state.json` */
export function defaultStatePath(address: TargetAddress): string {
  const name = formatTarget(address)
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
  return `${name}.state.json`
}

function relocate(folder: string, address: TargetAddress): TargetAddress {
  return address.kind === 'registry' ? address : { ...address, folder: beside(folder, address.folder) }
}
