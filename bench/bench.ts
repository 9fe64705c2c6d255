/**
 * What a benchmark is: one file here that exports a `Bench`, and one line in `main.ts` that names it.
 *
 * A bench compares mirrorform with a peer in the same run on the same machine, in turn, so that only ratios have to be
 * believed. Its report is plain data: `report.ts` prints it and keeps it in RESULTS.md.
 */
import type { Mirrorform } from './mirrorform.ts'

export interface Bench {
  /** One line for `npm run bench` without a name. */
  readonly description: string
  run(options: BenchOptions): Promise<BenchReport>
}

export interface BenchOptions {
  /** A few seconds of work, to see that everything runs; its numbers mean little. */
  readonly small: boolean
  /** Timed runs of each side; each bench has a default. */
  readonly rounds: number | undefined
  readonly mirrorform: Mirrorform
  /** Flags added to every mirrorform command line, to try other settings. */
  readonly flags: readonly string[]
  /** Tells a person what is going on. */
  readonly say: (line: string) => void
}

export interface BenchReport {
  /** What was measured, and how: one paragraph. */
  readonly conditions: string
  readonly table: Table
  readonly budgets: readonly Budget[]
  /** What keeps the number from being better: one paragraph. */
  readonly limits?: string
}

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A promise of docs/architecture.md beside what was measured. */
export interface Budget {
  readonly what: string
  readonly promised: string
  readonly measured: string
  readonly met: boolean
}
