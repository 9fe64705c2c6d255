/**
 * Carries out a plan: sends first, in parallel; then what only concerns the state; deletes last.
 *
 * Nothing is resolved again. Every finished item goes to the journal before it counts; a failed item never does, and
 * the others go on. Deletes wait for every send to succeed, because an image may be unwanted only since another one
 * takes its place: the old content stays until the new is there.
 */
import pLimit from 'p-limit'
import { hintOf, InterruptedError, messageOf, PlanError } from '../errors.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { Change, Plan } from '../plan/plan.ts'
import type { Target } from '../provider.ts'
import type { JournalEntry, State, StateImage } from '../state.ts'
import { destinationKey, formatDestination } from '../target.ts'
import { createBlobSender } from './blob-sender.ts'
import { type ApplyContext, type ApplyOptions, throwIfStopping } from './context.ts'
import { createProjects } from './create-projects.ts'
import { createDeliveries } from './deliveries.ts'
import type { ApplyEvent, ApplyResult, ItemOutcome, ItemResult } from './events.ts'
import { createRemover, type DeleteChange } from './remove.ts'
import { scheduleChanges } from './schedule.ts'
import { sendImage } from './send.ts'
import type { SendingRoom } from './send-content.ts'
import { trySparseIndex } from './sparse-trial.ts'

export interface Execution {
  readonly plan: Plan
  /** As it was when the apply began: nothing outside of it is deleted. */
  readonly state: State
  readonly record: (entry: JournalEntry) => Promise<void>
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number
  /** When, by the same clock, the target was asked what the plan says of it; undefined for a plan from a file. */
  readonly askedAt?: number | undefined
}

/**
 * For so long what the target said while planning is taken to be true still, milliseconds. Asking again shortly before
 * content is sent would not be safer: sending it takes as long.
 */
const ANSWERS_HOLD_MS = 60_000

/** Never throws for a single item: what failed is in the result. */
export async function executePlan(execution: Execution, options: ApplyOptions): Promise<ApplyResult> {
  const { plan, state, now, askedAt } = execution
  const started = now()
  const tally = createTally(options.emit)
  const context: ApplyContext = {
    ...options,
    emit: tally.emit,
    content: plan,
    made: plan.made,
    record: execution.record,
    justAsked: () => askedAt !== undefined && now() - askedAt < ANSWERS_HOLD_MS,
  }
  const todo = plan.changes.filter(change => change.action !== 'keep')
  const schedule = scheduleChanges(todo, plan)
  const deliveries = createDeliveries(schedule)
  const room: SendingRoom = { context, blobs: createBlobSender(context, state.loose), deliveries }
  context.emit({ type: 'start', items: todo.length, bytes: plan.summary.bytesToTransfer })
  const refuseWithoutProject = await createProjects(context, plan)
  const refuseSparse = await trySparseIndex(context, schedule)

  const item = async (change: Change, work: () => Promise<'done' | 'already'>): Promise<ItemResult> => {
    const destination = formatDestination(options.target.address, change.image.destination)
    const { action } = change
    try {
      throwIfStopping(context)
      context.emit({ type: 'item-start', destination, action })
      refuseWithoutProject(change)
      refuseSparse(change)
      const outcome = await work()
      context.emit({ type: 'item-done', destination, action, already: outcome === 'already' })
      return { destination, action, outcome }
    } catch (error) {
      return failed(context, { destination, action }, error)
    } finally {
      deliveries.end(change)
    }
  }

  const sends = inOrderOf(plan, await sendAll(schedule, state, room, item), options.target)
  const held = sends.some(result => result.outcome === 'failed')
  const removals = await removeAll(todo, { context, state, plan, held }, item)
  const results = [...sends, ...removals]
  const count = (outcome: ItemOutcome) => results.filter(result => result.outcome === outcome).length
  return {
    results,
    done: count('done'),
    already: count('already'),
    failed: count('failed'),
    interrupted: count('interrupted'),
    ...tally.totals(),
    ms: now() - started,
  }
}

