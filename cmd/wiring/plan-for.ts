/** Makes a plan for one target: reads image sets and state, resolves, asks the target, diffs. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { readState } from '../../lib/apply/session.ts'
import { UsageError } from '../../lib/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import type { LoadedState } from '../../lib/state.ts'
import { openStateFile } from '../../state/index.ts'
import type { Invocation } from '../invocation.ts'
import type { TargetArguments, TargetChoice } from './choose-target.ts'
import type { OperatorArguments, Pin } from './collect-operators.ts'
import type { ContentArguments } from './collect-releases.ts'
import { refuseOtherTarget } from './find-state.ts'
import type { Carried } from './open-carried.ts'
import { openPlaces, type Places } from './open-places.ts'
import { type PlanImagesArguments, planSubject, resolveWanted, takeCarried } from './plan-images.ts'
import type { Shipping, ShippingArguments } from './shipping.ts'
import { tellReplay } from './tell.ts'
import { collectWanted, type LoadedImageSets, loadImageSets, type WantedSet } from './wanted-images.ts'
import { joinWanted, NOTHING_WANTED, type WantedInput } from './wanted-inputs.ts'

export interface MakePlanArguments
  extends TargetArguments,
    ContentArguments,
    OperatorArguments,
    PlanImagesArguments,
    ShippingArguments {
  readonly against?: string | undefined
  readonly refresh: boolean
  /** Archives. */
  readonly from: readonly string[]
  /** The public key of whoever signs archives. */
  readonly verifyKey?: string | undefined
  /** Besides image sets; with one of these there need not be any. */
  readonly wantedInputs?: readonly WantedInput[] | undefined
}

export interface MadePlan {
  readonly plan: Plan
  readonly heldImages: number
  /** When the target was asked, by `performance.now()`. */
  readonly askedAt: number
  /** What catalogs were pinned to. */
  readonly pins: readonly Pin[]
}

/** @throws UsageError, ConfigError, StateError, PlanError, PlaceError; nothing is written in any case. */
export async function planFor(
  args: MakePlanArguments,
  choice: TargetChoice,
  invocation: Invocation,
): Promise<MadePlan> {
  const { places, ...made } = await planAndStay(args, choice, invocation)
  await places.close()
  return made
}

/**
 * The same for who goes on with the plan at once: the places stay open, with the connections, the logins and whatever
 * was learnt of the registries. The caller closes them.
 */
export async function planAndStay(
  args: MakePlanArguments,
  choice: TargetChoice,
  invocation: Invocation,
): Promise<MadePlan & { readonly places: Places }> {
  refuseTogether(args, choice)
  const isCarried = args.from.length > 0
  const others = args.destroy ? [] : (args.wantedInputs ?? [])
  const hasNone = choice.imageSets.length === 0 && (isCarried || others.length > 0)
  const imageSets = args.destroy || hasNone ? undefined : await loadImageSets(choice.imageSets)
  assertFolder(choice.statePath)
  const { loaded: found, replayed } = await readState(openStateFile(choice.statePath))
  refuseOtherTarget(found, choice.address, choice.statePath)
  tellReplay(invocation.output, { replayed, takenOverFrom: undefined })
  const shipping = await shippingFor(args, choice, found, imageSets)
  const loaded = shipping === undefined ? found : shipping.loaded
  const carried = isCarried ? await carriedFor(args, choice, found) : undefined
  const places = await openPlaces(args, choice.address, invocation, {
    isShipped: shipping !== undefined,
    archives: carried?.all.map(({ archive }) => archive),
    state: loaded?.state,
  })
  try {
    const signal = invocation.interrupts.soft.signal
    const setting = { args, choice, places, loaded, shipping, carried, signal }
    const held = loaded?.state.images.flatMap(({ origins }) => origins) ?? []
    const documents = carried && imageSets && (await documentsOf(carried))
    const given = { places, invocation, held, ...(documents && { carried: documents }) }
    const asked = imageSets && (await collectWanted(imageSets, args, choice, given))
    const besides: WantedSet[] = []
    for (const input of others) besides.push(await input.collect(choice, { ...given, state: loaded?.state }))
    const wanted =
      asked || besides.length > 0 ? joinWanted([...(asked ? [asked] : []), ...besides]) : undefined
    const subject =
      wanted !== undefined || carried === undefined || args.destroy
        ? await resolveWanted(wanted ?? NOTHING_WANTED, setting)
        : await takeCarried(await imagesOf(carried, choice, loaded), setting)
    const made = await planSubject(subject, setting)
    return { ...made, heldImages: loaded?.state.images.length ?? 0, pins: wanted?.pins ?? [], places }
  } catch (error) {
    await places.close()
    throw error
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

async function shippingFor(
  args: MakePlanArguments,
  choice: TargetChoice,
  loaded: LoadedState | undefined,
  imageSets: LoadedImageSets | undefined,
): Promise<Shipping | undefined> {
  const { archive } = choice
  if (archive === undefined) return undefined
  const { planShipping } = await import('./shipping.ts')
  return planShipping(args, { ...choice, archive }, loaded, imageSets?.imageSets ?? [])
}

async function carriedFor(
  args: MakePlanArguments,
  choice: TargetChoice,
  loaded: LoadedState | undefined,
): Promise<Carried> {
  const { archiveFolder, openCarried } = await import('./open-carried.ts')
  return openCarried(args.from.map(archiveFolder), choice.address, loaded?.state, args.verifyKey)
}

async function documentsOf(carried: Carried) {
  const { documentsIn } = await import('./open-carried.ts')
  return documentsIn(carried)
}

async function imagesOf(carried: Carried, choice: TargetChoice, loaded: LoadedState | undefined) {
  const { carriedImages } = await import('./carried-images.ts')
  return carriedImages(carried, choice.address, loaded?.state)
}

/** Found before anything is planned and asked, although only apply writes there. */
function assertFolder(statePath: string): void {
  const folder = dirname(statePath)
  if (!existsSync(folder))
    throw new UsageError(`there is no folder ${folder} for the state ${statePath}`, {
      hint: `make it first: mkdir -p ${folder}`,
    })
}
