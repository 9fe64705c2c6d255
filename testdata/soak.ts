/**
 * The soak: many small images from one embedded registry to another while a share of all requests fails at random,
 * applied with the same command until it is done, then verified byte by byte. A test runs it small, a bench large.
 *
 * Images share one base layer, and ten of them each repository, so that blobs are mounted and tags are many.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pLimit from 'p-limit'
import type { RecordedRequest } from '../providers/embedded/index.ts'
import { imageSetText } from './image-set-text.ts'
import { buildImage, bytesFromSeed } from './images.ts'
import { type MemoryCurve, watchMemory } from './memory-curve.ts'
import { pushToServer } from './push.ts'
import { randomFaults } from './random-faults.ts'
import { cleanEnvironment } from './run-cli.ts'
import { type TestEnd, temporaryFolder } from './temp.ts'
import { startTestRegistry } from './test-registry.ts'

export interface SoakOptions {
  readonly images: number
  readonly seed: string
  /** Of all requests to either registry, 0 to 1. */
  readonly faultShare: number
  /** What runs mirrorform, before its arguments. */
  readonly command: readonly [string, ...string[]]
  /** An apply that does not get there in so many runs has not converged. */
  readonly mostApplies: number
  readonly say: (line: string) => void
}

export interface SoakResult {
  /** Runs of `apply`, the last of which exited 0. */
  readonly applies: readonly SoakRun[]
  /** To both registries, and how many of them were struck. */
  readonly requests: number
  readonly struck: number
  /** Blobs that the target took over more than once. */
  readonly sentTwice: readonly string[]
  readonly blobsSent: number
}

export interface SoakRun {
  /** Exit code; null after a signal. */
  readonly code: number | null
  readonly ms: number
  readonly memory: MemoryCurve | undefined
  readonly output: string
}

const PUSHERS = 8
const TAGS_EACH = 10
const BASE = bytesFromSeed('soak base', 4000)
const CONVERGED = new Set([0])
/** Some images failed, or the plan could not be made: the same command again is all it should take. */
const TRY_AGAIN = new Set([1, 4])

/** @throws Error when it does not converge, or when what arrived is not what was sent */
export async function soak(t: TestEnd, options: SoakOptions): Promise<SoakResult> {
  const { images, seed, faultShare, mostApplies, say } = options
  const [sourceFaults, targetFaults] = [
    randomFaults(`${seed} source`, faultShare),
    randomFaults(`${seed} target`, faultShare),
  ]
  const landed = new Map<string, number>()
  const [source, target] = [
    await startTestRegistry(t, { faults: sourceFaults.faults, keepRequests: false }),
    await startTestRegistry(t, {
      faults: targetFaults.faults,
      keepRequests: false,
      onRequest: request => countLanded(landed, request),
    }),
  ]
  const root = temporaryFolder(t)
  for (const name of ['home', 'run', 'work']) mkdirSync(path.join(root, name))
  writeFileSync(path.join(root, 'registries.conf'), '')
  const names = await fill(source.url, images)
  writeFileSync(
    path.join(root, 'work', 'imageset.yaml'),
    imageSetText(names.map(name => `${source.host}/${name}`)),
  )
  say(`${images} images are at the source`)

  const run = (command: string, more: readonly string[]): Promise<SoakRun> => {
    const args = ['-c', 'imageset.yaml', '--to', `docker://${target.host}/soak`, '--state', 'soak.json']
    return runOnce([...options.command, command, ...args, ...PLAIN, ...more], root)
  }
  const applies: SoakRun[] = []
  for (const each of [sourceFaults, targetFaults]) each.turn(true)
  do {
    if (applies.length === mostApplies)
      throw new Error(`not done after ${mostApplies} applies: ${applies.at(-1)?.output}`)
    const applied = await run('apply', ['--yes'])
    applies.push(applied)
    say(`apply ${applies.length}: exit ${applied.code} after ${Math.round(applied.ms / 1000)} s`)
    if (!CONVERGED.has(applied.code ?? -1) && !TRY_AGAIN.has(applied.code ?? -1))
      throw new Error(`apply ended with ${applied.code}: ${applied.output}`)
  } while (!CONVERGED.has(applies.at(-1)?.code ?? -1))
  for (const each of [sourceFaults, targetFaults]) each.turn(false)

  await expectClean(run('verify', ['--deep']), 'verify --deep')
  await expectClean(run('plan', ['--detailed-exitcode']), 'the plan after it')
  const counts = [sourceFaults.counts(), targetFaults.counts()]
  return {
    applies,
    requests: counts.reduce((sum, { requests }) => sum + requests, 0),
    struck: counts.reduce((sum, { struck }) => sum + struck, 0),
    sentTwice: [...landed].filter(([, times]) => times > 1).map(([blob]) => blob),
    blobsSent: landed.size,
  }
}

const PLAIN = ['--src-tls-verify=false', '--dest-tls-verify=false', '--progress', 'none'] as const

/** @returns the images as `repository:tag` */
async function fill(url: string, images: number): Promise<readonly string[]> {
  const limit = pLimit(PUSHERS)
  return Promise.all(
    Array.from({ length: images }, (_, at) =>
      limit(async () => {
        const [repository, tag] = [`team/app-${Math.floor(at / TAGS_EACH)}`, `v${at % TAGS_EACH}`]
        const image = buildImage({ layers: [BASE, bytesFromSeed(`soak ${at}`, 1500)] })
        await pushToServer(url, repository, tag, image)
        return `${repository}:${tag}`
      }),
    ),
  )
}

function countLanded(landed: Map<string, number>, request: RecordedRequest): void {
  const { method, what, status, repository, query } = request
  if (method !== 'PUT' || what !== 'upload' || status !== 201) return
  const blob = `${repository}@${new URLSearchParams(query).get('digest')}`
  landed.set(blob, (landed.get(blob) ?? 0) + 1)
}

async function expectClean(run: Promise<SoakRun>, what: string): Promise<void> {
  const { code, output } = await run
  if (code !== 0) throw new Error(`${what} exited with ${code}: ${output}`)
}

function runOnce([program = '', ...args]: readonly string[], root: string): Promise<SoakRun> {
  const started = performance.now()
  const child = spawn(program, args, {
    cwd: path.join(root, 'work'),
    env: { ...cleanEnvironment(root) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const memory = watchMemory(child.pid ?? 0)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, ms: performance.now() - started, memory: memory(), output }))
  })
}
