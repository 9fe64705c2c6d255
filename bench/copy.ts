/**
 * A cold copy: many images that share layers, from one registry to another that is empty, with nothing known from
 * before. mirrorform plans and applies in one command; its peer is `skopeo sync`.
 */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import type { Traffic } from './counting-proxy.ts'
import { assertHolds, settleDisk } from './holds.ts'
import { type Families, type PushedImages, pushFamilies } from './images.ts'
import { mirrorformApply, writeImageSet } from './mirrorform.ts'
import type { ProgramRun } from './program.ts'
import { formatBytes, formatCount, seconds, times } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { skopeoSync } from './skopeo.ts'

const SIDES = ['skopeo sync', 'mirrorform'] as const
type Side = (typeof SIDES)[number]

const MB = 1_000_000
const FULL: Families = {
  families: 10,
  imagesEach: 4,
  baseBytes: [8 * MB, 20 * MB],
  ownLayers: 3,
  ownBytes: [1 * MB, 3 * MB],
  multiArch: true,
}
const SMALL: Families = {
  families: 2,
  imagesEach: 3,
  baseBytes: [20_000, 200_000],
  ownLayers: 2,
  ownBytes: [1000, 80_000],
  multiArch: true,
}
const DEFAULT_ROUNDS = 3
const PREFIX = 'mirror'

const PROMISED_RATIO = 2.5
const PROMISED_REQUESTS_PER_BLOB = 2.2

export const copy: Bench = {
  description: 'cold copy of many images that share layers, registry to registry, against skopeo sync',
  run: options => withScratch(scratch => measureCopy(scratch, options)),
}

async function measureCopy(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const source = await scratch.registry()
  const pushed = await pushFamilies(source.url, small ? SMALL : FULL)
  say(`${describe(pushed)} pushed to the source`)

  const timed = await inTurn(SIDES, rounds, async (side, round) => {
    const target = await scratch.registry()
    settleDisk()
    const run = await copyWith(side, scratch.folder(), source.host, target.host, pushed, options)
    await assertHolds(`${target.url}/v2/${PREFIX}`, pushed.images)
    await target.close()
    say(`round ${round + 1}: ${side} ${seconds(run.ms)}`)
    return run
  })

  const counted = await inTurn(SIDES, 1, async side => {
    const target = await scratch.registry()
    const [from, to] = [await scratch.proxy(source), await scratch.proxy(target)]
    await copyWith(side, scratch.folder(), from.host, to.host, pushed, options)
    const traffic: CountedCopy = { source: from.traffic(), target: to.traffic() }
    await Promise.all([from.close(), to.close(), target.close()])
    say(`counted: ${side} at the source ${kindsOf(traffic.source)}`)
    say(`counted: ${side} at the target ${kindsOf(traffic.target)}`)
    return traffic
  })
  return reportOf(pushed, rounds, side => ({
    runs: timed.get(side) ?? [],
    counted: counted.get(side)?.[0] ?? { source: NONE, target: NONE },
  }))
}

interface CountedCopy {
  readonly source: Traffic
  readonly target: Traffic
}

const NONE: Traffic = { requests: new Map(), total: 0, bytesIn: 0, bytesOut: 0 }

function copyWith(
  side: Side,
  folder: string,
  source: string,
  target: string,
  { images }: PushedImages,
  { mirrorform, flags }: BenchOptions,
): Promise<ProgramRun> {
  const to = `${target}/${PREFIX}`
  switch (side) {
    case 'skopeo sync':
      return skopeoSync(folder, source, to, images)
    case 'mirrorform':
      return mirrorformApply(mirrorform, writeImageSet(folder, source, to, images), flags)
    default:
      return side satisfies never
  }
}

interface SideResult {
  readonly runs: readonly ProgramRun[]
  readonly counted: CountedCopy
}

function reportOf(pushed: PushedImages, rounds: number, of: (side: Side) => SideResult): BenchReport {
  const [peer, ours] = [of('skopeo sync'), of('mirrorform')]
  const row = (what: string, cell: (side: SideResult) => string) => [what, cell(peer), cell(ours)]
  const ratio = medianTime(peer.runs) / medianTime(ours.runs)
  const perBlob = ours.counted.target.total / pushed.placements
  const reads = blobReads(ours)
  return {
    conditions: `A cold copy of ${describe(pushed)}. Each run has an empty target and knows nothing from before; ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn, then one of each through proxies that count.`,
    table: {
      head: ['', 'skopeo sync', 'mirrorform'],
      rows: [
        ...runRows([peer.runs, ours.runs]),
        row('requests to the source', ({ counted }) => formatCount(counted.source.total)),
        row('blobs read from the source', side => formatCount(blobReads(side))),
        row('bytes read from the source', ({ counted }) => formatBytes(counted.source.bytesOut)),
        row('requests to the target', ({ counted }) => formatCount(counted.target.total)),
        row('requests to the target for each blob there', ({ counted }) =>
          (counted.target.total / pushed.placements).toFixed(2),
        ),
        row('bytes sent to the target', ({ counted }) => formatBytes(counted.target.bytesIn)),
      ],
    },
    budgets: [
      {
        what: 'ratio to skopeo sync',
        promised: `≥ ${PROMISED_RATIO}×`,
        measured: times(ratio),
        met: ratio >= PROMISED_RATIO,
      },
      {
        what: 'reads of each blob',
        promised: '1',
        measured: (reads / pushed.blobs).toFixed(2),
        met: reads === pushed.blobs,
      },
      {
        what: 'requests to the target for each blob there, manifests included',
        promised: `≤ ${PROMISED_REQUESTS_PER_BLOB}`,
        measured: perBlob.toFixed(2),
        met: perBlob <= PROMISED_REQUESTS_PER_BLOB,
      },
    ],
  }
}

function blobReads({ counted }: SideResult): number {
  return counted.source.requests.get('GET blob') ?? 0
}

function kindsOf({ requests }: Traffic): string {
  return [...requests].map(([kind, count]) => `${kind} ${count}`).join(', ')
}

function describe({ images, manifests, blobs, placements, bytes }: PushedImages): string {
  return `${formatCount(images.length)} images (${formatCount(manifests)} manifests, ${formatCount(blobs)} blobs of ${formatBytes(bytes)} together, ${formatCount(placements)} counted once for each repository)`
}
