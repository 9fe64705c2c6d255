/**
 * The rows that every bench shows of its timed runs. One of them tells how busy other programs kept the machine: a run
 * that had to share its processors says little, also about a ratio.
 */
import { availableParallelism } from 'node:os'
import type { ProgramRun } from './program.ts'
import { formatBytes, seconds, times, UNKNOWN } from './quantities.ts'
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
    row('… both, shared by all cores: the least possible time', runs => seconds(leastTime(runs))),
    row('ratio to the first column, were the program itself free', runs =>
      runs === sides[0] ? '' : reachable(sides[0] ?? [], runs),
    ),
    row('peak memory of the largest process', runs => {
      const bytes = peakMemory(runs)
      return Number.isFinite(bytes) ? formatBytes(bytes) : UNKNOWN
    }),
  ]
}

/** What the work of program and registries takes at least on this machine, milliseconds: nothing waits for anything. */
function leastTime(runs: readonly ProgramRun[]): number {
  return (median(used(runs, 'programMs')) + median(used(runs, 'registriesMs'))) / availableParallelism()
}

/** What the registries take for the requests of a run, on all cores at once, is what no program can do without. */
function reachable(peer: readonly ProgramRun[], runs: readonly ProgramRun[]): string {
  const least = median(used(runs, 'registriesMs')) / availableParallelism()
  return least >= 50 ? `at most ${times(medianTime(peer) / least)}` : UNKNOWN
}

/** Milliseconds. */
export function medianTime(runs: readonly ProgramRun[]): number {
  return median(runs.map(({ ms }) => ms))
}

/** Bytes; -Infinity where unknown. */
export function peakMemory(runs: readonly ProgramRun[]): number {
  return Math.max(...used(runs, 'peakBytes'))
}

function used(runs: readonly ProgramRun[], what: keyof Usage): readonly number[] {
  return runs.flatMap(({ usage }) => usage?.[what] ?? [])
}

function disturbance({ ms, usage }: ProgramRun): string {
  return usage === undefined ? UNKNOWN : (usage.othersMs / ms).toFixed(1)
}
