/**
 * Nothing changed: the daily run over many images that are all there already. `skopeo sync` has to ask for each of them
 * again; mirrorform plans, once comparing with the target and once trusting its state.
 */
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import type { Traffic } from './counting-proxy.ts'
import { FAR_AWAY, reach } from './far-away.ts'
import { type Families, type PushedImages, pushFamilies } from './images.ts'
import { mirrorformApply, mirrorformPlan, type Workplace, writeImageSet } from './mirrorform.ts'
import type { ProgramRun } from './program.ts'
import { formatCount, seconds, times } from './quantities.ts'
import { inTurn } from './rounds.ts'
import { medianTime, runRows } from './run-rows.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { skopeoSync } from './skopeo.ts'

const SIDES = ['skopeo sync', 'mirrorform plan', 'mirrorform plan --refresh=false'] as const
type Side = (typeof SIDES)[number]

const TINY = { baseBytes: [2000, 2000], ownLayers: 1, ownBytes: [500, 500], multiArch: false } as const
const FULL: Families = { ...TINY, families: 100, imagesEach: 10 }
const SMALL: Families = { ...TINY, families: 4, imagesEach: 5 }
const DEFAULT_ROUNDS = 3
const PREFIX = 'mirror'
const PROMISED_RATIO = 20

interface Setting {
  readonly full: Families
  /** Both registries are at the far end of a link in the timed runs. */
  readonly far: boolean
  readonly limits: string
}

export const again: Bench = againAt(
  'nothing changed since the last run: skopeo sync against mirrorform plan',
  {
    full: FULL,
    far: false,
    limits:
      'where source and target are asked, the time in which the registries answer one request for each image: both run on the same cores. With --refresh=false, reading the image set and the state; half of it is the start of the program.',
  },
)

export const farAgain: Bench = againAt('again, with source and target a round trip of 20 ms away', {
  full: FULL,
  far: true,
  limits:
    'the start of the program, and the round trips that have to follow each other: contact, the first tags with a window that still grows, and then the target after the source.',
})

function againAt(description: string, setting: Setting): Bench {
  return {
    description,
    run: options => withScratch(scratch => measureAgain(scratch, options, setting)),
  }
}

async function measureAgain(scratch: Scratch, options: BenchOptions, setting: Setting): Promise<BenchReport> {
  const { say, small } = options
  const rounds = options.rounds ?? (small ? 1 : DEFAULT_ROUNDS)
  const families = small ? SMALL : setting.full
  const [source, target] = [await scratch.registry(), await scratch.registry()]
  const pushed = await pushFamilies(source.url, families)
  await pushFamilies(target.url, families, `${PREFIX}/`)
  say(`${formatCount(pushed.images.length)} images are at the source and at the target`)

  const [from, to] = [await reach(scratch, source, setting.far), await reach(scratch, target, setting.far)]
  const direct = await settle(scratch.folder(), from.host, to.host, pushed, options)
  const timed = await inTurn(SIDES, rounds, async (side, round) => {
    const run = await direct(side)
    say(`round ${round + 1}: ${side} ${seconds(run.ms)}`)
    return run
  })

  const [sourceProxy, targetProxy] = [await scratch.proxy(source), await scratch.proxy(target)]
  const proxied = await settle(scratch.folder(), sourceProxy.host, targetProxy.host, pushed, options)
  const counted = await inTurn(SIDES, 1, async side => {
    sourceProxy.reset()
    targetProxy.reset()
    await proxied(side)
    return { source: sourceProxy.traffic(), target: targetProxy.traffic() }
  })
  return reportOf(
    pushed,
    rounds,
    setting,
    SIDES.map(side => ({
      runs: timed.get(side) ?? [],
      source: counted.get(side)?.[0]?.source ?? NONE,
      target: counted.get(side)?.[0]?.target ?? NONE,
    })),
  )
}

const NONE: Traffic = { requests: new Map(), total: 0, bytesIn: 0, bytesOut: 0 }

/** Lets mirrorform take the images into a state first, and gives what runs a side. */
async function settle(
  folder: string,
  source: string,
  target: string,
  { images }: PushedImages,
  { mirrorform, flags }: BenchOptions,
): Promise<(side: Side) => Promise<ProgramRun>> {
  const to = `${target}/${PREFIX}`
  const place: Workplace = writeImageSet(folder, source, to, images)
  await mirrorformApply(mirrorform, place, flags)
  return side => {
    switch (side) {
      case 'skopeo sync':
        return skopeoSync(folder, source, to, images)
      case 'mirrorform plan':
        return mirrorformPlan(mirrorform, place, ['--detailed-exitcode', ...flags])
      case 'mirrorform plan --refresh=false':
        return mirrorformPlan(mirrorform, place, ['--detailed-exitcode', '--refresh=false', ...flags])
      default:
        return side satisfies never
    }
  }
}

interface SideResult {
  readonly runs: readonly ProgramRun[]
  readonly source: Traffic
  readonly target: Traffic
}

function reportOf(
  { images }: PushedImages,
  rounds: number,
  { far, limits }: Setting,
  sides: readonly SideResult[],
): BenchReport {
  const [peer, refreshing, trusting] = sides
  const row = (what: string, cell: (side: SideResult) => string) => [what, ...sides.map(cell)]
  const heads = refreshing?.target.requests.get('HEAD manifest') ?? Number.NaN
  const gets = readsOf(refreshing?.target ?? NONE)
  const asked = trusting?.target.total ?? Number.NaN
  const ratioOf = (side: SideResult | undefined) =>
    medianTime(peer?.runs ?? []) / medianTime(side?.runs ?? [])
  const ratio = (what: string, side: SideResult | undefined) => ({
    what,
    promised: `≥ ${PROMISED_RATIO}×`,
    measured: times(ratioOf(side)),
    met: ratioOf(side) >= PROMISED_RATIO,
  })
  return {
    conditions: `${formatCount(images.length)} images in as many repositories, all of them unchanged at source and target${far ? `, both ${FAR_AWAY}` : ''}. The median of ${rounds} timed ${rounds === 1 ? 'run' : 'runs'} of each side in turn; requests counted in one more run of each${far ? ', without the links' : ''}.`,
    table: {
      head: ['', ...SIDES],
      rows: [
        ...runRows(sides.map(({ runs }) => runs)),
        row('requests to the source', ({ source }) => formatCount(source.total)),
        row('requests to the target', ({ target }) => formatCount(target.total)),
        row('… by kind', ({ target }) =>
          [...target.requests].map(([kind, count]) => `${kind} ${formatCount(count)}`).join(', '),
        ),
      ],
    },
    budgets: [
      ratio('ratio to skopeo sync, source and target asked', refreshing),
      ratio('ratio to skopeo sync, --refresh=false', trusting),
      {
        what: 'HEAD requests to the target for each image',
        promised: '≤ 1',
        measured: (heads / images.length).toFixed(2),
        met: heads <= images.length,
      },
      {
        what: 'GET requests to the target, without the first contact',
        promised: '0',
        measured: formatCount(gets),
        met: gets === 0,
      },
      {
        what: 'requests to the target with --refresh=false',
        promised: '0',
        measured: formatCount(asked),
        met: asked === 0,
      },
    ],
    limits,
  }
}

function readsOf({ requests }: Traffic): number {
  return [...requests]
    .filter(([kind]) => kind.startsWith('GET ') && kind !== 'GET /v2/')
    .reduce((sum, [, count]) => sum + count, 0)
}
