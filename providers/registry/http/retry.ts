/**
 * Sends again what failed for a passing reason: exponential backoff with jitter, never sooner than the server asked
 * (`Retry-After`, RFC 9110 section 10.2.3, both forms).
 */
import { setTimeout as sleepFor } from 'node:timers/promises'
import { DigestMismatchError, PlaceError } from '../../../lib/errors.ts'
import type { Clock } from '../options.ts'
import { RegistryError } from './registry-error.ts'

export interface RetryPolicy {
  /** further attempts after the first */
  readonly retries: number
  /** milliseconds before the first retry */
  readonly delay: number
  readonly clock: Clock
  /** What others got through at the same host meanwhile, as a count; see `weightOf`. */
  readonly taken?: () => number
}

/** Longest pause between attempts that is ours to choose, milliseconds. */
const MAX_BACKOFF = 30_000
/** Numbers from here on (2001) are no lengths of time. */
const FIRST_MOMENT = 1e9
/** Longest pause a server may ask for, milliseconds; one that asks for more is told to the user instead. */
const MAX_RETRY_AFTER = 10 * 60_000

/** How often a request may be told to slow down, while others get through, for each retry it has. */
const TURNS_PER_RETRY = 20

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  random: Math.random,
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }),
}

/**
 * Runs `attempt` until it works, fails for good, or the retries are used up; throws its last error.
 *
 * @param isPassing which errors may not come again
 */
export async function retrying<T>(
  policy: RetryPolicy,
  signal: AbortSignal,
  attempt: (failures: number) => Promise<T>,
  isPassing: (error: unknown) => boolean = isRetryable,
): Promise<T> {
  let failures = 0
  let spent = 0
  for (let taken = policy.taken?.(); ; taken = policy.taken?.()) {
    signal.throwIfAborted()
    try {
      return await attempt(failures)
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error) || spent >= policy.retries) throw error
      const retryAfter = error instanceof RegistryError ? error.retryAfter : undefined
      if ((retryAfter ?? 0) > MAX_RETRY_AFTER) throw error
      await policy.clock.sleep(pauseBefore(Math.floor(spent), retryAfter, policy), signal)
      spent += weightOf(error, policy.taken?.() !== taken)
      failures++
    }
  }
}

/**
 * How much of the retries a failure uses up: all of one; but being told to slow down, while the host took requests of
 * others, is no failure of this one. It still counts a little, so that nothing goes on for ever.
 */
function weightOf(error: unknown, othersGotThrough: boolean): number {
  const isToldToWait = error instanceof PlaceError && (error.status === 429 || error.status === 503)
  return othersGotThrough && isToldToWait ? 1 / TURNS_PER_RETRY : 1
}

function isRetryable(error: unknown): boolean {
  return error instanceof PlaceError && error.retryable
}

/** Also bytes that do not match their digest: they may come from one of several caches, or be damaged on the way. */
export function isRetryableOrDamaged(error: unknown): boolean {
  return isRetryable(error) || error instanceof DigestMismatchError
}

/** Between half and all of `delay` × 2^failures, at least what the server asked for. */
export function pauseBefore(failures: number, retryAfter: number | undefined, policy: RetryPolicy): number {
  const full = Math.min(policy.delay * 2 ** failures, MAX_BACKOFF)
  return Math.max(full / 2 + (full / 2) * policy.clock.random(), retryAfter ?? 0)
}

/**
 * Milliseconds from a `Retry-After` header: seconds, or a date, which is measured against the answer's own `Date` so
 * that clocks need not agree.
 */
export function readRetryAfter(header: string | undefined, date: string | undefined): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*\d+\s*$/.test(header)) {
    const seconds = Number(header)
    if (seconds < FIRST_MOMENT) return seconds * 1000
    // Docker Hub has sent the moment itself, in seconds since 1970.
    const wait = seconds * 1000 - Date.parse(date ?? '')
    return Number.isNaN(wait) ? undefined : Math.max(0, wait)
  }
  const until = Date.parse(header) - Date.parse(date ?? '')
  return Number.isNaN(until) ? undefined : Math.max(0, until)
}
