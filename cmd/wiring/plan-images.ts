/**
 * Images that are wanted -> what should be at the target (resolved at their sources, or as archives bring them), and that
 * -> the plan.
 */
import { UsageError } from '../../lib/errors.ts'
import { sortedImages } from '../../lib/files/reachable.ts'
import type { DesiredGraph } from '../../lib/graph/graph.ts'
import { withoutIncomplete } from '../../lib/graph/incomplete.ts'
import { formatSource, joinPlaced } from '../../lib/graph/naming.ts'
import { resolveError, resolveGraph } from '../../lib/graph/resolve.ts'
import { makePlan } from '../../lib/plan/make-plan.ts'
import type { MissingContent, Plan, PlanOptions, Route } from '../../lib/plan/plan.ts'
import { type Scope, scopeOf } from '../../lib/plan/scope.ts'
import type { Withheld } from '../../lib/plan/withheld.ts'
import type { TargetAbilities } from '../../lib/provider.ts'
import type { LoadedState, State } from '../../lib/state.ts'
import { type Destination, destinationKey, formatTarget } from '../../lib/target.ts'
import type { Hop } from '../../providers/enclave/index.ts'
import {
  type CarriedImages,
  isNoLongerAsked,
  notesOn,
  takeGraphImage,
  whatStays,
  withArrivals,
} from './archives/carried-images.ts'
import { lackingIn, notThere } from './archives/lacking.ts'
import type { Carried } from './archives/open-carried.ts'
import type { Shipping } from './archives/shipping.ts'
import type { Stored } from './other-tools/open-stored.ts'
import type { Places } from './places/open-places.ts'
import { type AbilityArguments, abilitiesFor } from './target/abilities-for.ts'
import type { TargetChoice } from './target/choose-target.ts'
import type { WantedSet } from './wanted-images.ts'

export interface PlanImagesArguments extends AbilityArguments {
  readonly only: readonly string[]
  readonly exclude: readonly string[]
  readonly destroy: boolean
  readonly allowMassDelete: boolean
  readonly skipDeletes: boolean
  readonly createProjects: boolean
}

export interface PlanSetting {
  readonly args: PlanImagesArguments
  readonly choice: TargetChoice
  readonly places: Places
  /** What counts as held. */
  readonly loaded: LoadedState | undefined
  /** What counts as held where there is no state: what oc-mirror v1 put at the target. */
  readonly inherited?: State | undefined
  readonly shipping: Shipping | undefined
  readonly carried: Carried | undefined
  readonly stored: Stored | undefined
  readonly route: Route | undefined
  /** Where images are read, where that is a target on the way. */
  readonly via: Hop | undefined
  readonly signal: AbortSignal
}

/** What should be at the target. */
export interface Subject extends Omit<WantedSet, 'images' | 'stays' | 'incomplete' | 'pins'> {
  readonly graph: DesiredGraph
  /** Wanted, or not to be looked at, but not part of this plan. */
  readonly elsewhere: readonly Destination[]
  readonly withheld: Withheld
  readonly abilities: TargetAbilities
  /** Found missing in the archives before anything was planned. */
  readonly missing: readonly MissingContent[]
  /** Nothing is sent. */
  readonly onlyDeletes?: true
}

/** Asks the sources what the wanted images are. @throws UsageError, PlanError, PlaceError */
export async function resolveWanted(wanted: WantedSet, setting: PlanSetting): Promise<Subject> {
  const { args, choice, places, loaded, shipping, signal } = setting
  const isMeant = scopeIn(setting)
  const staying = setting.carried === undefined ? [] : whatStays(setting.carried, loaded?.state)
  const stays = new Set(staying.map(destinationKey))
  const joined = joinPlaced(choice.address, wanted.images)
  const isLate = setting.carried === undefined ? () => false : isNoLongerAsked(setting.carried, loaded?.state)
  const images = joined.filter(
    image =>
      isMeant(image.destination, formatSource(image.source)) &&
      !stays.has(destinationKey(image.destination)) &&
      !isLate(image),
  )
  const asking = new Set(joined.map(({ destination }) => destinationKey(destination)))
  const looked = new Set(images)
  const left = joined.filter(image => !looked.has(image)).map(image => image.destination)
  refuseEmptyScope(images.length, setting)
  const abilities = await abilitiesFor(places.target, args, choice, images, signal)
  const { left: asked, taken } = takeGraphImage(
    images,
    setting.carried?.all[0].archive.contents ?? setting.via?.state,
  )
  const resolved = await resolveGraph(
    asked,
    {
      sources: places.sources,
      cache: places.cache,
      state: loaded?.state ?? setting.inherited,
      refresh: args.refresh,
      platformIndex: choice.platformIndex,
      attachments: choice.signatures,
      targetReferrersApi: abilities.referrersApi,
    },
    signal,
  )
  const { missing, failures: rest, notes } = await notThere(resolved.failures, setting)
  const { graph, failures, ...withheld } = withoutIncomplete(
    { ...resolved, failures: rest },
    images,
    wanted.incomplete,
  )
  if (failures.length > 0) throw resolveError(failures)
  const others = shipping?.listed === undefined ? [] : (loaded?.state.images ?? [])
  return {
    graph: joinGraphs(graph, taken),
    elsewhere: [
      ...left,
      ...staying,
      ...(wanted.stays ?? []).filter(each => !asking.has(destinationKey(each))),
      ...others.map(({ destination }) => destination),
    ],
    withheld,
    abilities,
    missing,
    inputs: wanted.inputs,
    selections: wanted.selections,
    documents: wanted.documents,
    notes: [
      ...wanted.notes,
      ...resolved.notes,
      ...notes,
      ...(setting.via === undefined ? [] : [noteOn(setting.via)]),
      ...(setting.carried === undefined ? [] : notesOn(setting.carried, loaded?.state)),
    ],
  }
}

