/**
 * Images that are wanted -> what should be at the target (resolved at their sources, or as archives bring them), and that
 * -> the plan.
 */
import { UsageError } from '../../lib/errors.ts'
import { sortedImages } from '../../lib/files/reachable.ts'
import type { DesiredGraph } from '../../lib/graph/graph.ts'
import { withoutIncomplete } from '../../lib/graph/incomplete.ts'
import { formatSource } from '../../lib/graph/naming.ts'
import { resolveError, resolveGraph } from '../../lib/graph/resolve.ts'
import { makePlan } from '../../lib/plan/make-plan.ts'
import type { MissingContent, Plan, PlanOptions } from '../../lib/plan/plan.ts'
import { type Scope, scopeOf } from '../../lib/plan/scope.ts'
import type { Withheld } from '../../lib/plan/withheld.ts'
import type { TargetAbilities } from '../../lib/provider.ts'
import type { LoadedState } from '../../lib/state.ts'
import { type Destination, destinationKey } from '../../lib/target.ts'
import { type AbilityArguments, abilitiesFor } from './abilities-for.ts'
import {
  type CarriedImages,
  missingOf,
  notCarried,
  notesOn,
  takeGraphImage,
  whatStays,
} from './carried-images.ts'
import type { TargetChoice } from './choose-target.ts'
import type { Carried } from './open-carried.ts'
import type { Places } from './open-places.ts'
import type { Shipping } from './shipping.ts'
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
  readonly shipping: Shipping | undefined
  readonly carried: Carried | undefined
  readonly signal: AbortSignal
}

/** What should be at the target. */
export interface Subject extends Omit<WantedSet, 'images' | 'incomplete' | 'pins'> {
  readonly graph: DesiredGraph
  /** Wanted, or not to be looked at, but not part of this plan. */
  readonly elsewhere: readonly Destination[]
  readonly withheld: Withheld
  readonly abilities: TargetAbilities
  /** Found missing in the archives before anything was planned. */
  readonly missing: readonly MissingContent[]
}

/** Asks the sources what the wanted images are. @throws UsageError, PlanError, PlaceError */
export async function resolveWanted(wanted: WantedSet, setting: PlanSetting): Promise<Subject> {
  const { args, choice, places, loaded, shipping, signal } = setting
  const isMeant = scopeIn(setting)
  const staying = setting.carried === undefined ? [] : whatStays(setting.carried, loaded?.state)
  const stays = new Set(staying.map(destinationKey))
  const images = wanted.images.filter(
    ({ destination, source }) =>
      isMeant(destination, formatSource(source)) && !stays.has(destinationKey(destination)),
  )
  const looked = new Set(images)
  const left = wanted.images.filter(image => !looked.has(image)).map(image => image.destination)
  refuseEmptyScope(images.length, setting)
  const abilities = await abilitiesFor(places.target, args, choice, images, signal)
  const { left: asked, taken } = takeGraphImage(images, setting.carried)
  const resolved = await resolveGraph(
    asked,
    {
      sources: places.sources,
      cache: places.cache,
      state: loaded?.state,
      refresh: args.refresh,
      platformIndex: choice.platformIndex,
      attachments: choice.signatures,
      targetReferrersApi: abilities.referrersApi,
    },
    signal,
  )
  const { missing, failures: rest } = notCarried(resolved.failures, setting.carried)
  const { graph, failures, ...withheld } = withoutIncomplete(
    { ...resolved, failures: rest },
    images,
    wanted.incomplete,
  )
  if (failures.length > 0) throw resolveError(failures)
  const others = shipping?.listed === undefined ? [] : (loaded?.state.images ?? [])
  return {
    graph: joinGraphs(graph, taken),
    elsewhere: [...left, ...staying, ...others.map(({ destination }) => destination)],
    withheld,
    abilities,
    missing,
    inputs: wanted.inputs,
    selections: wanted.selections,
    documents: wanted.documents,
    notes: [
      ...wanted.notes,
      ...resolved.notes,
      ...(setting.carried === undefined ? [] : notesOn(setting.carried, loaded?.state)),
    ],
  }
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
  const { carried, loaded } = setting
  const missing: MissingContent[] = [...subject.missing]
  for (;;) {
    const askedAt = performance.now()
    const plan = await planWithout(missing, subject, setting)
    const lacking = carried === undefined ? [] : missingOf(plan, carried, loaded?.state)
    if (lacking.length === 0) return { plan, askedAt }
    missing.push(...lacking)
  }
}

function planWithout(
  missing: readonly MissingContent[],
  { graph, elsewhere, withheld, abilities, missing: _, ...told }: Subject,
  { args, choice, places, loaded, shipping, carried, signal }: PlanSetting,
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
      ...(carried?.lineage !== undefined && { lineage: carried.lineage }),
      carrying: {
        ...(shipping !== undefined && { shipment: shipping.shipment }),
        ...(carried !== undefined && { from: carried.from }),
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

function scopeIn({ args, choice, shipping }: PlanSetting): Scope {
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
