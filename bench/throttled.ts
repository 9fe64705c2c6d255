/**
 * A cold copy into a registry that limits requests: nothing may fail, and little of what the registry allows may be
 * left unused. The peer is `skopeo sync`; whether it gets through at all is part of the result.
 */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { assertHolds, settleDisk } from './holds.ts'
import { type Families, type PushedImages, pushFamilies } from './images.ts'
import { mirrorformApply, writeImageSet } from './mirrorform.ts'
import { ProgramFailure } from './program.ts'
import { formatCount, seconds } from './quantities.ts'
import { inTurn, median } from './rounds.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { skopeoSync } from './skopeo.ts'
import type { Limits, Throttled } from './throttling-proxy.ts'

const SIDES = ['skopeo sync', 'mirrorform'] as const
type Side = (typeof SIDES)[number]

const LIMITS: Limits = { concurrent: 5, perSecond: 20 }
const TINY = {
  baseBytes: [3000, 6000],
  ownLayers: 1,
  ownBytes: [500, 2000],
  multiArch: false,
} as const
const FULL: Families = { ...TINY, families: 10, imagesEach: 10 }
const SMALL: Families = { ...TINY, families: 2, imagesEach: 3 }
const PREFIX = 'mirror'
const PROMISED_USE = 0.8

export const throttled: Bench = {
  description:
    'cold copy into a registry that allows 5 requests at once and 20 in a second, against skopeo sync',
  run: options => withScratch(scratch => measureThrottled(scratch, options)),
}

interface ThrottledRun extends Throttled {
  readonly ms: number
  /** The exit code of the program when it failed. */
  readonly failed: number | null | undefined
}

async function measureThrottled(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? 1
  const source = await scratch.registry()
  const pushed = await pushFamilies(source.url, small ? SMALL : FULL)
  const runs = await inTurn(SIDES, rounds, async (side, round): Promise<ThrottledRun> => {
    const target = await scratch.registry()
    const throttle = await scratch.throttle(target, LIMITS)
    settleDisk()
    const started = performance.now()
    const failure = await copyWith(side, scratch.folder(), source.host, throttle.host, pushed, options)
    const ms = performance.now() - started
    if (failure === undefined) await assertHolds(`${target.url}/v2/${PREFIX}`, pushed.images)
    const counted = throttle.counted()
    await Promise.all([throttle.close(), target.close()])
    say(`round ${round + 1}: ${side} ${seconds(ms)} ${failure?.message ?? ''}`)
    return { ms, failed: failure?.code, ...counted }
  })
  return reportOf(pushed, rounds, side => runs.get(side) ?? [])
}

/** @returns the failure of the program, which is a result too */
async function copyWith(
  side: Side,
  folder: string,
  source: string,
  target: string,
  { images }: PushedImages,
  { mirrorform, flags }: BenchOptions,
): Promise<ProgramFailure | undefined> {
  const to = `${target}/${PREFIX}`
  try {
    if (side === 'skopeo sync') await skopeoSync(folder, source, to, images)
    else await mirrorformApply(mirrorform, writeImageSet(folder, source, to, images), flags)
    return undefined
  } catch (error) {
    if (error instanceof ProgramFailure) return error
    throw error
  }
}

function reportOf(
  { images }: PushedImages,
  rounds: number,
  of: (side: Side) => readonly ThrottledRun[],
): BenchReport {
  const row = (what: string, cell: (runs: readonly ThrottledRun[]) => string) => [
    what,
    ...SIDES.map(side => cell(of(side))),
  ]
  const middle = (runs: readonly ThrottledRun[], what: (run: ThrottledRun) => number) =>
    median(runs.map(what))
  const ours = of('mirrorform')
  const used = middle(ours, useOf)
  const failed = ours.filter(run => run.failed !== undefined).length
  return {
    conditions: `A cold copy of ${formatCount(images.length)} images of three small layers each into a registry behind a proxy that answers 429 to more than ${LIMITS.concurrent} requests at once and to more than ${LIMITS.perSecond} in a second (a bucket that holds those of one second), with Retry-After: 1. ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn, plan and start of the program included.`,
    table: {
      head: ['', ...SIDES],
      rows: [
        row('time, median', runs => seconds(middle(runs, ({ ms }) => ms))),
        row('runs that failed', runs => formatCount(runs.filter(run => run.failed !== undefined).length)),
        row('requests let through', runs => formatCount(middle(runs, ({ passed }) => passed))),
        row('requests in a second', runs => middle(runs, rateOf).toFixed(1)),
        row('share of the limit used', runs => middle(runs, useOf).toFixed(2)),
        row('refused, too many at once', runs => formatCount(middle(runs, ({ tooMany }) => tooMany))),
        row('refused, too many in a second', runs => formatCount(middle(runs, ({ tooFast }) => tooFast))),
      ],
    },
    budgets: [
      { what: 'runs that failed', promised: '0', measured: formatCount(failed), met: failed === 0 },
      {
        what: 'share of the limit used',
        promised: `≥ ${PROMISED_USE}`,
        measured: used.toFixed(2),
        met: used >= PROMISED_USE,
      },
    ],
    limits:
      'the limit itself; the rest is the start of the program, and what of each second is lost between a refusal and the next try, which a header in whole seconds makes long.',
  }
}

function rateOf({ passed, ms }: ThrottledRun): number {
  return (passed * 1000) / ms
}

/** Of what the registry would have let through in that time, the full bucket at the start included. */
function useOf({ passed, ms }: ThrottledRun): number {
  return passed / (LIMITS.perSecond * (1 + ms / 1000))
}
