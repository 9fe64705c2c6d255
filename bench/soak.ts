/**
 * The soak: 3,000 small images through two embedded registries, 5 % of whose requests fail at random, until everything
 * is there, with `verify --deep` at the end. It has no peer: what counts is that it gets there by itself, sends nothing
 * twice and holds its memory flat.
 */
import { soak as runSoak, type SoakResult, type SoakRun } from '../testdata/soak.ts'
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { formatBytes, formatCount, seconds, times } from './quantities.ts'

const FULL = 3000
const SMALL = 50
const SEED = 'soak'
const FAULT_SHARE = 0.05
const MOST_APPLIES = 12
/** An image meets so many faults that one of it may, very rarely, use up its retries. */
const PROMISED_APPLIES = 2
/** Memory at the end over memory after the warm-up. */
const MOST_GROWTH = 1.2

export const soak: Bench = {
  description: '3,000 images while 5 % of all requests fail: nothing lost, nothing sent twice, memory flat',
  run: measureSoak,
}

async function measureSoak({ small, mirrorform, say }: BenchOptions): Promise<BenchReport> {
  const ends: (() => Promise<void> | void)[] = []
  try {
    const result = await runSoak(
      { after: work => void ends.push(work) },
      {
        images: small ? SMALL : FULL,
        seed: SEED,
        faultShare: FAULT_SHARE,
        command: mirrorform.command,
        mostApplies: MOST_APPLIES,
        say,
      },
    )
    return reportOf(small ? SMALL : FULL, result)
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

function reportOf(
  images: number,
  { applies, requests, struck, sentTwice, blobsSent }: SoakResult,
): BenchReport {
  const longest = applies.toSorted((a, b) => b.ms - a.ms)[0]
  const growth = longest?.memory?.growth ?? Number.NaN
  return {
    conditions: `${formatCount(images)} images of two layers and a config, one layer shared by all, in repositories of ten tags, from one embedded registry to another. Of ${formatCount(requests)} requests ${formatCount(struck)} were struck at random (seed "${SEED}"): 500, 502, 503, 429 with both forms of Retry-After, connections closed before and within the content, truncated and damaged content, each as often as the others. The same apply was repeated until it exited 0; after that \`verify --deep\` found nothing wrong and a new plan nothing to do.`,
    table: {
      head: ['', ...applies.map((_, at) => `apply ${at + 1}`)],
      rows: [
        ['exit code', ...applies.map(({ code }) => String(code))],
        ['time', ...applies.map(({ ms }) => seconds(ms))],
        ['resident memory after the warm-up', ...applies.map(memoryOf)],
      ],
    },
    budgets: [
      {
        what: 'applies until everything was there',
        promised: `≤ ${PROMISED_APPLIES}`,
        measured: formatCount(applies.length),
        met: applies.length <= PROMISED_APPLIES,
      },
      {
        what: 'blobs that the target took over twice',
        promised: '0',
        measured: `${sentTwice.length} of ${formatCount(blobsSent)}`,
        met: sentTwice.length === 0,
      },
      {
        what: 'memory in the last quarter of the longest apply, to that in the second',
        promised: `≤ ${times(MOST_GROWTH)}`,
        measured: times(growth),
        met: growth <= MOST_GROWTH,
      },
    ],
  }
}

function memoryOf({ memory }: SoakRun): string {
  return memory === undefined ? 'not told' : `${formatBytes(memory.least)} to ${formatBytes(memory.most)}`
}
