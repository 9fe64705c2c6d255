/** Makes a plan for one target: reads image sets and state, resolves, asks the target, diffs. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { readState } from '../../lib/apply/session.ts'
import { UsageError } from '../../lib/errors.ts'
import { withoutIncomplete } from '../../lib/graph/incomplete.ts'
import type { PlacedImage } from '../../lib/graph/naming.ts'
import { formatSource } from '../../lib/graph/naming.ts'
import { resolveError, resolveGraph } from '../../lib/graph/resolve.ts'
import { makePlan } from '../../lib/plan/make-plan.ts'
import type { Plan, PlanOptions } from '../../lib/plan/plan.ts'
import { scopeOf } from '../../lib/plan/scope.ts'
import type { Ability, TargetAbilities } from '../../lib/provider.ts'
import type { LoadedState } from '../../lib/state.ts'
import { openStateFile } from '../../state/index.ts'
import type { Invocation } from '../invocation.ts'
import type { TargetArguments, TargetChoice } from './choose-target.ts'
import type { OperatorArguments, Pin } from './collect-operators.ts'
import type { ContentArguments } from './collect-releases.ts'
import { refuseOtherTarget } from './find-state.ts'
import { openPlaces, type Places } from './open-places.ts'
import { tellReplay } from './tell.ts'
import { collectWanted, loadImageSets, type WantedSet } from './wanted-images.ts'

export interface MakePlanArguments extends TargetArguments, ContentArguments, OperatorArguments {
  readonly from?: string | undefined
  readonly refresh: boolean
  readonly only: readonly string[]
  readonly exclude: readonly string[]
  readonly destroy: boolean
  readonly allowMassDelete: boolean
  readonly skipDeletes: boolean
  readonly createProjects: boolean
  readonly sparseIndex: 'auto' | 'yes' | 'no'
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
  if (args.from !== undefined)
    throw new UsageError('--from is not supported yet by this version', {
      hint: 'images are read from the registries that their references name',
    })
  if (args.destroy && args.skipDeletes)
    throw new UsageError('--destroy and --skip-deletes exclude each other', {
      hint: '--destroy plans to delete everything the state owns',
    })
  const imageSets = args.destroy ? undefined : await loadImageSets(choice.imageSets)
  assertFolder(choice.statePath)
  const { loaded, replayed } = await readState(openStateFile(choice.statePath))
  refuseOtherTarget(loaded, choice.address, choice.statePath)
  tellReplay(invocation.output, { replayed, takenOverFrom: undefined })
  const places = await openPlaces(args, choice.address, invocation)
  try {
    const held = loaded?.state.images.flatMap(({ origins }) => origins) ?? []
    const wanted =
      imageSets === undefined
        ? NOTHING_WANTED
        : await collectWanted(imageSets, args, choice, { places, invocation, held })
    const made = await makePlanAt(places, args, choice, wanted, loaded, invocation.interrupts.soft.signal)
    return { ...made, heldImages: loaded?.state.images.length ?? 0, pins: wanted.pins, places }
  } catch (error) {
    await places.close()
    throw error
  }
}

/** Found before anything is planned and asked, although only apply writes there. */
function assertFolder(statePath: string): void {
  const folder = dirname(statePath)
  if (!existsSync(folder))
    throw new UsageError(`there is no folder ${folder} for the state ${statePath}`, {
      hint: `make it first: mkdir -p ${folder}`,
    })
}

const NOTHING_WANTED: WantedSet = {
  images: [],
  inputs: [],
  selections: [],
  documents: [],
  incomplete: [],
  pins: [],
  notes: [],
}

async function makePlanAt(
  places: Places,
  args: MakePlanArguments,
  choice: TargetChoice,
  wanted: WantedSet,
  loaded: LoadedState | undefined,
  signal: AbortSignal,
): Promise<Pick<MadePlan, 'plan' | 'askedAt'>> {
  const { target, sources, cache } = places
  const options: PlanOptions = {
    refresh: args.refresh,
    only: args.only,
    exclude: args.exclude,
    destroy: args.destroy,
    allowMassDelete: args.allowMassDelete,
  }
  const prefix = choice.address.kind === 'registry' ? choice.address.prefix : ''
  const inScope = scopeOf(prefix, args.only, args.exclude)
  const images = wanted.images.filter(image => inScope(image.destination, formatSource(image.source)))
  const looked = new Set(images)
  const wantedElsewhere = wanted.images.filter(image => !looked.has(image)).map(image => image.destination)
  const heldInScope = loaded?.state.images.some(image => inScope(image.destination, image.source)) ?? false
  if (images.length === 0 && !heldInScope && args.only.length + args.exclude.length > 0)
    throw new UsageError('--only and --exclude leave no image to plan for', {
      hint: 'a glob is held against repository, repository:tag and source; "*" stays within one part of a path, "**" does not',
    })
  const abilities = await abilitiesFor(places, args, choice, images, signal)
  const resolved = await resolveGraph(
    images,
    {
      sources,
      cache,
      state: loaded?.state,
      refresh: args.refresh,
      platformIndex: choice.platformIndex,
      attachments: choice.signatures,
      targetReferrersApi: abilities.referrersApi,
    },
    signal,
  )
  const { graph, failures, ...withheld } = withoutIncomplete(resolved, images, wanted.incomplete)
  if (failures.length > 0) throw resolveError(failures)
  const { maxDeletePercent, protect, statePath } = choice
  const { inputs, notes, selections, documents } = wanted
  const askedAt = performance.now()
  const plan = await makePlan(
    {
      graph,
      wantedElsewhere,
      withheld,
      loaded,
      target,
      abilities,
      inputs,
      options,
      maxDeletePercent,
      protect,
      skipDeletes: args.skipDeletes,
      createProjects: args.createProjects,
      notes: [...notes, ...resolved.notes],
      selections,
      documents,
      statePath,
    },
    signal,
  )
  return { plan, askedAt }
}

const NOTHING_KNOWN: TargetAbilities = {
  deleteTag: 'unknown',
  deleteManifest: 'unknown',
  sparseIndex: 'unknown',
  referrersApi: 'unknown',
}

/** Only what this plan depends on is asked for, and with `--refresh=false` only where a platform choice needs it. */
async function abilitiesFor(
  { target }: Places,
  args: MakePlanArguments,
  choice: TargetChoice,
  images: readonly PlacedImage[],
  signal: AbortSignal,
): Promise<TargetAbilities> {
  const first = images[0]
  if (first === undefined) return NOTHING_KNOWN
  const sparse = choice.platformIndex === 'sparse' && images.some(image => image.platforms.length > 0)
  const asked: (keyof TargetAbilities)[] = []
  if (args.refresh && choice.signatures !== 'ignore') asked.push('referrersApi')
  if (sparse && args.sparseIndex === 'auto') asked.push('sparseIndex')
  const known =
    asked.length === 0 ? NOTHING_KNOWN : await target.abilities(first.destination.repository, asked, signal)
  const told: Ability | undefined = args.sparseIndex === 'auto' ? undefined : args.sparseIndex
  return told === undefined ? known : { ...known, sparseIndex: told }
}
