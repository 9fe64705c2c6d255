/**
 * What an apply tells while it runs (events) and when it ends (results), as plain data.
 *
 * The executor emits them and knows nothing of who listens; progress displays, logs and reports read them and know
 * nothing of how the work is done. Sizes are bytes, durations milliseconds, destinations as `formatDestination` writes.
 */
import type { Digest } from '../oci/digest.ts'
import type { Action } from '../plan/plan.ts'

export type ApplyEvent =
  /** `items`: changes to carry out; `bytes`: what the plan expects to copy. Always the first event. */
  | { readonly type: 'start'; readonly items: number; readonly bytes: number }
  | { readonly type: 'item-start'; readonly destination: string; readonly action: Action }
  /** Bytes that were sent to the target since the last such event. */
  | { readonly type: 'bytes'; readonly count: number }
  | { readonly type: 'blob'; readonly digest: Digest; readonly size: number; readonly how: BlobOutcome }
  /** `already`: nothing had to be done any more. */
  | {
      readonly type: 'item-done'
      readonly destination: string
      readonly action: Action
      readonly already: boolean
    }
  | {
      readonly type: 'item-failed'
      readonly destination: string
      readonly action: Action
      readonly error: unknown
    }
  /** Bytes of a failed try that will be sent again: the work grows, what was sent stays sent. */
  | { readonly type: 'retract'; readonly count: number }

/** How a blob came to be in its repository. */
export type BlobOutcome = 'copied' | 'mounted' | 'present'

export type ItemOutcome = 'done' | 'already' | 'failed' | 'interrupted'

export interface ItemResult {
  readonly destination: string
  readonly action: Action
  readonly outcome: ItemOutcome
  /** What went wrong, for an item that failed or was interrupted. */
  readonly message?: string
  readonly hint?: string
}

export interface ApplyResult {
  readonly results: readonly ItemResult[]
  readonly done: number
  readonly already: number
  readonly failed: number
  readonly interrupted: number
  readonly blobsCopied: number
  readonly blobsMounted: number
  readonly bytesCopied: number
  readonly ms: number
}
