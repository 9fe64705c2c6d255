/**
 * Reading of many bytes that changes nothing, such as proving an archive: a note every ten seconds, so that nobody takes a
 * long one for stuck. Short ones say nothing.
 */
import { formatBytes } from '../../lib/report/index.ts'
import type { ProgressMode } from './progress.ts'

export interface ReadingOptions {
  readonly mode: ProgressMode
  /** bytes */
  readonly total: number
  readonly note: (text: string) => void
  /** Milliseconds on a clock that does not run backwards. */
  readonly now?: () => number
}

/** How often, milliseconds: as `apply` writes its lines into logs. */
const EVERY_MS = 10_000

/** @returns to be told how many bytes were read since it was last told */
export function noteReading({
  mode,
  total,
  note,
  now = performance.now.bind(performance),
}: ReadingOptions): (bytes: number) => void {
  if (mode === 'none') return () => {}
  let read = 0
  let noted = now()
  return bytes => {
    read += bytes
    if (now() - noted < EVERY_MS) return
    noted = now()
    note(`${formatBytes(read)} of ${formatBytes(total)} read (${Math.floor((read / total) * 100)} %)`)
  }
}
