/**
 * The rows that every bench shows of its timed runs. One of them tells how busy other programs kept the machine: a run
 * that had to share its processors says little, also about a ratio.
 */
import type { ProgramRun } from './program.ts'
import { formatBytes, seconds } from './quantities.ts'
import { median } from './rounds.ts'
import type { Usage } from './usage.ts'

/** @param sides the timed runs of each side, in the order of the columns */
export function runRows(sides: readonly (readonly ProgramRun[])[]): readonly (readonly string[])[] {
  const row = (what: string, cell: (runs: readonly ProgramRun[]) => string) => [what, ...sides.map(cell)]
  return [
    row('time, median', runs => seconds(medianTime(runs))),
    row('time, each run', runs => runs.map(({ ms }) => (ms / 1000).toFixed(2)).join(' ')),
    row('processors busy with other programs, each run', runs => runs.map(disturbance).join(' ')),
    row('processor time, median', runs => seconds(median(used(runs, 'programMs')))),
    row('processor time of the registries, median', runs => seconds(median(used(runs, 'registriesMs')))),
    row('peak memory of the largest process', runs => formatBytes(peakMemory(runs))),
  ]
}

/** Milliseconds. */
export function medianTime(runs: readonly ProgramRun[]): number {
  return median(runs.map(({ ms }) => ms))
}

/** Bytes; NaN where unknown. */
export function peakMemory(runs: readonly ProgramRun[]): number {
  return Math.max(...used(runs, 'peakBytes'))
}

function used(runs: readonly ProgramRun[], what: keyof Usage): readonly number[] {
  return runs.map(({ usage }) => usage?.[what] ?? Number.NaN)
}

function disturbance({ ms, usage }: ProgramRun): string {
  return usage === undefined ? '?' : (usage.othersMs / ms).toFixed(1)
}
