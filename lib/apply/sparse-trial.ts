/**
 * Finds out whether the target takes an index with missing children, by pushing the one the plan has chosen before any
 * content is sent. When it is refused, no image with such an index is begun.
 */
import { hintOf, messageOf, PlaceError } from '../errors.ts'
import type { Change } from '../plan/plan.ts'
import { canKeepAbilities } from '../provider.ts'
import { formatDestination } from '../target.ts'
import { type ApplyContext, manifestBytes, openSource } from './context.ts'

/** What a registry says when a manifest lists something that is not there. */
const CHILD_UNKNOWN: ReadonlySet<string | undefined> = new Set([
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_UNKNOWN',
  'BLOB_UNKNOWN',
])

/** Throws for the changes that cannot be carried out, does nothing for the others. */
export type SparseGate = (change: Change) => void

export async function trySparseIndex(context: ApplyContext, changes: readonly Change[]): Promise<SparseGate> {
  const chosen = changes.find(change => 'transfer' in change && change.transfer.trial !== undefined)
  if (chosen === undefined || context.stopping.aborted) return () => {}
  try {
    await pushIndex(context, chosen)
    return () => {}
  } catch (error) {
    if (error instanceof PlaceError && CHILD_UNKNOWN.has(error.code)) keepResult(context, chosen, 'no')
    const where = formatDestination(context.target.address, chosen.image.destination)
    const refusal = new PlaceError(
      `not begun, because an index with missing children was tried first, that of ${where}: ${messageOf(error)}`,
      {
        cause: error,
        hint:
          error instanceof PlaceError && !error.retryable
            ? 'plan with --platform-index rewrite to make smaller indexes, or leave out `platforms`'
            : hintOf(error),
      },
    )
    return change => {
      if ('transfer' in change && change.image.omitted.length > 0) throw refusal
    }
  }
}

/** An earlier apply may have got so far already. */
async function pushIndex(context: ApplyContext, change: Change): Promise<void> {
  const { target, signal } = context
  const { image } = change
  const place = target.repository(image.destination.repository)
  if ((await place.resolve(image.digest, signal)) !== undefined) return
  const raw = await manifestBytes(context, openSource(context, image.source), image.digest)
  await place.pushManifest(raw, image.digest, signal)
  const [left] = image.omitted
  // Where somebody else put all children there, its being taken shows nothing.
  if (left === undefined || !canKeepAbilities(target)) return
  const there = await place.resolve(left, signal).catch(() => 'unknown')
  if (there === undefined) keepResult(context, change, 'yes')
}

/** The next plan knows it then, and needs no trial. */
function keepResult({ target }: ApplyContext, { image }: Change, answer: 'yes' | 'no'): void {
  if (canKeepAbilities(target)) target.keepAbility(image.destination.repository, 'sparseIndex', answer)
}
