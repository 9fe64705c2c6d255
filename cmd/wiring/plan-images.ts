/**
 * Images that are wanted -> what should be at the target (resolved at their sources, or as archives bring them), and that
 * -> the plan.
 */
import { sortedImages } from '../../lib/files/reachable.ts'
import type { DesiredGraph } from '../../lib/graph/graph.ts'
import { withoutIncomplete } from '../../lib/graph/incomplete.ts'
import { formatSource, joinPlaced, type PlacedImage } from '../../lib/graph/naming.ts'
import { resolveError, resolveGraph } from '../../lib/graph/resolve.ts'
import { makePlan } from '../../lib/plan/make-plan.ts'
import type { MissingContent, Plan, PlanOptions } from '../../lib/plan/plan.ts'
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
import { type PlanSetting, refuseEmptyScope, type Subject, scopeIn } from './plan-setting.ts'
import { abilitiesFor } from './target/abilities-for.ts'
import type { WantedSet } from './wanted-images.ts'

/** Asks the sources what the wanted images are. @throws UsageError, PlanError, PlaceError */
export async function resolveWanted(wanted: WantedSet, setting: PlanSetting): Promise<Subject> {
  const { args, choice, places, loaded, signal } = setting
  const { images, elsewhere } = chooseImages(wanted, setting)
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
  return {
    graph: joinGraphs(graph, taken),
    elsewhere,
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

/** Which wanted images this plan is about, and where else nothing is to be touched. */
function chooseImages(
  wanted: WantedSet,
  setting: PlanSetting,
): { readonly images: readonly PlacedImage[]; readonly elsewhere: readonly Destination[] } {
  const { choice, carried, loaded, shipping } = setting
  const isMeant = scopeIn(setting)
  const staying = carried === undefined ? [] : whatStays(carried, loaded?.state)
  const stays = new Set(staying.map(destinationKey))
  const joined = joinPlaced(choice.address, wanted.images)
  const isLate = carried === undefined ? () => false : isNoLongerAsked(carried, loaded?.state)
  const images = joined.filter(
    image =>
      isMeant(image.destination, formatSource(image.source)) &&
      !stays.has(destinationKey(image.destination)) &&
      !isLate(image),
  )
  const asking = new Set(joined.map(({ destination }) => destinationKey(destination)))
  const looked = new Set(images)
  const left = joined.filter(image => !looked.has(image)).map(image => image.destination)
  const others = shipping?.listed === undefined ? [] : (loaded?.state.images ?? [])
  return {
    images,
    elsewhere: [
      ...left,
      ...staying,
      ...(wanted.stays ?? []).filter(each => !asking.has(destinationKey(each))),
      ...others.map(({ destination }) => destination),
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
