/** How fast bytes flow, over the last seconds, and how long the rest will take at that speed. */

/** Long enough to smooth bursts, short enough to notice a stall. Milliseconds. */
const WINDOW_MS = 15_000
/** A speed measured over less says nothing yet. */
const LEAST_MS = 1_000

interface Sample {
  readonly at: number
  readonly bytes: number
}

export class Speedometer {
  readonly #samples: Sample[] = []

  /** @param at milliseconds on any clock that does not run backwards; `bytes`: all bytes so far. */
  record(at: number, bytes: number): void {
    this.#samples.push({ at, bytes })
    while ((this.#samples[1]?.at ?? at) <= at - WINDOW_MS) this.#samples.shift()
  }

  /** Bytes per second; undefined until it can be told. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return undefined
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
  }

  /** Milliseconds until `bytes` more have flowed; undefined when nothing flows or nothing is left. */
  timeFor(bytes: number): number | undefined {
    const speed = this.bytesPerSecond
    return speed === undefined || speed <= 0 || bytes <= 0 ? undefined : (bytes * 1000) / speed
  }
}
