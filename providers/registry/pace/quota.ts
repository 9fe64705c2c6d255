/**
 * Reads what a host says of the requests that are left (`RateLimit-Remaining`), and stretches the last of them over the
 * time they have to last, so that the limit is met gently and never hit.
 *
 * Forms: Docker Hub's `ratelimit-limit: 100;w=21600` with `ratelimit-remaining: 76;w=21600` (w in seconds), and the
 * IETF draft's with `ratelimit-reset` (seconds), also with the older prefix `x-`.
 */
import { type Answer, headerOf } from '../http/wire.ts'

export interface Quota {
  readonly remaining: number
  readonly limit: number | undefined
  /** Milliseconds until there are more, as far as the host says; else of the whole window. */
  readonly lasts: number | undefined
}

/** Share of the limit below which the rest is stretched, and the same for hosts that do not say the limit. */
const LOW_SHARE = 0.1
const LOW_COUNT = 10
/** Milliseconds between two requests at most: hours are the host's to refuse, not ours to spend in silence. */
const LONGEST_GAP = 10_000

export function readQuota(headers: Answer['headers']): Quota | undefined {
  const remaining = read(headers, 'remaining')
  if (remaining === undefined) return undefined
  const limit = read(headers, 'limit')
  const reset = read(headers, 'reset')?.count
  // Some send the moment (seconds since 1970) instead of the time that is left: then the window has to do.
  const left = reset !== undefined && reset < 1e9 ? reset : (remaining.window ?? limit?.window)
  return {
    remaining: remaining.count,
    limit: limit?.count,
    lasts: left === undefined ? undefined : left * 1000,
  }
}

/** Milliseconds to leave between two requests; 0 while plenty is left. */
export function gapFor({ remaining, limit, lasts }: Quota): number {
  const low = limit === undefined ? LOW_COUNT : limit * LOW_SHARE
  if (remaining > low || lasts === undefined) return 0
  return Math.min(LONGEST_GAP, lasts / Math.max(1, remaining))
}

function read(
  headers: Answer['headers'],
  what: 'remaining' | 'limit' | 'reset',
): { readonly count: number; readonly window: number | undefined } | undefined {
  const text = headerOf({ headers }, `ratelimit-${what}`) ?? headerOf({ headers }, `x-ratelimit-${what}`)
  const [, count, window] = /^\s*(\d+)\s*(?:;.*?\bw\s*=\s*(\d+))?/.exec(text ?? '') ?? []
  if (count === undefined) return undefined
  return { count: Number(count), window: window === undefined ? undefined : Number(window) }
}
