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
import type { JournalEntry, LooseBlob } from '../state.ts'
import { formatDestination } from '../target.ts'
import { type BlobBoard, createBlobBoard } from './blob-board.ts'
import { type ApplyContext, type ApplyOptions, throwIfStopping } from './context.ts'
import type { ApplyEvent, ApplyResult, ItemOutcome, ItemResult } from './events.ts'
import { createRemover, type DeleteChange, type RepositoryRemover } from './remove.ts'
import { sendImage } from './send.ts'

export interface Execution {
  readonly plan: Plan
  /** Blobs that an earlier apply has sent for images it could not finish. */
  readonly loose: readonly LooseBlob[]
  readonly record: (entry: JournalEntry) => Promise<void>
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number
}

/** Never throws for a single item: what failed is in the result. */
export async function executePlan(execution: Execution, options: ApplyOptions): Promise<ApplyResult> {
  const { plan, now } = execution
  const started = now()
  const tally = createTally(options.emit)
  const context: ApplyContext = { ...options, emit: tally.emit, content: plan, record: execution.record }
  const board = createBlobBoard(context, execution.loose)
  const todo = plan.changes.filter(change => change.action !== 'keep')
  context.emit({ type: 'start', items: todo.length, bytes: plan.summary.bytesToTransfer })

  const item = async (change: Change, work: () => Promise<'done' | 'already'>): Promise<ItemResult> => {
    const destination = formatDestination(options.target.address, change.image.destination)
    const { action } = change
    try {
      throwIfStopping(context)
      context.emit({ type: 'item-start', destination, action })
      const outcome = await work()
      context.emit({ type: 'item-done', destination, action, already: outcome === 'already' })
      return { destination, action, outcome }
    } catch (error) {
      return failed(context, { destination, action }, error)
    }
  }

  const sends = await sendAll(todo, context, board, item)
  const held = sends.some(result => result.outcome === 'failed')
  const removals = await removeAll(todo, context, held, item)
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

type RunItem = (change: Change, work: () => Promise<'done' | 'already'>) => Promise<ItemResult>

async function sendAll(
  todo: readonly Change[],
  context: ApplyContext,
  board: BlobBoard,
  item: RunItem,
): Promise<readonly ItemResult[]> {
  const limit = pLimit(context.parallelImages)
  const work = todo.flatMap(change => {
    switch (change.action) {
      case 'add':
      case 'move':
      case 'repair':
      case 'adopt':
        return [limit(() => item(change, () => sendImage(change, context, board)))]
      case 'forget':
        return [limit(() => item(change, () => forget(change, context)))]
      case 'delete':
      case 'keep':
        return []
      default:
        return change satisfies never
    }
  })
  return Promise.all(work)
}

async function forget(change: Change, context: ApplyContext): Promise<'done'> {
  await context.record({ did: 'remove', destination: change.image.destination, as: 'forget' })
  return 'done'
}

async function removeAll(
  todo: readonly Change[],
  context: ApplyContext,
  held: boolean,
  item: RunItem,
): Promise<readonly ItemResult[]> {
  const limit = pLimit(context.parallelImages)
  const deletes = todo.filter((change): change is DeleteChange => change.action === 'delete')
  const byRepository = Map.groupBy(deletes, change => change.image.destination.repository)
  const work = [...byRepository].map(([repository, changes]) =>
    limit(() => removeFrom(repository, changes, context, held, item)),
  )
  return (await Promise.all(work)).flat()
}

async function removeFrom(
  repository: RepositoryPath,
  changes: readonly DeleteChange[],
  context: ApplyContext,
  held: boolean,
  item: RunItem,
): Promise<readonly ItemResult[]> {
  const remover: RepositoryRemover = createRemover(context, repository)
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
