/**
 * A cold copy over a slow link: once with the source at the far end, once with the target there. What counts is the
 * share of the link that carries content; time spent waiting for answers is time in which it carries nothing.
 */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { assertHolds, settleDisk } from './holds.ts'
import { type Families, type PushedImages, pushFamilies } from './images.ts'
import type { LinkShape } from './lane.ts'
import { mirrorformApply, writeImageSet } from './mirrorform.ts'
import type { ProgramRun } from './program.ts'
import { formatBytes, formatCount, seconds, times } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { skopeoSync } from './skopeo.ts'

const SIDES = [
  'skopeo sync, source far',
  'mirrorform, source far',
  'skopeo sync, target far',
  'mirrorform, target far',
] as const
type Side = (typeof SIDES)[number]

const LINK: LinkShape = { latencyMs: 30, bitsPerSecond: 50_000_000 }
const MB = 1_000_000
const FULL: Families = {
  families: 5,
  imagesEach: 4,
  baseBytes: [6 * MB, 12 * MB],
  ownLayers: 2,
  ownBytes: [1 * MB, 2 * MB],
  multiArch: false,
}
const SMALL: Families = { ...FULL, families: 1, imagesEach: 2, baseBytes: [300_000, 300_000] }
const DEFAULT_ROUNDS = 2
const PREFIX = 'mirror'
const PROMISED_SHARE = 0.9

export const slowLink: Bench = {
  description:
    'cold copy over a link of 50 Mbit/s and 30 ms, to its near and to its far end, against skopeo sync',
  run: options => withScratch(scratch => measureSlowLink(scratch, options)),
}

async function measureSlowLink(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const source = await scratch.registry()
  const pushed = await pushFamilies(source.url, small ? SMALL : FULL)
  const runs = await inTurn(SIDES, rounds, async (side, round) => {
    const target = await scratch.registry()
    const link = await scratch.link(side.endsWith('source far') ? source : target, LINK)
    const [from, to] = side.endsWith('source far') ? [link.host, target.host] : [source.host, link.host]
    settleDisk()
    const run = await copyWith(side, scratch.folder(), from, to, pushed, options)
    await assertHolds(`${target.url}/v2/${PREFIX}`, pushed.images)
    await Promise.all([link.close(), target.close()])
    say(`round ${round + 1}: ${side} ${seconds(run.ms)}`)
    return run
  })
  return reportOf(pushed, rounds, runs)
}

function copyWith(
  side: Side,
  folder: string,
  source: string,
  target: string,
  { images }: PushedImages,
  { mirrorform, flags }: BenchOptions,
): Promise<ProgramRun> {
  const to = `${target}/${PREFIX}`
  return side.startsWith('skopeo')
    ? skopeoSync(folder, source, to, images)
    : mirrorformApply(mirrorform, writeImageSet(folder, source, to, images), flags)
}

function reportOf(
  { images, blobs, bytes }: PushedImages,
  rounds: number,
  timed: ReadonlyMap<Side, readonly ProgramRun[]>,
): BenchReport {
  const least = (bytes * 8 * 1000) / LINK.bitsPerSecond
  const of = (side: Side): readonly ProgramRun[] => timed.get(side) ?? []
  const share = (side: Side): number => least / medianTime(of(side))
  const budgets = (['source', 'target'] as const).map(end => ({
    what: `share of the link that carries layers and configs, ${end} far`,
    promised: `≥ ${PROMISED_SHARE}`,
    measured: share(`mirrorform, ${end} far`).toFixed(2),
    met: share(`mirrorform, ${end} far`) >= PROMISED_SHARE,
  }))
  const ratios = (['source', 'target'] as const).map(end => {
    const ratio = medianTime(of(`skopeo sync, ${end} far`)) / medianTime(of(`mirrorform, ${end} far`))
    return {
      what: `ratio to skopeo sync, ${end} far`,
      promised: '> 1×',
      measured: times(ratio),
      met: ratio > 1,
    }
  })
  return {
    conditions: `A cold copy of ${formatCount(images.length)} images (${formatCount(blobs)} blobs of ${formatBytes(bytes)} together) over a link of ${LINK.bitsPerSecond / 1_000_000} Mbit/s with ${LINK.latencyMs} ms of latency in each direction, a round trip of ${2 * LINK.latencyMs} ms, and one more for each new connection; at that rate the blobs alone take ${seconds(least)}. ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn, plan and start of the program included.`,
    table: {
      head: ['', ...SIDES],
      rows: [...runRows(SIDES.map(of)), ['share of the link', ...SIDES.map(side => share(side).toFixed(2))]],
    },
    budgets: [...budgets, ...ratios],
    limits:
      'before the first layer can travel, tags are asked and manifests and configs are fetched, a few round trips in which the link is nearly idle, and at the end the last manifests follow their layers; the larger the copy, the less that is. The link does not model lost packets and the slow start of TCP.',
  }
}