function noteOn({ name, address }: Hop): string {
  return `images are read at ${name} (${formatTarget(address)}) and nowhere else`
}

function joinGraphs(a: DesiredGraph, b: DesiredGraph): DesiredGraph {
  return {
    images: sortedImages([...a.images, ...b.images]),
    manifests: new Map([...a.manifests, ...b.manifests]),
    blobs: new Map([...a.blobs, ...b.blobs]),
    made: new Map([...a.made, ...b.made]),
  }
}

/** What archives bring is resolved already. @throws UsageError, PlaceError */
export async function takeCarried(
  { graph, elsewhere, notes }: CarriedImages,
  setting: PlanSetting,
): Promise<Subject> {
  const { args, choice, places, signal } = setting
  const isMeant = scopeIn(setting)
  const images = graph.images.filter(image => isMeant(image.destination, image.source))
  const looked = new Set(images)
  const left = graph.images.filter(image => !looked.has(image)).map(image => image.destination)
  refuseEmptyScope(images.length, setting)
  return {
    graph: { ...graph, images },
    elsewhere: [...elsewhere, ...left],
    withheld: { incomplete: [], withheld: [] },
    missing: [],
    abilities: await abilitiesFor(places.target, args, choice, images, signal),
    inputs: [],
    selections: [],
    documents: [],
    notes,
  }
}

/**
 * What the archives miss is left out, and the rest planned anew without it: another image may have counted on what that
 * one would have brought.
 */
export async function planSubject(
  subject: Subject,
  setting: PlanSetting,
): Promise<{ readonly plan: Plan; readonly askedAt: number }> {
  const missing: MissingContent[] = [...subject.missing]
  for (;;) {
    const askedAt = performance.now()
    const plan = await planWithout(missing, subject, setting)
    const lacking = await lackingIn(plan, setting)
    if (lacking.length === 0) return { plan: arriving(plan, setting), askedAt }
    missing.push(...lacking)
  }
}

function arriving(plan: Plan, { carried }: PlanSetting): Plan {
  return carried === undefined ? plan : withArrivals(plan, carried)
}

function planWithout(
  missing: readonly MissingContent[],
  { graph, elsewhere, withheld, abilities, missing: _, ...told }: Subject,
  { args, choice, places, loaded, inherited, shipping, carried, stored, route, signal }: PlanSetting,
): Promise<Plan> {
  const { maxDeletePercent, protect, statePath } = choice
  const { refresh, only, exclude, destroy, allowMassDelete } = args
  const left = new Set(missing.map(({ destination }) => destinationKey(destination)))
  const images = graph.images.filter(({ destination }) => !left.has(destinationKey(destination)))
  return makePlan(
    {
      graph: { ...graph, images },
      wantedElsewhere: [...elsewhere, ...missing.map(({ destination }) => destination)],
      withheld,
      loaded,
      inherited,
      ...(carried?.lineage !== undefined && { lineage: carried.lineage }),
      carrying: {
        ...(route !== undefined && { route }),
        ...(shipping !== undefined && { shipment: shipping.shipment }),
        ...(carried !== undefined && { from: carried.from }),
        ...(stored !== undefined && { from: stored.from }),
        ...(missing.length > 0 && {
          missing: missing.toSorted((a, b) =>
            destinationKey(a.destination) < destinationKey(b.destination) ? -1 : 1,
          ),
        }),
      },
      target: places.target,
      abilities,
      options: { refresh, only, exclude, destroy, allowMassDelete } satisfies PlanOptions,
      maxDeletePercent,
      protect,
      skipDeletes: args.skipDeletes,
      createProjects: args.createProjects,
      statePath,
      ...told,
    },
    signal,
  )
}

/** What `--only`, `--exclude` and a shopping list leave to look at. */
export function scopeIn({ args, choice, shipping }: PlanSetting): Scope {
  const prefix = choice.address.kind === 'registry' ? choice.address.prefix : ''
  const inScope = scopeOf(prefix, args.only, args.exclude)
  const listed = shipping?.listed
  return (destination, source) =>
    inScope(destination, source) && (listed?.has(destinationKey(destination)) ?? true)
}

/** @throws UsageError */
function refuseEmptyScope(images: number, setting: PlanSetting): void {
  const { args, loaded } = setting
  const isMeant = scopeIn(setting)
  const held = loaded?.state.images.some(image => isMeant(image.destination, image.source)) ?? false
  if (images === 0 && !held && args.only.length + args.exclude.length > 0)
    throw new UsageError('--only and --exclude leave no image to plan for', {
      hint: 'a glob is held against repository, repository:tag and source; "*" stays within one part of a path, "**" does not',
    })
}
