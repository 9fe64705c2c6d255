/**
 * Counts how a host's answers came out, taken or refused: over the last second, which shows what a limit lets through,
 * and over about the last hundred answers, which is all there is to judge by where a second holds few of them.
 */

export interface Outcomes {
  readonly taken: number
  readonly refused: number
}

/** Milliseconds of one slot, slots of a second, and slots that are kept. */
export const SLOT = 100
const SECOND = 10
const KEPT = 3 * SECOND
/** Answers that the long count holds at most; older ones then weigh half. */
const LONG = 128

export class AnswerCounts {
  readonly #taken: number[] = Array.from({ length: KEPT }, () => 0)
  readonly #refused: number[] = Array.from({ length: KEPT }, () => 0)
  #slot = 0
  #busySince: number | undefined
  #long: Outcomes = { taken: 0, refused: 0 }

  /** @param now milliseconds */
  count(what: keyof Outcomes, now: number): void {
    this.#move(now)
    const slots = what === 'taken' ? this.#taken : this.#refused
    slots[this.#slot % KEPT] = (slots[this.#slot % KEPT] ?? 0) + 1
    const long = { ...this.#long, [what]: this.#long[what] + 1 }
    const half = long.taken + long.refused > LONG ? 0.5 : 1
    this.#long = { taken: long.taken * half, refused: long.refused * half }
  }

  get lastSecond(): Outcomes {
    return { taken: this.#sum(this.#taken, 0), refused: this.#sum(this.#refused, 0) }
  }

  get latest(): Outcomes {
    return this.#long
  }

  forgetLatest(): void {
    this.#long = { taken: 0, refused: 0 }
  }

  /** Requests a second that were taken in the last second; over less where work began only then. */
  takenPerSecond(now: number): number {
    const whole = SLOT * (SECOND - 1) + (now % SLOT)
    const span = Math.max(SLOT, Math.min(whole, now - (this.#busySince ?? now)))
    return (this.#sum(this.#taken, 0) / span) * 1000
  }

  /** The same, of the best of the last seconds: pauses make one of them say too little. */
  mostPerSecond(now: number): number {
    const seconds = Array.from({ length: KEPT - SECOND }, (_, back) => this.#sum(this.#taken, back + 1))
    return Math.max(this.takenPerSecond(now), ...seconds)
  }

  /** Of the second that ended so many slots ago. */
  #sum(slots: readonly number[], back: number): number {
    let total = 0
    for (let at = back; at < back + SECOND; at++) total += slots[(this.#slot + KEPT - at) % KEPT] ?? 0
    return total
  }

  #move(now: number): void {
    const slot = Math.floor(now / SLOT)
    if (this.#busySince === undefined || slot - this.#slot >= KEPT) {
      this.#taken.fill(0)
      this.#refused.fill(0)
      this.#busySince = now
      this.#slot = slot
      return
    }
    while (this.#slot < slot) {
      this.#slot++
      this.#taken[this.#slot % KEPT] = 0
      this.#refused[this.#slot % KEPT] = 0
    }
  }
}
