/**
 * Across a gap: a hundred images from a registry into an archive, and from the archive into an empty registry, each beside
 * `skopeo sync` to and from a `dir:` folder. And what the next archive weighs when one image changed above its base.
 */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { buildImage, bytesFromSeed } from '../testdata/images.ts'
import { pushToServer } from '../testdata/push.ts'
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { assertHolds, settleDisk } from './holds.ts'
import { type Families, type PushedImages, pushFamilies } from './images.ts'
import { type Workplace, writeImageSet } from './mirrorform.ts'
import { type ProgramRun, runProgram } from './program.ts'
import { formatBytes, formatCount, seconds, times } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, peakMemory, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { skopeoFromFolder, skopeoToFolder } from './skopeo.ts'

const SIDES = ['skopeo sync', 'mirrorform'] as const
type Side = (typeof SIDES)[number]

const MB = 1_000_000
const FULL: Families = {
  families: 20,
  imagesEach: 5,
  baseBytes: [4 * MB, 10 * MB],
  ownLayers: 3,
  ownBytes: [MB / 2, 1.5 * MB],
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
const PROMISED_RATIO = 1.5
const PROMISED_MEMORY = 300 * MB
/** Of what is carried. */
const PROMISED_EXTRA = 0.01
const PROMISED_OVERHEAD = MB
const CHANGED_LAYER = 50_000
const PLAIN = ['--src-tls-verify=false', '--dest-tls-verify=false', '--progress', 'none']

export const archive: Bench = {
  description: 'registry to archive and archive to registry, against skopeo sync to and from dir:',
  run: options => withScratch(scratch => measure(scratch, options)),
}

interface Written {
  readonly run: ProgramRun
  readonly back: ProgramRun
  /** Bytes on the disc, and blobs read from the source. */
  readonly bytes: number
  readonly reads: number
}

async function measure(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const source = await scratch.registry()
  const pushed = await pushFamilies(source.url, small ? SMALL : FULL)
  say(`${formatCount(pushed.images.length)} images of ${formatBytes(pushed.bytes)} pushed to the source`)
  const runs = await inTurn(SIDES, rounds, async (side, round): Promise<Written> => {
    const target = await scratch.registry()
    const proxy = await scratch.proxy(source)
    const [folder, disc] = [scratch.folder(), scratch.folder()]
    const to = `${target.host}/${PREFIX}`
    settleDisk()
    const run = await write(side, folder, disc, { from: proxy.host, to, pushed }, options)
    const reads = proxy.traffic().requests.get('GET blob') ?? 0
    const bytes = bytesIn(disc)
    await proxy.close()
    settleDisk()
    const back = await read(side, scratch.folder(), disc, to, options)
    await assertHolds(`${target.url}/v2/${PREFIX}`, pushed.images)
    await target.close()
    say(`round ${round + 1}: ${side} ${seconds(run.ms)} to disc, ${seconds(back.ms)} from it`)
    return { run, back, bytes, reads }
  })
  const next = await weighNext(scratch, source.host, source.url, pushed, options)
  say(`one changed layer of ${formatBytes(CHANGED_LAYER)}: an archive of ${formatBytes(next)}`)
  return reportOf(pushed, rounds, side => runs.get(side) ?? [], next)
}

interface Ends {
  readonly from: string
  readonly to: string
  readonly pushed: PushedImages
}

function write(
  side: Side,
  folder: string,
  disc: string,
  { from, to, pushed }: Ends,
  options: BenchOptions,
): Promise<ProgramRun> {
  if (side === 'skopeo sync') return skopeoToFolder(folder, from, disc, pushed.images)
  return ship(writeImageSet(folder, from, to, pushed.images), disc, options)
}

function read(
  side: Side,
  folder: string,
  disc: string,
  to: string,
  options: BenchOptions,
): Promise<ProgramRun> {
  if (side === 'skopeo sync') return skopeoFromFolder(folder, disc, to)
  return run(options, folder, ['apply', '--from', `file://${disc}`, '--to', `docker://${to}`])
}

function ship({ folder, to }: Workplace, disc: string, options: BenchOptions): Promise<ProgramRun> {
  return run(options, folder, ['apply', '-c', 'imageset.yaml', '--to', `file://${disc}`, '--for', to])
}

function run({ mirrorform, flags }: BenchOptions, cwd: string, args: readonly string[]): Promise<ProgramRun> {
  const [program, ...first] = mirrorform.command
  const more = ['--state', 'state.json', '--cache-dir', 'cache', '--yes', ...PLAIN, ...flags]
  return runProgram(program, [...first, ...args, ...more], { cwd })
}

/** Bytes of the archive that follows when one image got another layer above the same base. */
async function weighNext(
  scratch: Scratch,
  host: string,
  url: string,
  { images }: PushedImages,
  options: BenchOptions,
): Promise<number> {
  const base = [bytesFromSeed('base of the one that changes', MB)]
  const one = { repository: 'changing', tag: 'v1' }
  const digest = await pushToServer(url, one.repository, one.tag, buildImage({ layers: base }))
  const place = writeImageSet(scratch.folder(), host, `far.example/${PREFIX}`, [
    ...images,
    { ...one, digest },
  ])
  await ship(place, scratch.folder(), options)
  const changed = buildImage({ layers: [...base, bytesFromSeed('changed', CHANGED_LAYER)] })
  await pushToServer(url, one.repository, one.tag, changed)
  const disc = scratch.folder()
  await ship(place, disc, options)
  return bytesIn(disc)
}

function bytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.reduce((sum, name) => {
    const found = statSync(path.join(folder, name))
    return sum + (found.isFile() ? found.size : 0)
  }, 0)
}

