/**
 * A limit of so many units (requests, bytes) a second, kept exactly in the long run: who asks for more than there is
 * goes into debt and is told how long to wait, so that one large piece needs no more than one wait.
 */

export class TokenBucket {
  #perSecond: number
  readonly #burst: number
  #level: number
  #at: number

  /**
   * @param perSecond units
   * @param burst units that may be taken at once after a rest
   * @param now milliseconds
   */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#level = burst
    this.#at = now
  }

  /** Another rate from now on; debts stay, in units. */
  setRate(perSecond: number, now: number): void {
    this.#refill(now)
    this.#perSecond = perSecond
  }

  /** Takes `units`. @returns milliseconds to wait before using them */
  take(units: number, now: number): number {
    this.#refill(now)
    this.#level -= units
    return this.#level >= 0 ? 0 : (-this.#level / this.#perSecond) * 1000
  }

  /** What was taken and not used. */
  giveBack(units: number, now: number): void {
    this.#refill(now)
    this.#level = Math.min(this.#burst, this.#level + units)
  }

  #refill(now: number): void {
    const gained = (Math.max(0, now - this.#at) / 1000) * this.#perSecond
    this.#level = Math.min(this.#burst, this.#level + gained)
    this.#at = now
  }
}
