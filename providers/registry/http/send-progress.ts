/**
 * Watches a body on its way out: when the other side stops taking it, the request is ended, instead of after the long time
 * that a server may take to answer once it has everything. Waiting for the next piece of the source is not watched here:
 * sources have limits of their own. A connection asks for the next piece when it has written out what it holds.
 */

/** How a body looks that nobody takes any more; its code is read in `connection-fault.ts`. */
class StalledError extends Error {
  readonly code = 'UPLOAD_STALLED'

  constructor(ms: number) {
    super(`it took nothing for ${Math.round(ms / 1000)} s`)
  }
}

export interface Watched {
  readonly body: AsyncIterable<Uint8Array>
  /** Aborted when the body stalls, and with the signal given. */
  readonly signal: AbortSignal
  /** Once the answer has come, or no answer will. */
  end(): void
}

/** @param limit milliseconds without progress */
export function watchProgress(body: AsyncIterable<Uint8Array>, limit: number, outer: AbortSignal): Watched {
  const stop = new AbortController()
  const giveUp = () => stop.abort(outer.reason)
  if (outer.aborted) giveUp()
  outer.addEventListener('abort', giveUp, { once: true })
  let isWithReceiver = false
  let isOver = false
  const timer = setTimeout(() => {
    if (isWithReceiver) stop.abort(new StalledError(limit))
  }, limit)
  const inner = body[Symbol.asyncIterator]()
  const taken = (piece: IteratorResult<Uint8Array>) => {
    isWithReceiver = piece.done !== true && !isOver
    if (isWithReceiver) timer.refresh()
    return piece
  }
  return {
    body: {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          isWithReceiver = false
          return inner.next().then(taken)
        },
        return: async () => (await inner.return?.()) ?? { done: true, value: undefined },
      }),
    },
    signal: stop.signal,
    end: () => {
      isOver = true
      clearTimeout(timer)
      outer.removeEventListener('abort', giveUp)
    },
  }
}
