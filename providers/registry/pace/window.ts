/**
 * How many requests of one class may be under way at a host: grows while the room is used and nothing is refused, halves
 * when the host says that it is too much (additive increase, multiplicative decrease, as TCP does).
 *
 * Until the first refusal it grows by one with every request that was taken, afterwards by one for every full round.
 */

/** Requests at once before anything is known: less than the strictest hosts allow would waste the others. */
const START = 8
/**
 * Fewer than the 32 connections to one origin: where source and target are one host, blobs that are being read must leave
 * some to those that write them.
 */
const MOST = 24
/** Refusals within so many milliseconds are one sign: they answer requests that left together. */
const EPOCH = 100

export class Window {
  #limit = START
  #inUse = 0
  #wasRefused = false
  #halvedAt = Number.NEGATIVE_INFINITY
  readonly #waiting = new Set<() => void>()

  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** A promise only when there is no room: it ends when there is, in the order of asking, or with the signal's reason. */
  enter(signal: AbortSignal): Promise<void> | undefined {
    if (this.#inUse < this.limit && this.#waiting.size === 0) {
      this.#inUse++
      return undefined
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', giveUp)
        this.#waiting.delete(start)
        this.#inUse++
        resolve()
      }
      const giveUp = () => {
        this.#waiting.delete(start)
        reject(signal.reason)
      }
      this.#waiting.add(start)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** Takes room that may not be there: for work that others wait for, and that must not wait for them. */
  force(): void {
    this.#inUse++
  }

  leave(): void {
    this.#inUse--
    this.#fill()
  }

  taken(): void {
    if (this.#inUse < this.limit || this.#limit >= MOST) return
    this.#limit = Math.min(MOST, this.#limit + (this.#wasRefused ? 1 / this.#limit : 1))
    this.#fill()
  }

  /** @param now milliseconds */
  refused(now: number): void {
    this.#wasRefused = true
    if (now - this.#halvedAt < EPOCH) return
    this.#halvedAt = now
    this.#limit = Math.max(1, this.#limit / 2)
  }

  #fill(): void {
    for (const start of this.#waiting) {
      if (this.#inUse >= this.limit) return
      start()
    }
  }
}
