/**
 * A channel of many releases, planned: how long it takes until every component of every payload is known by digest, what
 * memory that needs, and what the source registry is asked for it. Then the same again, from what was kept.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { DockerRegistry } from '../testdata/docker-registry.ts'
import { platformText, type ReleaseSource, releaseSource } from '../testdata/release-scene.ts'
import { buildSeries, type SeriesOptions } from '../testdata/release-series.ts'
import { RELEASE_HOST, type Release, registriesConf } from '../testdata/releases.ts'
import {
  startUpdateGraphServer,
  type UpdateGraphServer,
  updateGraph,
} from '../testdata/update-graph-server.ts'
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { kindOf } from './counting-proxy.ts'
import { mirrorformPlan, type Workplace } from './mirrorform.ts'
import type { ProgramRun } from './program.ts'
import { formatBytes, formatCount } from './quantities.ts'
import { startReverseProxy } from './reverse-proxy.ts'
import { inTurn } from './rounds.ts'
import { peakMemory, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'

const SIDES = ['first plan', 'planned again'] as const

const CHANNEL = 'stable-4.16'
const FULL: SeriesOptions = { versions: versionsUpTo(30), components: 190, changed: 62 }
const SMALL: SeriesOptions = { versions: versionsUpTo(5), components: 20, changed: 5 }
const DEFAULT_ROUNDS = 3
const PROMISED_BYTES = 1_000_000_000

export const releases: Bench = {
  description: 'plan of a channel of 30 releases with 190 components each, most of them shared',
  run: options => withScratch(scratch => measureReleases(scratch, options)),
}

async function measureReleases(scratch: Scratch, options: BenchOptions): Promise<BenchReport> {
  const { say, small, mirrorform, flags } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const [registry, target] = [await scratch.registry(), await scratch.registry()]
  const source = await releaseSource(registry)
  const series = buildSeries(small ? SMALL : FULL)
  await source.push(...series)
  say(`${formatCount(series.length)} releases are at the source`)
  const ends: (() => Promise<void> | void)[] = []
  try {
    const graphs = await startUpdateGraphServer({ after: end => void ends.push(end) })
    await publish(graphs, source, series)
    const placeFor = (from: string): Workplace => workplaceOf(scratch.folder(), from, target, graphs, source)
    let place = placeFor(registry.host)
    const timed = await inTurn(SIDES, rounds, async (side, round) => {
      if (side === 'first plan') place = placeFor(registry.host)
      const run = await mirrorformPlan(mirrorform, place, flags)
      say(`round ${round + 1}: ${side} ${Math.round(run.ms)} ms`)
      return run
    })
    const reads: string[] = []
    const proxy = await startReverseProxy(registry.host, {
      arrives(method, url) {
        reads.push(`${method} ${url}`)
        return undefined
      },
    })
    ends.push(() => proxy.close())
    place = placeFor(proxy.host)
    const counted = await inTurn(SIDES, 1, async () => {
      reads.length = 0
      graphs.clearRequests()
      await mirrorformPlan(mirrorform, place, flags)
      return { reads: [...reads], documents: graphs.requests.length }
    })
    return reportOf(
      series,
      rounds,
      SIDES.map(side => ({
        runs: timed.get(side) ?? [],
        ...(counted.get(side)?.[0] ?? { reads: [], documents: 0 }),
      })),
    )
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

async function publish(
  graphs: UpdateGraphServer,
  source: ReleaseSource,
  series: readonly Release[],
): Promise<void> {
  graphs.setGraph('amd64', CHANNEL, updateGraph(series, undefined, { channels: [CHANNEL] }))
  for (const release of series)
    graphs.setSignatures(release.payload.manifest.digest, [await source.signatureOf(release)])
}

/** @param from host that registries.conf puts in place of the real one */
function workplaceOf(
  folder: string,
  from: string,
  target: DockerRegistry,
  graphs: UpdateGraphServer,
  source: ReleaseSource,
): Workplace {
  const write = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text)
    return path.join(folder, name)
  }
  write('imageset.yaml', platformText({ channels: [{ name: CHANNEL, full: true }] }))
  return {
    folder,
    to: `docker://${target.host}/mirror`,
    env: {
      CONTAINERS_REGISTRIES_CONF: write('registries.conf', registriesConf(from, [RELEASE_HOST])),
      UPDATE_URL_OVERRIDE: graphs.graphUrl,
      OCP_SIGNATURE_URL: graphs.signatureUrl,
      OCP_SIGNATURE_VERIFICATION_PK: write('release-key.asc', source.signer.armoredPublicKey),
    },
  }
}

