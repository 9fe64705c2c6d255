/**
 * From a desired graph and a state to a plan: asks the target what it holds, classifies every destination, plans
 * transfers and removals, and refuses what must not be planned.
 *
 * All asking happens in `survey.ts`; everything decided here follows from the answers, so that the same answers give
 * the same plan, byte for byte.
 */
import type { KeptDocument } from '../content/documents.ts'
import type { Selection } from '../content/selection.ts'
import { PlanError } from '../errors.ts'
import type { DesiredGraph, ImageContent } from '../graph/graph.ts'
import type { Target, TargetAbilities } from '../provider.ts'
import type { LoadedState, State, StateImage } from '../state.ts'
import { type Destination, destinationKey } from '../target.ts'
import { countActions, forgets, imagesToDelete, imagesToSend, skipped } from './by-action.ts'
import { classify } from './classify.ts'
import {
  type MassDeleteRule,
  type Refusal,
  refuseConflicts,
  refuseMassDelete,
  refuseSparse,
} from './guards.ts'
import { refuseImmutable } from './immutable-tags.ts'
import { adoptInherited, takenOver } from './inherit.ts'
import { planProjects } from './missing-projects.ts'
import { noteMissing } from './missing-repositories.ts'
import { checkPaths } from './path-limits.ts'
import type { Plan, PlanInput, PlanOptions } from './plan.ts'
import { contentOf, madeIn, mergeStores } from './plan-content.ts'
import { planDeletes } from './plan-deletes.ts'
import { planSends } from './plan-sends.ts'
import { protectedBy, scopeOf } from './scope.ts'
import { refuseShortOfSpace } from './space.ts'
import { trySparseIndex } from './sparse-trial.ts'
import { surveyTags } from './survey.ts'
import { surveyHoldings } from './survey-holdings.ts'
import { createTransferPlanner } from './transfers.ts'
import { heldBack, keepHeldBack, NOTHING_WITHHELD, type Withheld } from './withheld.ts'

export interface PlanRequest {
  readonly graph: DesiredGraph
  /** Destinations that are wanted but out of scope: what the state has there is not looked at, whatever its source. */
  readonly wantedElsewhere?: readonly Destination[]
  /** Bundles that cannot be had whole; default none. */
  readonly withheld?: Withheld
  readonly loaded: LoadedState | undefined
  /** What counts as held where there is no state yet (see `inheritImages`). */
  readonly inherited?: State | undefined
  /** Of the state that the plan's first apply makes, where an archive brings it. */
  readonly lineage?: string
  /** How the target is reached, and what the plan has to do with archives. */
  readonly carrying?: Pick<Plan, 'route' | 'shipment' | 'from' | 'missing'>
  readonly target: Target
  readonly abilities: TargetAbilities
  readonly inputs: readonly PlanInput[]
  readonly options: PlanOptions
  readonly maxDeletePercent: number
  readonly protect: readonly string[]
  /** Nothing is sent: what the target lacks of images that stay is for another plan. */
  readonly onlyDeletes?: boolean
  /** Unwanted images stay, and stay in the state. */
  readonly skipDeletes: boolean
  /** Projects that the target lacks are made by apply; default: they refuse the plan. */
  readonly createProjects?: boolean
  readonly notes: readonly string[]
  /** How sections of the image sets came down to the graph's images. */
  readonly selections: readonly Selection[]
  /** What was read to choose them. */
  readonly documents: readonly KeptDocument[]
  readonly statePath: string
}

