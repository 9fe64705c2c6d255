/**
 * Chance that can be repeated: a stream of numbers that is decided by its seed, for tests whose faults strike at random
 * moments and which still fail, or pass, the same way the next time.
 */
import { bytesFromSeed } from './bytes.ts'

export interface SeededRandom {
  /** 0 ≤ x < 1 */
  next(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
}

/** How many numbers are made at once. */
const BATCH = 1024
const BYTES_EACH = 4

export function seededRandom(seed: string): SeededRandom {
  let batch: Buffer = Buffer.alloc(0)
  let drawn = 0
  const next = (): number => {
    const at = (drawn % BATCH) * BYTES_EACH
    if (at === 0) batch = bytesFromSeed(`${seed} ${drawn}`, BATCH * BYTES_EACH)
    drawn++
    return batch.readUInt32LE(at) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    next,
    between: (least, most) => least + below(most - least + 1),
    pick: choices => choices[below(choices.length)] ?? choices[0],
  }
}