/** Results are read beside the plan, whatever order the work was done in. */
function inOrderOf(plan: Plan, results: readonly ItemResult[], { address }: Target): readonly ItemResult[] {
  const byDestination = new Map(results.map(result => [result.destination, result]))
  return plan.changes.flatMap(
    ({ image }) => byDestination.get(formatDestination(address, image.destination)) ?? [],
  )
}

type RunItem = (change: Change, work: () => Promise<'done' | 'already'>) => Promise<ItemResult>

/** Begins the changes in the order they are given in. */
async function sendAll(
  todo: readonly Change[],
  state: State,
  room: SendingRoom,
  item: RunItem,
): Promise<readonly ItemResult[]> {
  const limit = pLimit(room.context.parallelImages)
  const held = new Map(state.images.map(image => [destinationKey(image.destination), image]))
  const work = todo.flatMap(change => {
    const before = held.get(destinationKey(change.image.destination))
    switch (change.action) {
      case 'add':
      case 'move':
      case 'repair':
      case 'adopt':
        return [limit(() => item(change, () => sendImage(change, before, room)))]
      case 'forget':
        return [limit(() => item(change, () => forget(change, before, room.context)))]
      case 'delete':
      case 'keep':
        return []
      default:
        return change satisfies never
    }
  })
  return Promise.all(work)
}

async function forget(
  change: Change,
  before: StateImage | undefined,
  context: ApplyContext,
): Promise<'done' | 'already'> {
  if (before === undefined) return 'already'
  await context.record({ did: 'remove', destination: change.image.destination, as: 'forget' })
  return 'done'
}

interface Removing {
  readonly context: ApplyContext
  readonly state: State
  readonly plan: Plan
  /** Something could not be sent. */
  readonly held: boolean
}

async function removeAll(
  todo: readonly Change[],
  removing: Removing,
  item: RunItem,
): Promise<readonly ItemResult[]> {
  const { context } = removing
  const limit = pLimit(context.parallelImages)
  const deletes = todo.filter((change): change is DeleteChange => change.action === 'delete')
  const byRepository = Map.groupBy(deletes, change => change.image.destination.repository)
  const work = [...byRepository].map(([repository, changes]) =>
    limit(() => removeFrom(repository, changes, removing, item)),
  )
  return (await Promise.all(work)).flat()
}

async function removeFrom(
  repository: RepositoryPath,
  changes: readonly DeleteChange[],
  { context, state, plan, held }: Removing,
  item: RunItem,
): Promise<readonly ItemResult[]> {
  const remover = createRemover(context, repository, state, plan)
  const results: ItemResult[] = []
  for (const change of changes)
    results.push(await item(change, async () => (held ? holdBack() : remover.remove(change))))
  return results
}

function holdBack(): never {
  throw new PlanError('not deleted, because other items failed', {
    hint: 'deletes wait until everything else is in place; apply the plan again',
  })
}

function failed(
  { emit, signal, stopping }: ApplyContext,
  item: Pick<ItemResult, 'destination' | 'action'>,
  error: unknown,
): ItemResult {
  const interrupted = error instanceof InterruptedError || signal.aborted
  if (interrupted && (stopping.aborted || signal.aborted)) return { ...item, outcome: 'interrupted' }
  emit({ type: 'item-failed', ...item, error })
  const hint = hintOf(error)
  return { ...item, outcome: 'failed', message: messageOf(error), ...(hint !== undefined && { hint }) }
}

/** Counts what the events tell, for the result. */
function createTally(emit: (event: ApplyEvent) => void) {
  let blobsCopied = 0
  let blobsMounted = 0
  let bytesCopied = 0
  return {
    emit(event: ApplyEvent): void {
      if (event.type === 'blob' && event.how === 'copied') {
        blobsCopied += 1
        bytesCopied += event.size
      }
      if (event.type === 'blob' && event.how === 'mounted') blobsMounted += 1
      emit(event)
    },
    totals: () => ({ blobsCopied, blobsMounted, bytesCopied }),
  }
}
