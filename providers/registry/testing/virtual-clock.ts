/**
 * A clock for tests of pace: whoever sleeps is woken in the order of time, at once, as soon as nobody has anything else to
 * do. Hours pass in milliseconds, and the same test always takes the same course.
 */
import type { Clock } from '../options.ts'

interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}

export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  readonly #random: () => number
  readonly #sleepers: Sleeper[] = []

  /** @param random 0 ≤ x < 1; default always a half */
  constructor(random: () => number = () => 0.5) {
    this.#random = random
  }

  now(): number {
    return this.#now
  }

  random(): number {
    return this.#random()
  }

  sleep(ms: number): Promise<void> {
    return new Promise(wake => {
      this.#sleepers.push({ at: this.#now + ms, order: this.#order++, wake })
    })
  }

  /** Lets time pass until the work is done. Only for work that waits for nothing but this clock. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => {
      isDone = true
    }
    work.then(done, done)
    for (;;) {
      await new Promise(resolve => setImmediate(resolve))
      if (isDone) return work
      const next = this.#earliest()
      if (next === undefined) throw new Error('the work waits for something else than this clock')
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
  }

  #earliest(): Sleeper | undefined {
    let found = 0
    for (const [index, { at, order }] of this.#sleepers.entries()) {
      const best = this.#sleepers[found]
      if (best !== undefined && (at < best.at || (at === best.at && order < best.order))) found = index
    }
    return this.#sleepers.splice(found, 1)[0]
  }
}
