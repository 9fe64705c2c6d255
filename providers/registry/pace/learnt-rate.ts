/**
 * Finds out how many requests a second a host takes, from its answers: when it refuses many (429), what it took in the
 * last second is what it takes. Afterwards a little more is tried again and again, since limits change and are shared.
 *
 * One refusal after trying more only takes that back. Other refusals teach nothing while they are few: they come from
 * faults and from limits of single repositories. Nor does one moment: the rate never falls by more than `STEEPEST` at once.
 */
import { TokenBucket } from './token-bucket.ts'

/** Milliseconds of one slot, and slots that are looked at: one second. */
const SLOT = 100
const SLOTS = 10
/** Share of refusals from which on the rate is what is wrong. */
const MANY = 0.03
/** Answers from which on a share means something. */
const ENOUGH = 5
const STEEPEST = 0.6
/** What is asked for of what was seen to be taken: each refusal may cost a pause. */
const CAUTION = 0.95
/** What more is tried after a calm time: this share, doubled each time that it was taken. */
const GROWTH = 0.06
/** Milliseconds of that time, doubled each time that a little more was refused. */
const CALM = 1000
const MAX_CALM = 16_000
/** Requests a second that are never too many, however much is refused. */
const LEAST = 1

export class LearntRate {
  readonly #taken: number[] = Array.from({ length: SLOTS }, () => 0)
  readonly #refused: number[] = Array.from({ length: SLOTS }, () => 0)
  #slot = 0
  #busySince: number | undefined
  #bucket: TokenBucket | undefined
  #perSecond = Number.POSITIVE_INFINITY
  #changedAt = Number.NEGATIVE_INFINITY
  #growth = GROWTH
  #calm = CALM
  /** The rate before more was tried, until that proves to be too much or not. */
  #before: number | undefined

  /** Requests a second; infinite while nothing was learnt. */
  get perSecond(): number {
    return this.#perSecond
  }

  /** @returns milliseconds to wait before a request may go out */
  take(now: number): number {
    return this.#bucket?.take(1, now) ?? 0
  }

  taken(now: number): void {
    this.#move(now)
    this.#taken[this.#slot % SLOTS] = (this.#taken[this.#slot % SLOTS] ?? 0) + 1
    if (this.#bucket === undefined || now - this.#changedAt < this.#calm) return
    if (this.#before !== undefined) {
      this.#growth = Math.min(1, this.#growth * 2)
      this.#calm = CALM
    }
    this.#before = this.#perSecond
    this.#set(this.#perSecond * (1 + this.#growth), now)
  }

  refused(now: number): void {
    this.#move(now)
    this.#refused[this.#slot % SLOTS] = (this.#refused[this.#slot % SLOTS] ?? 0) + 1
    if (now - this.#changedAt < SLOT) return
    this.#growth = GROWTH
    if (this.#before !== undefined) {
      this.#calm = Math.min(MAX_CALM, this.#calm * 2)
      this.#set(this.#before, now)
      this.#before = undefined
      return
    }
    const taken = sum(this.#taken)
    const refused = sum(this.#refused)
    if (taken + refused < ENOUGH || refused < MANY * (taken + refused)) return
    const whole = SLOT * (SLOTS - 1) + (now % SLOT)
    const span = Math.max(SLOT, Math.min(whole, now - (this.#busySince ?? now)))
    const seen = (taken / span) * 1000 * CAUTION
    const known = Number.isFinite(this.#perSecond) ? this.#perSecond * STEEPEST : 0
    this.#set(Math.max(LEAST, Math.min(this.#perSecond, Math.max(seen, known))), now)
  }

  #set(perSecond: number, now: number): void {
    this.#perSecond = perSecond
    this.#changedAt = now
    if (this.#bucket === undefined) this.#bucket = new TokenBucket(perSecond, 1, now)
    else this.#bucket.setRate(perSecond, now)
  }

  #move(now: number): void {
    const slot = Math.floor(now / SLOT)
    if (this.#busySince === undefined || slot - this.#slot >= SLOTS) {
      this.#taken.fill(0)
      this.#refused.fill(0)
      this.#busySince = now
      this.#slot = slot
      return
    }
    while (this.#slot < slot) {
      this.#slot++
      this.#taken[this.#slot % SLOTS] = 0
      this.#refused[this.#slot % SLOTS] = 0
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
