/**
 * Group commit: pieces of work that arrive while a write is running are written together by the next one. A thousand
 * tags pushed side by side cost a few dozen flushes to the disk, and each caller still waits for its own.
 */

/**
 * @param write gets the pieces in the order they arrived, never twice at a time; its error goes to all of them.
 * @returns a function that takes a piece and resolves once it is written.
 */
export function inBatches<T>(write: (pieces: readonly T[]) => Promise<void>): (piece: T) => Promise<void> {
  let waiting: T[] = []
  let next: Promise<void> | undefined
  let last: Promise<void> = Promise.resolve()

  const writeWaiting = async (): Promise<void> => {
    const pieces = waiting
    waiting = []
    next = undefined
    await write(pieces)
  }

  return piece => {
    waiting.push(piece)
    if (next === undefined) {
      next = last.then(writeWaiting, writeWaiting)
      last = next
    }
    return next
  }
}
