/**
 * A cold copy: images from one registry to another that is empty, with nothing known from before. mirrorform plans and
 * applies in one command; its peer is `skopeo sync`. What is copied, and what is promised for it, is the bench's.
 */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import type { Traffic } from './counting-proxy.ts'
import { FAR_AWAY, type Reachable, reach } from './far-away.ts'
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

export interface ColdCopy {
  readonly description: string
  readonly full: Families
  readonly small: Families
  /** What the copies that are only counted copy, where all of it would take too long. */
  readonly counted?: Families
  /** Both registries are at the far end of a link in the timed runs. */
  readonly far?: true
  /** Timed runs of each side of all of it. */
  readonly rounds: number
  /** Times as fast as the peer. */
  readonly promisedRatio: number
  readonly limits: string
}

const PREFIX = 'mirror'
const PROMISED_REQUESTS_PER_BLOB = 2.2

export function coldCopy(what: ColdCopy): Bench {
  return {
    description: what.description,
    run: options => withScratch(scratch => measureCopy(scratch, options, what)),
  }
}

async function measureCopy(scratch: Scratch, options: BenchOptions, what: ColdCopy): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : what.rounds)
  const source = await scratch.registry()
  const from = await reach(scratch, source, what.far)
  const pushed = await pushFamilies(source.url, small ? what.small : what.full)
  say(`${describe(pushed)} pushed to the source`)

  const timed = await inTurn(SIDES, rounds, async (side, round) => {
    const target = await scratch.registry()
    const to: Reachable = await reach(scratch, target, what.far)
    settleDisk()
    const run = await copyWith(side, scratch.folder(), from.host, to.host, pushed, options)
    await assertHolds(`${target.url}/v2/${PREFIX}`, pushed.images)
    await Promise.all([to.close(), target.close()])
    say(`round ${round + 1}: ${side} ${seconds(run.ms)}`)
    return run
  })

  const fewer = small ? undefined : what.counted
  const fewerAt = fewer === undefined ? source : await scratch.registry()
  const traced = fewer === undefined ? pushed : await pushFamilies(fewerAt.url, fewer)
  const counted = await inTurn(SIDES, 1, async side => {
    const target = await scratch.registry()
    const [from, to] = [await scratch.proxy(fewerAt), await scratch.proxy(target)]
    await copyWith(side, scratch.folder(), from.host, to.host, traced, options)
    const traffic: CountedCopy = { source: from.traffic(), target: to.traffic() }
    await Promise.all([from.close(), to.close(), target.close()])
    say(`counted: ${side} at the source ${kindsOf(traffic.source)}`)
    say(`counted: ${side} at the target ${kindsOf(traffic.target)}`)
    return traffic
  })
  return reportOf(pushed, traced, rounds, what, side => ({
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

function reportOf(
  pushed: PushedImages,
  traced: PushedImages,
  rounds: number,
  { far, promisedRatio, limits }: ColdCopy,
  of: (side: Side) => SideResult,
): BenchReport {
  const [peer, ours] = [of('skopeo sync'), of('mirrorform')]
  const row = (what: string, cell: (side: SideResult) => string) => [what, cell(peer), cell(ours)]
  const ratio = medianTime(peer.runs) / medianTime(ours.runs)
  const perBlob = ours.counted.target.total / traced.placements
  const reads = blobReads(ours)
  return {
    conditions: `A cold copy of ${describe(pushed)}${far ? `, both registries ${FAR_AWAY}` : ''}. Each run has an empty target and knows nothing from before; ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn, then one of each${traced === pushed ? '' : `, of ${describe(traced)},`} through proxies that count${far ? ', without the links' : ''}.`,
    table: {
      head: ['', 'skopeo sync', 'mirrorform'],
      rows: [
        ...runRows([peer.runs, ours.runs]),
        row('requests to the source', ({ counted }) => formatCount(counted.source.total)),
        row('blobs read from the source', side => formatCount(blobReads(side))),
        row('bytes read from the source', ({ counted }) => formatBytes(counted.source.bytesOut)),
        row('requests to the target', ({ counted }) => formatCount(counted.target.total)),
        row('requests to the target for each blob there', ({ counted }) =>
          (counted.target.total / traced.placements).toFixed(2),
        ),
        row('bytes sent to the target', ({ counted }) => formatBytes(counted.target.bytesIn)),
      ],
    },
    budgets: [
      {
        what: 'ratio to skopeo sync',
        promised: `≥ ${promisedRatio}×`,
        measured: times(ratio),
        met: ratio >= promisedRatio,
      },
      {
        what: 'reads of each blob',
        promised: '1',
        measured: (reads / traced.blobs).toFixed(2),
        met: reads === traced.blobs,
      },
      {
        what: 'requests to the target for each blob there, manifests included',
        promised: `≤ ${PROMISED_REQUESTS_PER_BLOB}`,
        measured: perBlob.toFixed(2),
        met: perBlob <= PROMISED_REQUESTS_PER_BLOB,
      },
    ],
    limits,
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
