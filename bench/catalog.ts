/**
 * A large operator catalog: how long it takes, and what memory, until every image that its bundles need is known, and how
 * long the second time, from what was kept. Beside it `opm render`, where opm is installed, which does the first half.
 */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { type CatalogSize, type WrittenCatalog, writeCatalog } from './catalog-content.ts'
import { type ProgramRun, runProgram } from './program.ts'
import { formatBytes, formatCount, seconds } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, peakMemory, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'

const FULL: CatalogSize = { packages: 300, channels: 5, bundles: 60, relatedImages: 8 }
const SMALL: CatalogSize = { packages: 5, channels: 2, bundles: 5, relatedImages: 2 }
const DEFAULT_ROUNDS = 3

const PROMISED_MS = 10_000
const PROMISED_AGAIN_MS = 2000
const PROMISED_BYTES = 1_000_000_000

const NODE = path.join(import.meta.dirname, '../node_modules/.bin/node')
const READING = path.join(import.meta.dirname, 'catalog-reading.ts')

export const catalog: Bench = {
  description: 'read, filter and list the images of a catalog of 300 packages with 60 bundles each',
  run: options => withScratch(scratch => measureCatalog(scratch, options)),
}

type Side = 'first reading' | 'read again' | 'opm render'

async function measureCatalog(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const size = small ? SMALL : FULL
  const [layout, configs] = [scratch.folder(), scratch.folder()]
  const written = writeCatalog(layout, configs, size)
  say(`a catalog of ${formatBytes(written.bytes)} is written`)
  const hasOpm = isInstalled('opm')
  if (!hasOpm) say('opm is not installed: nothing to compare with')
  const sides: readonly Side[] = ['first reading', 'read again', ...(hasOpm ? (['opm render'] as const) : [])]
  let cache = scratch.folder()
  const runs = await inTurn(sides, rounds, async (side, round) => {
    if (side === 'first reading') cache = scratch.folder()
    const run =
      side === 'opm render'
        ? await runProgram('opm', ['render', configs], { cwd: layout })
        : await read(layout, cache, written, size)
    say(`round ${round + 1}: ${side} ${Math.round(run.ms)} ms`)
    return run
  })
  return reportOf(written, size, rounds, new Map(sides.map(side => [side, runs.get(side) ?? []])))
}

/** @throws Error when it did not find every image */
async function read(
  layout: string,
  cache: string,
  { digest }: WrittenCatalog,
  { packages, bundles, relatedImages }: CatalogSize,
): Promise<ProgramRun> {
  const args = ['--import', import.meta.resolve('tsx'), READING, layout, cache, digest]
  const run = await runProgram(NODE, args, { cwd: layout })
  const expected = packages * bundles * (relatedImages + 1)
  const { images } = JSON.parse(run.stdout) as { images: number }
  if (images !== expected) throw new Error(`${images} images were found, not ${expected}`)
  return run
}

function reportOf(
  { bytes }: WrittenCatalog,
  size: CatalogSize,
  rounds: number,
  runs: ReadonlyMap<Side, readonly ProgramRun[]>,
): BenchReport {
  const of = (side: Side) => runs.get(side) ?? []
  const [first, again] = [medianTime(of('first reading')), medianTime(of('read again'))]
  const memory = peakMemory(of('first reading'))
  const images = size.packages * size.bundles * (size.relatedImages + 1)
  const opm = runs.has('opm render') ? '' : ' opm is not installed here, so there is nothing to compare with.'
  return {
    conditions:
      `A catalog of ${formatCount(size.packages)} packages, ${size.channels} channels and ${size.bundles} bundles each, ` +
      `${formatBytes(bytes)} of JSON in one gzip layer of an OCI layout: read, every package kept by name and in full, ` +
      `${formatCount(images)} images listed; the median of ${rounds} ${rounds === 1 ? 'run' : 'runs'} of each in turn, ` +
      `run from TypeScript, Node's start included.${opm}`,
    table: { head: ['', ...runs.keys()], rows: runRows([...runs.values()]) },
    budgets: [
      {
        what: 'first reading',
        promised: `< ${seconds(PROMISED_MS)}`,
        measured: seconds(first),
        met: first < PROMISED_MS,
      },
      {
        what: 'read again, from the cache',
        promised: `< ${seconds(PROMISED_AGAIN_MS)}`,
        measured: seconds(again),
        met: again < PROMISED_AGAIN_MS,
      },
      {
        what: 'peak memory of the first reading',
        promised: `< ${formatBytes(PROMISED_BYTES)}`,
        measured: formatBytes(memory),
        met: memory < PROMISED_BYTES,
      },
    ],
    limits:
      'Unpacking the layer and JSON.parse; the second time, the digest and the parsing of what was kept.',
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
