/**
 * A host for tests of pace: refuses what comes over its limit, and a share of everything by chance; and a crowd of workers
 * that mirrors small images into it, each waiting for its own refusals. All of it in the time of a virtual clock.
 */
import { seededRandom } from '../../../testdata/seeded-random.ts'
import { RegistryError } from '../http/registry-error.ts'
import { retrying } from '../http/retry.ts'
import type { ActionClass } from '../pace/action-class.ts'
import { HostPace } from '../pace/host-pace.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface HostLimits {
  /** Requests a second at a time in milliseconds; default: no limit. */
  readonly perSecond?: (now: number) => number
  /** Counted anew in each second, or a bucket that fills all the time and holds those of one second. */
  readonly kind?: 'window' | 'bucket'
  /** Share of all requests that is refused by chance, 0 to 1. */
  readonly noise?: number
  /** Milliseconds that a request takes; a refusal takes one. */
  readonly takes?: number
  /** Whether refusals say `Retry-After: 1`. */
  readonly retryAfter?: boolean
  readonly seed?: string
}

export interface Mirrored {
  /** milliseconds */
  readonly ms: number
  readonly taken: number
  /** For the limit, and by chance. */
  readonly refused: number
  readonly chance: number
  /** Requests that failed after all retries. */
  readonly failed: number
  /** Taken in each second. */
  readonly bySecond: readonly number[]
}

const IMAGE: readonly ActionClass[] = ['read manifest', 'write blob', 'write blob', 'write manifest']

/** @param work images to mirror, and workers that do */
export async function mirrorInto(
  limits: HostLimits,
  work: { readonly images: number; readonly workers: number },
): Promise<Mirrored> {
  const random = seededRandom(limits.seed ?? 'host').next
  const clock = new VirtualClock(random)
  const signal = new AbortController().signal
  const pace = new HostPace('registry.example', { clock })
  const { noise = 0, takes = 10, retryAfter = false } = limits
  const isFree = limiter(limits)
  const seen = { taken: 0, refused: 0, chance: 0, failed: 0 }
  const bySecond: number[] = []
  const serve = async (): Promise<number> => {
    const second = Math.floor(clock.now() / 1000)
    const isUnlucky = random() < noise
    if (isUnlucky || !isFree(clock.now())) {
      seen[isUnlucky ? 'chance' : 'refused']++
      await clock.sleep(1)
      return 429
    }
    seen.taken++
    bySecond[second] = (bySecond[second] ?? 0) + 1
    await clock.sleep(takes)
    return 200
  }
  const ask = (action: ActionClass): Promise<void> =>
    retrying({ retries: 5, delay: 1000, clock, taken: () => pace.taken }, signal, async () => {
      const passage = await pace.enter(action, signal)
      try {
        const status = await serve()
        passage.answered(status, status === 429 && retryAfter ? { 'retry-after': '1' } : {})
        if (status === 429)
          throw new RegistryError({
            detail: '429',
            status,
            retryable: true,
            retryAfter: retryAfter ? 1000 : undefined,
          })
      } finally {
        passage.leave()
      }
    })
  let left = work.images
  const worker = async () => {
    while (left-- > 0)
      for (const action of IMAGE)
        await ask(action).catch(() => {
          seen.failed++
        })
  }
  await clock.run(Promise.all(Array.from({ length: work.workers }, worker)))
  return { ...seen, ms: clock.now(), bySecond }
}

function limiter({ perSecond = () => Number.POSITIVE_INFINITY, kind = 'window' }: HostLimits) {
  let second = -1
  let taken = 0
  let tokens = perSecond(0)
  let filledAt = 0
  return (now: number): boolean => {
    const limit = perSecond(now)
    if (kind === 'bucket') {
      if (Number.isFinite(limit)) tokens = Math.min(limit, tokens + ((now - filledAt) / 1000) * limit)
      filledAt = now
      if (tokens < 1) return false
      tokens--
      return true
    }
    if (second !== Math.floor(now / 1000)) taken = 0
    second = Math.floor(now / 1000)
    if (taken >= limit) return false
    taken++
    return true
  }
}
