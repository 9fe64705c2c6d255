/**
 * Several failures -> one error, so that a person sees at once everything that keeps releases out of a plan: each message
 * on a line of its own, each hint once.
 */
import { hintOf, messageOf, PlanError } from '../../errors.ts'

export function joinFailures(failures: readonly unknown[]): PlanError {
  const [first] = failures
  if (failures.length === 1 && first instanceof PlanError) return first
  const lines = new Set(failures.flatMap(failure => messageOf(failure).split('\n')))
  const hints = new Set(failures.flatMap(failure => hintOf(failure)?.split('\n') ?? []))
  return new PlanError([...lines].join('\n'), {
    cause: first,
    hint: hints.size > 0 ? [...hints].join('\n') : undefined,
  })
}

/**
 * Every value, or one error with all failures. An interruption is handed on as it is.
 *
 * @throws PlanError
 */
export async function settleAll<T>(work: readonly Promise<T>[], signal: AbortSignal): Promise<readonly T[]> {
  const settled = await Promise.allSettled(work)
  signal.throwIfAborted()
  const failures = settled.flatMap(each => (each.status === 'rejected' ? [each.reason] : []))
  if (failures.length > 0) throw joinFailures(failures)
  return settled.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
}
