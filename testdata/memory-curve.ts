/**
 * How much memory a process holds while it works: its resident set, looked at a few times a second in /proc (Linux),
 * as a curve that shows whether it stays flat.
 */
import { readFileSync } from 'node:fs'

export interface MemoryCurve {
  readonly samples: number
  /** Lowest and highest after the warm-up, bytes. */
  readonly least: number
  readonly most: number
  /** Median of the last quarter over that of the second: 1 is flat. */
  readonly growth: number
}

/** Share of the samples that are warm-up: code is compiled and caches are filled. */
const WARM_UP = 0.25
const EVERY_MS = 200

/** @returns what ends looking and gives the curve; undefined where /proc does not tell */
export function watchMemory(pid: number): () => MemoryCurve | undefined {
  const samples: number[] = []
  const timer = setInterval(() => {
    const bytes = residentBytes(pid)
    if (bytes !== undefined) samples.push(bytes)
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    return curveOf(samples)
  }
}

export function curveOf(samples: readonly number[]): MemoryCurve | undefined {
  const quarter = Math.floor(samples.length * WARM_UP)
  if (quarter === 0) return undefined
  const warm = samples.slice(quarter)
  return {
    samples: samples.length,
    least: Math.min(...warm),
    most: Math.max(...warm),
    growth: median(samples.slice(-quarter)) / median(samples.slice(quarter, 2 * quarter)),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function residentBytes(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
  } catch {
    return undefined
  }
}
