/**
 * One image with one big layer: how fast bytes go through, and that memory does not grow with them. The peer is
 * `skopeo copy`.
 */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { pushBigImage } from './big-blob.ts'
import { assertHolds, settleDisk } from './holds.ts'
import type { PushedImage } from './images.ts'
import { mirrorformApply, writeImageSet } from './mirrorform.ts'
import type { ProgramRun } from './program.ts'
import { formatBytes, seconds, times } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, peakMemory, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { skopeoCopy } from './skopeo.ts'

const SIDES = ['skopeo copy', 'mirrorform'] as const
type Side = (typeof SIDES)[number]

const FULL_BYTES = 2 * 1024 ** 3
const SMALL_BYTES = 32 * 1024 ** 2
const DEFAULT_ROUNDS = 3
const PREFIX = 'mirror'
const REPOSITORY = 'big'

const PROMISED_THROUGHPUT = 0.9
const PROMISED_BYTES = 300 * 1024 ** 2

export const bigLayer: Bench = {
  description: 'one layer of 2 GiB, registry to registry, against skopeo copy: throughput and memory',
  run: options => withScratch(scratch => measureBigLayer(scratch, options)),
}

async function measureBigLayer(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const bytes = small ? SMALL_BYTES : FULL_BYTES
  const source = await scratch.registry()
  const image = await pushBigImage(source.url, REPOSITORY, bytes)
  say(`one image with a layer of ${formatBytes(bytes)} pushed to the source`)
  const timed = await inTurn(SIDES, rounds, async (side, round) => {
    const target = await scratch.registry()
    settleDisk()
    const run = await copyWith(side, scratch.folder(), source.host, target.host, image, options)
    await assertHolds(`${target.url}/v2/${PREFIX}`, [image])
    await target.close()
    say(`round ${round + 1}: ${side} ${seconds(run.ms)}`)
    return run
  })
  return reportOf(bytes, rounds, timed.get('skopeo copy') ?? [], timed.get('mirrorform') ?? [])
}

function copyWith(
  side: Side,
  folder: string,
  source: string,
  target: string,
  image: PushedImage,
  { mirrorform, flags }: BenchOptions,
): Promise<ProgramRun> {
  const to = `${target}/${PREFIX}`
  switch (side) {
    case 'skopeo copy': {
      const name = `${image.repository}:${image.tag}`
      return skopeoCopy(folder, `${source}/${name}`, `${to}/${name}`)
    }
    case 'mirrorform':
      return mirrorformApply(mirrorform, writeImageSet(folder, source, to, [image]), flags)
    default:
      return side satisfies never
  }
}

function reportOf(
  bytes: number,
  rounds: number,
  peer: readonly ProgramRun[],
  ours: readonly ProgramRun[],
): BenchReport {
  const row = (what: string, cell: (runs: readonly ProgramRun[]) => string) => [what, cell(peer), cell(ours)]
  const ratio = medianTime(peer) / medianTime(ours)
  return {
    conditions: `One image with one layer of ${formatBytes(bytes)} that does not compress, into an empty target; ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn. mirrorform plans and applies in one command.`,
    table: {
      head: ['', ...SIDES],
      rows: [
        ...runRows([peer, ours]),
        row('throughput', runs => `${formatBytes((bytes / medianTime(runs)) * 1000)}/s`),
      ],
    },
    budgets: [
      {
        what: 'throughput, as a share of that of skopeo copy',
        promised: `≥ ${PROMISED_THROUGHPUT}×`,
        measured: times(ratio),
        met: ratio >= PROMISED_THROUGHPUT,
      },
      {
        what: 'resident memory',
        promised: `< ${formatBytes(PROMISED_BYTES)}`,
        measured: formatBytes(peakMemory(ours)),
        met: peakMemory(ours) < PROMISED_BYTES,
      },
    ],
    limits:
      'the registries, which hash and store the bytes on the same cores; mirrorform hashes them once more, which is most of its own time.',
  }
}
