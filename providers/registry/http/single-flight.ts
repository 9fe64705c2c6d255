/**
 * Work that several callers want at the same time and that is done once: tokens, first contacts, uploads of one blob.
 *
 * The work belongs to nobody: a caller that gives up stops waiting, and the rest still get the result.
 */

export class SingleFlight<V> {
  readonly #flights = new Map<string, Promise<V>>()

  /** Joins the flight of that key, or starts it. */
  run(key: string, signal: AbortSignal, work: () => Promise<V>): Promise<V> {
    let flight = this.#flights.get(key)
    if (flight === undefined) {
      flight = work().finally(() => this.#flights.delete(key))
      this.#flights.set(key, flight)
    }
    return untilAborted(flight, signal)
  }
}

/** The promise's result, or the signal's reason when that comes first. */
export function untilAborted<V>(promise: Promise<V>, signal: AbortSignal): Promise<V> {
  if (signal.aborted) {
    promise.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
