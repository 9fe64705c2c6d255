/**
 * Carries out a plan into an archive: the frame around `executePlan` on the near side of a gap.
 *
 * What the archive has is in its own progress file, so the state stays as it is until the archive is finished; only then
 * does it take the plan's images over, as shipped. Cut off at any moment, the same plan goes on where it was; an archive
 * that was lost before it was carried is written again.
 */
import { PlanError } from '../errors.ts'
import { emptyState, foldJournal } from '../files/fold.ts'
import { reachableFrom } from '../files/reachable.ts'
import type { ImageContent, ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import { withoutNotHeld } from '../plan/not-held.ts'
import type { Plan, Shipment } from '../plan/plan.ts'
import type { ArchiveRecord, JournalEntry, State, StateStore } from '../state.ts'
import { destinationKey, formatDestination, formatTarget } from '../target.ts'
import { executePlan } from './apply.ts'
import type { ApplyOptions } from './context.ts'
import type { ApplyResult } from './events.ts'
import { assertLineage, lineageOfFirst, type SessionNotes, withState } from './session.ts'

export interface ShipRequest {
  readonly plan: Plan
  readonly planDigest: Digest
  readonly shipment: Shipment
  readonly store: StateStore
  readonly announce: (notes: SessionNotes) => void
  readonly now: () => number
  /** What the far side holds, where a receipt says so instead of the state that is there. */
  readonly receive: (state: State | undefined) => State | undefined
  /** Opens the archive for what the far side holds; undefined: it was finished by an earlier run. */
  readonly open: (farSide: State) => Promise<OpenShipment>
}

/** What is left to do with the archive. */
export type OpenShipment =
  | { readonly done: Digest }
  | {
      readonly done: undefined
      readonly options: ApplyOptions
      /** Ends the archive, and gives its id. */
      finish(shipped: ShippedImages): Promise<Digest>
      /** Leaves it unfinished. */
      close(): Promise<void>
    }

/** All images the far side will have, and what they consist of. */
export interface ShippedImages {
  readonly images: readonly ImageContent[]
  readonly content: ManifestStore
}

/** @throws PlanError, StateError before anything is done; afterwards what fails is in the result. */
export async function shipPlan(request: ShipRequest): Promise<ApplyResult> {
  const { plan, planDigest, shipment, store, announce, now } = request
  return withState(store, 'apply', announce, async loaded => {
    const known = request.receive(loaded?.state)
    const state = known ?? emptyState(lineageOfFirst(plan, planDigest), plan.target)
    assertLineage(plan, planDigest, state, store.name)
    const shipped = state.archives?.find(each => each.plan === planDigest)
    if (shipped === undefined) refuseOutdated(shipment, state, store.name)
    const own = state.images.filter(({ shippedIn }) => shippedIn !== undefined && shippedIn === shipped?.id)
    const farSide = withoutNotHeld(state, [...shipment.notHeld, ...own.map(({ destination }) => destination)])
    const open = await request.open(farSide)
    if (open.done !== undefined) {
      if (shipped === undefined) await store.write(stateAfter(state, request, open.done))
      return alreadyDone(plan)
    }
    try {
      if (shipped !== undefined) refuseAgain(shipped, state, own)
      const result = await executePlan({ plan, state: farSide, record: async () => {}, now }, open.options)
      if (result.failed + result.interrupted > 0) return result
      const after = foldJournal(farSide, entriesOf(plan, farSide, undefined))
      const id = await open.finish({ images: after.images, content: after })
      await store.write(stateAfter(state, request, id))
      return result
    } finally {
      await open.close()
    }
  })
}

function stateAfter(state: State, { plan, planDigest, shipment }: ShipRequest, id: Digest): State {
  const readAt = plan.route?.via?.target
  const record: ArchiveRecord = {
    id,
    number: shipment.number,
    plan: planDigest,
    ...(readAt !== undefined && { readAt }),
  }
  const after = foldJournal(state, entriesOf(plan, state, id))
  const others = (state.archives ?? []).filter(each => each.plan !== planDigest)
  return { ...after, archives: [...others, record].sort((a, b) => a.number - b.number) }
}

/** Only the last archive can be written again: what later ones did would be undone. */
function refuseAgain({ id, number }: ArchiveRecord, state: State, own: readonly ImageContent[]): void {
  const target = formatTarget(state.target)
  if (state.archives?.some(each => each.id !== id && each.number > number))
    throw new PlanError(`archive ${number} for ${target} was written before, and others after it`, {
      hint: 'what was lost with it is shipped by a new plan: with --assume none, or with a shopping list of the far side',
    })
  if (own.length === 0)
    throw new PlanError(`what the plan ships has arrived at ${target}: a receipt confirmed it`, {
      hint: 'plan again: there may be something new to ship',
    })
}

/** What the whole plan does to a state. What is only described anew is not carried again. */
function entriesOf(plan: Plan, state: State, id: Digest | undefined): readonly JournalEntry[] {
  const held = new Map(state.images.map(image => [destinationKey(image.destination), image]))
  return plan.changes.flatMap((change): readonly JournalEntry[] => {
    const { image } = change
    const before = held.get(destinationKey(image.destination))
    switch (change.action) {
      case 'add':
      case 'move':
      case 'repair':
        return [taken(plan, withoutArrival(image), id)]
      case 'adopt':
        return [taken(plan, image, before?.shippedIn)]
      case 'delete':
      case 'forget':
        return [{ did: 'remove', destination: image.destination, as: change.action }]
      case 'keep':
        return []
      default:
        return change satisfies never
    }
  })
}

/** It is brought again, by the archive that is written now. */
function withoutArrival({ arrivedIn: _, ...image }: ImageContent): ImageContent {
  return image
}

function taken(plan: Plan, { shippedIn: _, ...image }: ImageContent, id: Digest | undefined): JournalEntry {
  return {
    did: 'image',
    image: { ...image, ...(id !== undefined && { shippedIn: id }) },
    content: reachableFrom(plan, [image]),
  }
}

/** The plan counts on what earlier archives bring, and the number of its own tells the far side which is newer. */
function refuseOutdated(shipment: Shipment, state: State, name: string): void {
  const expected = shipment.earlier.map(({ id }) => id).join()
  if ((state.archives ?? []).map(({ id }) => id).join() === expected) return
  throw new PlanError(`archives were written or confirmed since the plan was made: ${name} is another now`, {
    hint: 'plan again: what the far side is expected to hold has changed',
  })
}

function alreadyDone({ changes, target }: Plan): ApplyResult {
  const results = changes.flatMap(({ action, image }) => {
    const destination = formatDestination(target, image.destination)
    return action === 'keep' ? [] : [{ destination, action, outcome: 'already' as const }]
  })
  return {
    results,
    done: 0,
    already: results.length,
    failed: 0,
    interrupted: 0,
    blobsCopied: 0,
    blobsMounted: 0,
    bytesCopied: 0,
    ms: 0,
  }
}
