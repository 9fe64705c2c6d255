/**
 * Where nothing tells whether the target takes an index with missing children, it is tried before any blob moves: one
 * such index is pushed by its digest first, so that a refusal costs nothing. Pure.
 */
import { formatDestination, type TargetAddress } from '../target.ts'
import type { Change } from './plan.ts'

export interface Tried {
  readonly changes: readonly Change[]
  readonly notes: readonly string[]
}

/** Marks the first change that pushes an index some of whose children are left out. */
export function trySparseIndex(target: TargetAddress, changes: readonly Change[]): Tried {
  const at = changes.findIndex(
    change =>
      'transfer' in change &&
      change.image.omitted.length > 0 &&
      change.transfer.manifests.some(({ digest }) => digest === change.image.digest),
  )
  const chosen = changes[at]
  if (chosen === undefined || !('transfer' in chosen)) return { changes, notes: [] }
  const tried: Change = { ...chosen, transfer: { ...chosen.transfer, trial: chosen.image.digest } }
  const where = formatDestination(target, chosen.image.destination)
  return {
    changes: changes.with(at, tried),
    notes: [
      `whether the target takes an index with missing children is not known: apply tries it with that of ${where} before it sends anything`,
    ],
  }
}
