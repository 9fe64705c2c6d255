/** How long it takes until a program that has nothing to do is done: what every command pays before its work. */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { type ProgramRun, runProgram } from './program.ts'
import { seconds } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'

const SIDES = ['skopeo --version', 'mirrorform --version'] as const
type Side = (typeof SIDES)[number]

const DEFAULT_ROUNDS = 5
const PROMISED_MS = 300

export const start: Bench = {
  description: 'skopeo --version against mirrorform --version',
  run: options => withScratch(scratch => measureStart(scratch, options)),
}

async function measureStart(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const rounds = options.rounds ?? (options.small ? 1 : DEFAULT_ROUNDS)
  const runs = await inTurn(SIDES, rounds, side => startOf(side, scratch.folder(), options))
  const of = (side: Side): readonly ProgramRun[] => runs.get(side) ?? []
  const ms = medianTime(of('mirrorform --version'))
  return {
    conditions: `Each program starts, tells its version and ends; the median of ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn.`,
    table: { head: ['', ...SIDES], rows: runRows(SIDES.map(of)) },
    budgets: [
      {
        what: 'start-up of mirrorform --version',
        promised: `< ${seconds(PROMISED_MS)}`,
        measured: seconds(ms),
        met: ms < PROMISED_MS,
      },
    ],
    limits: 'Node itself, and reading the command line.',
  }
}

function startOf(side: Side, folder: string, { mirrorform }: BenchOptions): Promise<ProgramRun> {
  const [program, ...first] = mirrorform.command
  return side === 'skopeo --version'
    ? runProgram('skopeo', ['--version'], { cwd: folder })
    : runProgram(program, [...first, '--version'], { cwd: folder })
}
