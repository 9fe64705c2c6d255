/**
 * An approved plan -> what came of it: opens the places again where the planning did not leave them open, shows progress and
 * applies, or writes the archive that the plan is for.
 */
import {
  type ApplyEvent,
  type ApplyResult,
  applyPlan,
  readState,
  type SessionNotes,
} from '../../lib/apply/index.ts'
import { InterruptedError } from '../../lib/errors.ts'
import type { Plan } from '../../lib/plan/plan.ts'
import { planDigest } from '../../lib/plan/plan-file.ts'
import type { StateStore } from '../../lib/state.ts'
import { openStateFile } from '../../state/index.ts'
import type { Invocation } from '../invocation.ts'
import { createProgress } from '../terminal/index.ts'
import { openPlaces, type PlaceArguments, type Places } from './places/open-places.ts'
import { hopOf } from './target/open-hop.ts'
import { type ParallelArguments, parallelOf, withRoute } from './target/target-settings.ts'
import { tellReplay } from './tell.ts'

export interface CarryOutArguments extends PlaceArguments, ParallelArguments {
  /** The private key that archives and receipts are signed with. */
  readonly signKey?: string | undefined
}

export interface Approved {
  readonly plan: Plan
  readonly statePath: string
  /** Of the planning just before; undefined for a plan from a file. */
  readonly planning?: {
    /** When the target was asked, by `performance.now()`; undefined when a person took time to answer since. */
    readonly askedAt: number | undefined
    /** Still open: they know the registries by now. */
    readonly places: Places
  }
}

/** @throws InterruptedError when it was asked to stop before anything was done; StateError, PlaceError */
export async function carryOut(
  args: CarryOutArguments,
  { plan, statePath, planning }: Approved,
  invocation: Invocation,
): Promise<ApplyResult> {
  const { output, interrupts, stderr, progress: mode } = invocation
  if (interrupts.soft.signal.aborted) {
    await planning?.places.close()
    throw new InterruptedError('interrupted; nothing was changed')
  }
  invocation.announceInterrupts()
  const store = openStateFile(statePath)
  const places = planning?.places ?? (await placesFor(args, plan, store, invocation))
  const progress = createProgress({
    stream: stderr,
    mode,
    isTTY: stderr.isTTY === true,
    line: text => output.note(text),
  })
  const stopBesides = output.besides(progress.above)
  const request = {
    plan,
    planDigest: planDigest(plan),
    store,
    announce: (notes: SessionNotes) => tellReplay(output, notes),
    now: () => performance.now(),
  }
  const parallel = parallelOf(withRoute(args, plan.route))
  const options = {
    sources: places.sources,
    cache: places.cache,
    emit: (event: ApplyEvent) => progress(event),
    parallelImages: parallel.images,
    parallelBlobs: parallel.layers,
    damageRetries: args.retryTimes,
    signal: interrupts.hard.signal,
    stopping: interrupts.soft.signal,
  }
  try {
    if (plan.shipment === undefined)
      return await applyPlan(
        { ...request, askedAt: planning?.askedAt },
        { ...options, target: places.target },
      )
    const { writeArchive } = await import('./archives/write-archive.ts')
    return await writeArchive(request, plan.shipment, options, args.signKey)
  } finally {
    stopBesides()
    progress.stop()
    await places.close()
  }
}

/** A plan that was made from archives, or of what a target on the way holds, takes its images from there again. */
async function placesFor(
  given: PlaceArguments,
  plan: Plan,
  store: StateStore,
  invocation: Invocation,
): Promise<Places> {
  const { from, shipment, target } = plan
  const args = withRoute(given, plan.route)
  const via = await hopOf(plan.route)
  if (shipment !== undefined) return openPlaces(args, target, invocation, { isShipped: true, via })
  if (from === undefined) return openPlaces(args, target, invocation, { via })
  const { loaded } = await readState(store)
  const { openStoredAgain } = await import('./other-tools/open-stored.ts')
  const stored = await openStoredAgain(from, invocation.interrupts.soft.signal)
  if (stored !== undefined) return openPlaces(args, target, invocation, { stored, state: loaded?.state })
  const { openPlanned } = await import('./archives/open-carried.ts')
  return openPlaces(args, target, invocation, { archives: await openPlanned(from), state: loaded?.state })
}