interface SideResult {
  readonly runs: readonly ProgramRun[]
  /** `METHOD path` of each request to the source. */
  readonly reads: readonly string[]
  /** Requests for the update graph and signatures. */
  readonly documents: number
}

function reportOf(series: readonly Release[], rounds: number, sides: readonly SideResult[]): BenchReport {
  const [first, again] = sides
  const row = (what: string, cell: (side: SideResult) => string) => [what, ...sides.map(cell)]
  const references = series.reduce((sum, { components }) => sum + components.size, 0)
  const wanted = new Set(
    series.flatMap(({ payload, components }) =>
      [payload, ...components.values()].map(({ manifest }) => manifest.digest),
    ),
  )
  const asked = requestsByManifest(first?.reads ?? [])
  const most = Math.max(...[...wanted].map(digest => asked.get(digest) ?? 0))
  const memory = peakMemory(first?.runs ?? [])
  const readsOfKind = (kind: string, side: SideResult | undefined) =>
    (side?.reads ?? []).filter(read => kindOfRead(read) === kind)
  const blobs = readsOfKind('GET blob', first)
  const readAgain = readsOfKind('GET manifest', again).length + readsOfKind('GET blob', again).length
  return {
    conditions: `${formatCount(series.length)} releases with ${formatCount(references)} component references and ${formatCount(wanted.size - series.length)} different components, each signed, into an empty target. The source does not list the tags of the components, as a registry that has too many of them, so signatures of each are asked for by their tags. There is no peer here: oc-mirror is not installed. The median of ${rounds} timed ${rounds === 1 ? 'run' : 'runs'}, each first plan with nothing kept from before; requests counted in one more run.`,
    table: {
      head: ['', ...SIDES],
      rows: [
        ...runRows(sides.map(({ runs }) => runs)),
        row('requests to the source', ({ reads }) => formatCount(reads.length)),
        row('… by kind', ({ reads }) => countsByKind(reads)),
        row('requests for graphs and signatures', ({ documents }) => formatCount(documents)),
      ],
    },
    budgets: [
      {
        what: 'peak memory',
        promised: `< ${formatBytes(PROMISED_BYTES)}`,
        measured: formatBytes(memory),
        met: memory < PROMISED_BYTES,
      },
      {
        what: 'most manifest requests for one digest',
        promised: '1',
        measured: formatCount(most),
        met: most === 1,
      },
      {
        what: 'blobs read for each payload (its config and its last layer), none of them twice',
        promised: '2',
        measured: (blobs.length / series.length).toFixed(2),
        met: blobs.length === 2 * series.length && new Set(blobs).size === blobs.length,
      },
      {
        what: 'manifests and blobs read when planned again',
        promised: '0',
        measured: formatCount(readAgain),
        met: readAgain === 0,
      },
    ],
  }
}

/** HEAD and GET of manifests together, by the digest at the end of their path. */
function requestsByManifest(reads: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const read of reads) {
    const digest = /\/manifests\/([^/?]+)$/.exec(read)?.[1]
    if (digest !== undefined) counts.set(digest, (counts.get(digest) ?? 0) + 1)
  }
  return counts
}

function countsByKind(reads: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const read of reads) counts.set(kindOfRead(read), (counts.get(kindOfRead(read)) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${kind} ${formatCount(count)}`)
    .join(', ')
}

function kindOfRead(read: string): string {
  const [method = '', url = ''] = read.split(' ')
  return kindOf(method, url)
}

/** `4.16.0`, `4.16.1`, … */
function versionsUpTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, patch) => `4.16.${patch}`)
}