/** @throws PlanError listing everything that is refused, PlaceError when the target cannot be asked. */
export async function makePlan(request: PlanRequest, signal: AbortSignal): Promise<Plan> {
  const { graph, loaded, target, options } = request
  const { state, known, back, actual, refresh, verdicts, taken } = await judge(request, signal)
  const all = state?.images ?? []
  const incomplete = request.withheld?.incomplete ?? []
  const store = mergeStores(state, graph)
  const deleted = request.skipDeletes ? [] : imagesToDelete(verdicts)
  const paths = checkPaths(target.address, imagesToSend(verdicts))
  const refusals = [
    ...paths.refusals,
    ...refuseConflicts(target.address, verdicts),
    ...(request.abilities.sparseIndex === 'no' ? refuseSparse(target.address, imagesToSend(verdicts)) : []),
    ...refuseMassDelete(all, deleted, staying(all, deleted, graph.images), massDeleteRule(request)),
  ]
  refuse(refusals)
  const { holdings, absent } = await surveyHoldings(
    { target, state, verdicts, store, actual, refresh },
    signal,
  )
  const planner = createTransferPlanner(store, holdings, target.address.kind !== 'archive')
  const sent = await planSends({ verdicts, planner, store, target, state: known, refresh, absent }, signal)
  const isSparseKnown =
    request.abilities.sparseIndex !== 'unknown' || all.some(({ omitted }) => omitted.length > 0)
  const tried = isSparseKnown
    ? { changes: sent.changes, notes: [] }
    : trySparseIndex(target.address, sent.changes)
  const { onlyDeletes } = request
  const deletes = await planDeletes(
    { store, target, state, desired: graph.images, deleted, actual, onlyDeletes },
    signal,
  )
  const space = await refuseShortOfSpace(target, planner.counts.bytesToTransfer, signal)
  const made = await planProjects(target, absent, request.createProjects ?? false, signal)
  const immutable = options.refresh
    ? await refuseImmutable(target, [...tried.changes, ...deletes.changes], signal)
    : []
  refuse([...made.refusals, ...immutable, ...deletes.refusals, ...(space === undefined ? [] : [space])])
  const changes = [
    ...tried.changes,
    ...deletes.changes,
    ...forgets(verdicts),
    ...skipped(request.skipDeletes, verdicts),
    ...keepHeldBack(back),
  ]
  return {
    target: target.address,
    lineage: loaded?.state.lineage ?? request.lineage,
    stateRevision: loaded?.revision,
    statePath: request.statePath,
    inputs: request.inputs,
    options,
    ...request.carrying,
    ...(made.projects.length > 0 && { projects: made.projects }),
    ...(taken.length > 0 && { takenOver: taken }),
    changes,
    ...(incomplete.length > 0 && { incomplete }),
    selections: request.selections,
    documents: request.documents,
    made: madeIn(graph.made, changes),
    notes: [
      ...request.notes,
      ...paths.notes,
      ...noteMissing(target.address, absent),
      ...made.notes,
      ...sent.notes,
      ...tried.notes,
    ],
    summary: {
      ...countActions(changes, verdicts.filter(({ action }) => action === 'keep').length),
      ...planner.counts,
      bytesReclaimable: deletes.bytesReclaimable,
    },
    ...contentOf(store, [...changes.map(({ image }) => image), ...taken]),
  }
}

/** What becomes of each destination, by what the target says is there. */
async function judge(request: PlanRequest, signal: AbortSignal) {
  const { graph, loaded, target, options } = request
  const prefix = target.address.kind === 'registry' ? target.address.prefix : ''
  const inScope = scopeOf(prefix, options.only, options.exclude)
  const isProtected = protectedBy(prefix, request.protect)
  const inherited = loaded === undefined ? request.inherited : undefined
  const state = loaded?.state ?? inherited
  const all = state?.images ?? []
  const elsewhere = new Set(request.wantedElsewhere?.map(destinationKey))
  const looked = all.filter(
    ({ destination, source }) => inScope(destination, source) && !elsewhere.has(destinationKey(destination)),
  )
  const withheld = request.withheld ?? NOTHING_WITHHELD
  const back = heldBack(looked, graph.images, withheld)
  const held = looked.filter(image => !back.has(image))
  const actual = await surveyTags(target, destinationsToAsk(graph.images, held, options.refresh), signal)
  const isKept = (image: StateImage): boolean => isProtected(image.destination, image.source)
  const refresh = options.refresh && !request.onlyDeletes
  const judged = classify(graph.images, held, actual, isKept).filter(
    ({ action }) => action !== 'repair' || !request.onlyDeletes,
  )
  const verdicts = inherited === undefined ? judged : adoptInherited(judged)
  const taken = takenOver(inherited, verdicts)
  const known = inherited === undefined ? state : { ...inherited, images: taken }
  return { state, known, back, actual, refresh, verdicts, taken }
}

function refuse(refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return
  const hints = [...new Set(refusals.map(({ hint }) => hint))]
  throw new PlanError(refusals.map(({ message }) => message).join('\n'), { hint: hints.join('\n') })
}

function massDeleteRule({ maxDeletePercent, options }: PlanRequest): MassDeleteRule {
  return { maxDeletePercent, allowed: options.allowMassDelete }
}

function destinationsToAsk(
  desired: readonly ImageContent[],
  held: readonly StateImage[],
  refresh: boolean,
): readonly Destination[] {
  if (!refresh) return []
  const both = [...desired, ...held].map(image => image.destination)
  return [...new Map(both.map(destination => [destinationKey(destination), destination])).values()]
}

function staying(
  all: readonly StateImage[],
  deleted: readonly StateImage[],
  desired: readonly ImageContent[],
): readonly ImageContent[] {
  const gone = new Set(deleted)
  return [...all.filter(image => !gone.has(image)), ...desired]
}
