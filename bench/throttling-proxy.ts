/**
 * A reverse proxy before a registry that has limits, as public and hosted registries do: it answers 429 to what comes
 * above a number of requests at once or in a second, with a `Retry-After` in seconds.
 *
 * The rate is a bucket of tokens that holds those of one second, the way most rate limiters work.
 */
import { type OwnAnswer, startReverseProxy } from './reverse-proxy.ts'

export interface Limits {
  readonly concurrent: number
  readonly perSecond: number
}

export interface Throttled {
  readonly passed: number
  /** For too many at once, and for too many in a second. */
  readonly tooMany: number
  readonly tooFast: number
}

export interface ThrottlingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  counted(): Throttled
  close(): Promise<void>
}

/**
 * @param upstream the registry, `127.0.0.1:PORT`, plain HTTP
 * @param now milliseconds, from whatever beginning
 */
export async function startThrottlingProxy(
  upstream: string,
  limits: Limits,
  now: () => number = () => performance.now(),
): Promise<ThrottlingProxy> {
  const bucket = new TokenBucket(limits.perSecond, now)
  let [underway, passed, tooMany, tooFast] = [0, 0, 0, 0]
  const { host, close } = await startReverseProxy(upstream, {
    arrives() {
      if (underway >= limits.concurrent) {
        tooMany++
        return TOO_MANY_REQUESTS
      }
      if (!bucket.take()) {
        tooFast++
        return TOO_MANY_REQUESTS
      }
      underway++
      passed++
      return undefined
    },
    leaves: () => {
      underway--
    },
  })
  return { host, counted: () => ({ passed, tooMany, tooFast }), close }
}

/** RFC 6585 section 4. One second is the least that the header can say. */
const TOO_MANY_REQUESTS: OwnAnswer = {
  status: 429,
  headers: { 'retry-after': '1', 'content-length': '0' },
}

class TokenBucket {
  readonly #perSecond: number
  readonly #now: () => number
  #tokens: number
  #filledAt: number

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond
    this.#now = now
    this.#tokens = perSecond
    this.#filledAt = now()
  }

  take(): boolean {
    const at = this.#now()
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((at - this.#filledAt) / 1000) * this.#perSecond)
    this.#filledAt = at
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
