/**
 * Numbers as people read them: counts with thousands separators, bytes in binary units, durations.
 *
 * Independent of the machine's locale, so that the same plan reads the same everywhere.
 */
import prettyBytes from 'pretty-bytes'

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const ONE_DECIMAL = { binary: true, minimumFractionDigits: 1, maximumFractionDigits: 1 } as const

/** `1,284` */
export function formatCount(count: number): string {
  return COUNT.format(count)
}

/** `512 B`, `90.3 KiB`, `3.5 GiB`: one decimal from the first unit on, cut off, so that nothing reads as more than it is. */
export function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${Math.round(bytes)} B` : prettyBytes(bytes, ONE_DECIMAL)
}

/** `1 image`, `1,284 images`; `plural` where adding an s is not enough. */
export function countOf(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** Milliseconds as `0.4s`, `12s`, `3m 05s`, `2h 07m`: two units at most. */
export function formatDuration(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
}

function two(count: number): string {
  return String(count).padStart(2, '0')
}