function reportOf(
  pushed: PushedImages,
  rounds: number,
  of: (side: Side) => readonly Written[],
  next: number,
): BenchReport {
  const [peer, ours] = [of('skopeo sync'), of('mirrorform')]
  const to = (side: readonly Written[]) => side.map(({ run }) => run)
  const back = (side: readonly Written[]) => side.map(({ back: each }) => each)
  const ratios = [to, back].map(way => medianTime(way(peer)) / medianTime(way(ours)))
  const memory = Math.max(peakMemory(to(ours)), peakMemory(back(ours)))
  const extra = (ours[0]?.bytes ?? Number.NaN) / pushed.bytes - 1
  const reads = (ours[0]?.reads ?? Number.NaN) / pushed.blobs
  const overhead = next - CHANGED_LAYER
  const rows = (way: typeof to, name: string) =>
    runRows([way(peer), way(ours)]).map(([what = '', ...cells]) => [`${name}: ${what}`, ...cells])
  return {
    conditions: `${formatCount(pushed.images.length)} images (${formatCount(pushed.blobs)} blobs of ${formatBytes(pushed.bytes)} together) from a registry to a folder, and from the folder to an empty registry; ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn. skopeo's folder is a dir: for each image, mirrorform's an archive of one volume.`,
    table: {
      head: ['', ...SIDES],
      rows: [
        ...rows(to, 'to the disc'),
        ...rows(back, 'from the disc'),
        ['bytes on the disc', ...[peer, ours].map(side => formatBytes(side[0]?.bytes ?? 0))],
        ['blobs read from the source', ...[peer, ours].map(side => formatCount(side[0]?.reads ?? 0))],
      ],
    },
    budgets: [
      ...['registry to archive', 'archive to registry'].map((what, at) => ({
        what: `ratio to skopeo sync, ${what}`,
        promised: `≥ ${PROMISED_RATIO}×`,
        measured: times(ratios[at] ?? Number.NaN),
        met: (ratios[at] ?? 0) >= PROMISED_RATIO,
      })),
      { what: 'reads of each blob', promised: '1', measured: reads.toFixed(2), met: reads === 1 },
      {
        what: 'disc space beyond the blobs',
        promised: `< ${PROMISED_EXTRA * 100} %`,
        measured: `${(extra * 100).toFixed(2)} %`,
        met: extra < PROMISED_EXTRA,
      },
      {
        what: 'peak memory',
        promised: `< ${formatBytes(PROMISED_MEMORY)}`,
        measured: formatBytes(memory),
        met: memory < PROMISED_MEMORY,
      },
      {
        what: 'archive for one changed image, beyond its changed layer',
        promised: `≤ ${formatBytes(PROMISED_OVERHEAD)}`,
        measured: formatBytes(overhead),
        met: overhead <= PROMISED_OVERHEAD,
      },
    ],
    limits:
      'to the disc, how fast the source sends and one core hashes; from the disc, how fast the target takes blobs in.',
  }
}
