/**
 * What is asked for, as far as files say it: image sets, other inputs, deletes, the state, archives. Read, and checked
 * against each other, before any registry is asked.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { readState } from '../../lib/apply/session.ts'
import { UsageError } from '../../lib/errors.ts'
import type { Route } from '../../lib/plan/plan.ts'
import type { LoadedState } from '../../lib/state.ts'
import { openStateFile } from '../../state/index.ts'
import type { Invocation } from '../invocation.ts'
import type { Shipping, ShippingArguments } from './archives/shipping.ts'
import type { OperatorArguments } from './content/collect-operators.ts'
import type { ContentArguments } from './content/collect-releases.ts'
import type { MappingArguments } from './mapping/mapping-arguments.ts'
import { inputsOf } from './mapping/with-mappings.ts'
import type { OpenedFrom } from './other-tools/open-from.ts'
import type { DeleteArguments, DeleteInput } from './plan-deletes.ts'
import type { PlanImagesArguments } from './plan-setting.ts'
import type { TargetArguments, TargetChoice } from './target/choose-target.ts'
import { refuseOtherTarget } from './target/find-state.ts'
import { tellReading } from './tell.ts'
import { type LoadedImageSets, loadImageSets } from './wanted-images.ts'
import type { WantedInput } from './wanted-inputs.ts'

export interface MakePlanArguments
  extends TargetArguments,
    ContentArguments,
    OperatorArguments,
    PlanImagesArguments,
    ShippingArguments,
    DeleteArguments,
    MappingArguments {
  readonly against?: string | undefined
  readonly refresh: boolean
  /** Archives. */
  readonly from: readonly string[]
  /** The public key of whoever signs archives. */
  readonly verifyKey?: string | undefined
  /** Besides image sets; with one of these there need not be any. */
  readonly wantedInputs?: readonly WantedInput[] | undefined
}

/** At most one of `carried` and `stored`. */
export interface Question extends OpenedFrom {
  /** In place of everything that is wanted. */
  readonly deletes: DeleteInput | undefined
  /** Absent where everything of an archive is taken, or nothing is wanted. */
  readonly imageSets: LoadedImageSets | undefined
  /** Besides image sets. */
  readonly others: readonly WantedInput[]
  readonly isNew: boolean
  /** What counts as held. */
  readonly loaded: LoadedState | undefined
  /** Where the plan is for an archive. */
  readonly shipping: Shipping | undefined
  readonly route: Route | undefined
}

/** @throws UsageError, ConfigError, StateError, ArchiveError, PlanError */
export async function readQuestion(
  args: MakePlanArguments,
  choice: TargetChoice,
  invocation: Invocation,
): Promise<Question> {
  refuseTogether(args, choice)
  const deletes = args.delete || args.deletes !== undefined ? await deletesFor(args, choice) : undefined
  const isCarried = args.from.length > 0
  const isDelete = args.destroy || deletes !== undefined
  const others = isDelete ? [] : await inputsOf(args, choice, invocation)
  const hasNone = choice.imageSets.length === 0 && (isCarried || others.length > 0)
  const imageSets = isDelete || hasNone ? undefined : await loadImageSets(choice.imageSets)
  assertFolder(choice.statePath)
  const { loaded: found, ...told } = await readState(openStateFile(choice.statePath))
  refuseOtherTarget(found, choice.address, choice.statePath)
  tellReading(invocation.output, told)
  const shipping = await shippingFor(args, choice, found, imageSets)
  return {
    ...(await openSource(args, choice, found, imageSets, invocation)),
    deletes,
    imageSets,
    others,
    isNew: found === undefined,
    loaded: shipping === undefined ? found : shipping.loaded,
    shipping,
    route: isCarried || isDelete ? withoutHop(choice.route) : choice.route,
  }
}

function refuseTogether(args: MakePlanArguments, choice: TargetChoice): void {
  if (args.destroy && args.skipDeletes)
    throw new UsageError('--destroy and --skip-deletes exclude each other', {
      hint: '--destroy plans to delete everything the state owns',
    })
  if (args.from.length > 0 && choice.archive !== undefined)
    throw new UsageError('--from file://… and --to file://… exclude each other', {
      hint: 'import the archive into a registry or an OCI layout first, and write the next one from there',
    })
  if (choice.archive !== undefined) return
  const given = [
    ['--volume-size', args.volumeSize],
    ['--assume', args.assume],
    ['--against', args.against],
    ['--shopping-list', args.from.length > 0 ? undefined : args.shoppingList],
  ].find(([, value]) => value !== undefined)
  if (given !== undefined)
    throw new UsageError(`${given[0]} is about archives, and none is planned`, {
      hint: 'write one with --to file://FOLDER --for TARGET',
    })
}

async function deletesFor(args: MakePlanArguments, choice: TargetChoice): Promise<DeleteInput> {
  const { deletesOf } = await import('./plan-deletes.ts')
  return deletesOf(args, choice)
}

async function shippingFor(
  args: MakePlanArguments,
  choice: TargetChoice,
  loaded: LoadedState | undefined,
  imageSets: LoadedImageSets | undefined,
): Promise<Shipping | undefined> {
  const { archive } = choice
  if (archive === undefined) return undefined
  const { planShipping } = await import('./archives/shipping.ts')
  return planShipping(args, { ...choice, archive }, loaded, imageSets?.imageSets ?? [])
}

async function openSource(
  args: MakePlanArguments,
  choice: TargetChoice,
  loaded: LoadedState | undefined,
  imageSets: LoadedImageSets | undefined,
  invocation: Invocation,
): Promise<OpenedFrom> {
  if (args.from.length === 0) return {}
  const { openFrom } = await import('./other-tools/open-from.ts')
  return openFrom(args, choice, loaded?.state, imageSets, invocation)
}

/** What comes out of an archive, or is only deleted, is not read at a target on the way. */
function withoutHop(route: Route | undefined): Route | undefined {
  if (route?.via === undefined) return route
  const { via: _, ...rest } = route
  return Object.keys(rest).length === 0 ? undefined : rest
}

/** Found before anything is planned and asked, although only apply writes there. */
function assertFolder(statePath: string): void {
  const folder = dirname(statePath)
  if (!existsSync(folder))
    throw new UsageError(`there is no folder ${folder} for the state ${statePath}`, {
      hint: `make it first: mkdir -p ${folder}`,
    })
}
