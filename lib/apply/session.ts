/**
 * The frame around everything that changes a state: lock, replay what a crash left behind, work, fold the journal into
 * the state, unlock. Killed at any moment, the next session goes on from the journal by itself.
 */
import { PlanError, StateError } from '../errors.ts'
import { emptyState, foldJournal } from '../files/fold.ts'
import { reachableFrom } from '../files/reachable.ts'
import type { Digest } from '../oci/digest.ts'
import { lineageOf } from '../plan/lineage.ts'
import type { Plan } from '../plan/plan.ts'
import { bytesStillToCopy, refuseShortOfSpace } from '../plan/space.ts'
import type { JournalEntry, LoadedState, LockHolder, State, StateStore } from '../state.ts'
import { formatTarget, type TargetAddress } from '../target.ts'
import { executePlan } from './apply.ts'
import type { ApplyOptions } from './context.ts'
import type { ApplyResult } from './events.ts'

/** What the user should hear about before the work begins. */
export interface SessionNotes {
  /** Items of an interrupted apply that were taken into the state. */
  readonly replayed: number
  readonly takenOverFrom: LockHolder | undefined
}

/** A state as it is in truth, and how it came to be that. */
export interface ReadState {
  readonly loaded: LoadedState | undefined
  /** Items of the journal that count as part of the state. */
  readonly replayed: number
  /** Who works with the state just now, so that the journal is theirs and not what a crash left. */
  readonly worker: LockHolder | undefined
}

/** Reads the state as it is in truth: the file, and what an apply that crashed or still runs has finished. Nothing is written. */
export async function readState(store: StateStore): Promise<ReadState> {
  const worker = await store.worker()
  const loaded = await store.read()
  const leftover = await store.leftover()
  if (leftover === undefined || loaded === undefined) return { loaded, replayed: 0, worker }
  return {
    worker,
    loaded: { ...loaded, state: foldJournal(loaded.state, leftover) },
    replayed: leftover.filter(entry => entry.did !== 'blob').length,
  }
}

/** Runs `work` with the lock held and what a crash left behind folded into the written state. */
export async function withState<T>(
  store: StateStore,
  operation: string,
  announce: (notes: SessionNotes) => void,
  work: (loaded: LoadedState | undefined) => Promise<T>,
): Promise<T> {
  const lock = await store.lock(operation)
  try {
    await store.assertWritable()
    const { loaded, replayed } = await readState(store)
    if (replayed > 0 || lock.takenOverFrom !== undefined)
      announce({ replayed, takenOverFrom: lock.takenOverFrom })
    if ((await store.leftover()) === undefined || loaded === undefined) return await work(loaded)
    const revision = await store.write(loaded.state)
    await store.dropJournal()
    return await work({ state: loaded.state, revision })
  } finally {
    await lock.release()
  }
}

export interface ApplyRequest {
  readonly plan: Plan
  readonly planDigest: Digest
  readonly store: StateStore
  readonly announce: (notes: SessionNotes) => void
  readonly now: () => number
  /**
   * When, by the same clock, the target was asked for this plan. Only of use in the command that made the plan, and
   * only while the state is the one it was made from: else somebody else has been at work since.
   */
  readonly askedAt?: number | undefined
}

/** @throws StateError, PlanError before anything is done; afterwards what fails is in the result. */
export async function applyPlan(request: ApplyRequest, options: ApplyOptions): Promise<ApplyResult> {
  const { plan, planDigest, store, announce, now } = request
  return withState(store, 'apply', announce, async loaded => {
    assertTarget(plan.target, options.target.address, loaded?.state)
    const state = loaded?.state ?? firstState(plan, planDigest)
    assertLineage(plan, planDigest, state, store.name)
    await assertSpace(plan, state, options)
    if (loaded === undefined) await store.write(state)
    const askedAt = loaded?.revision === plan.stateRevision ? request.askedAt : undefined
    const journal = await store.openJournal(state.lineage, plan.target)
    const entries: JournalEntry[] = []
    const broken = new AbortController()
    const record = async (entry: JournalEntry): Promise<void> => {
      await journal.append(entry).catch((error: unknown) => {
        broken.abort(error)
        throw error
      })
      entries.push(entry)
    }
    // Work that cannot be recorded would be done again: it ends as soon as the journal takes nothing more.
    const signal = AbortSignal.any([options.signal, broken.signal])
    try {
      const result = await executePlan({ plan, state, record, now, askedAt }, { ...options, signal })
      broken.signal.throwIfAborted()
      return result
    } finally {
      await journal.close()
      await store.write(foldJournal(state, entries))
      await store.dropJournal()
    }
  })
}

/** Empty, but for what another tool put at the target and the plan takes over. */
function firstState(plan: Plan, planDigest: Digest): State {
  const empty = emptyState(lineageOfFirst(plan, planDigest), plan.target)
  const { takenOver = [] } = plan
  return { ...empty, images: takenOver, ...reachableFrom(plan, takenOver) }
}

/** @throws PlanError while nothing is done yet; blobs the state knows of are there and need no space again */
async function assertSpace(plan: Plan, state: State, { target, signal }: ApplyOptions): Promise<void> {
  const there = new Set([...state.blobs.keys(), ...state.loose.map(({ digest }) => digest)])
  const problem = await refuseShortOfSpace(target, bytesStillToCopy(plan, there), signal)
  if (problem !== undefined) throw new PlanError(problem.message, { hint: problem.hint })
}

export function assertTarget(planned: TargetAddress, opened: TargetAddress, state: State | undefined): void {
  const names = new Set([planned, opened, ...(state === undefined ? [] : [state.target])].map(formatTarget))
  if (names.size > 1)
    throw new StateError(`the plan is for ${formatTarget(planned)}, the state for ${[...names].at(-1)}`, {
      hint: 'each target has a state file of its own; name the right one with --state',
    })
}

/** A plan from an archive brings the lineage of the state it was written for; the state on this side is born with it. */
export function lineageOfFirst(plan: Plan, planDigest: Digest): string {
  const brought = plan.stateRevision === undefined ? plan.lineage : undefined
  return brought ?? lineageOf(planDigest)
}

/** A plan made without a state fits the state its own first apply has made, so that it can be applied again. */
export function assertLineage(plan: Plan, planDigest: Digest, state: State, name: string): void {
  if (state.lineage === (plan.lineage ?? lineageOf(planDigest))) return
  throw new PlanError(
    plan.lineage === undefined
      ? `the plan was made when there was no state, and now there is one from another plan: ${name}`
      : `the plan belongs to another state than ${name} (lineage ${plan.lineage}, ${name} has ${state.lineage})`,
    { hint: "plan again with this state, or name the plan's own with --state" },
  )
}
