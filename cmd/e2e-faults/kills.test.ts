/**
 * An apply that is killed ten times at random moments: each run goes on from where the last one was cut off, with no
 * manual step, and what the journal had as finished when the process died is never sent again.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { readState } from '../../lib/apply/index.ts'
import { blobsBelow, closureOf } from '../../lib/graph/graph.ts'
import type { Fault, RecordedRequest } from '../../providers/embedded/index.ts'
import { openStateFile } from '../../state/index.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { IMAGE_SET, mirrorScene, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { RunningCli } from '../../testdata/run-cli.ts'
import { seededRandom } from '../../testdata/seeded-random.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const SEED = process.env.MIRRORFORM_TEST_SEED ?? 'ten kills'
const KILLS = 10
const BASE = bytesFromSeed('base of all', 20_000)
const IMAGES = Array.from({ length: 24 }, (_, at) => ({
  name: `team/app-${String(at).padStart(2, '0')}`,
  image: buildImage({
    layers: [BASE, bytesFromSeed(`first ${at}`, 9000), bytesFromSeed(`second ${at}`, 9000)],
  }),
}))

/** Kills a run at one of the requests that bring a blob or a manifest. */
interface Trap {
  readonly run: RunningCli
  left: number
  readonly when: 'asked' | 'half sent' | 'answered'
}

test(`killed ten times at random moments (seed "${SEED}"), an apply converges and sends nothing finished again`, async t => {
  const random = seededRandom(SEED)
  let trap: Trap | undefined
  const isPush = ({ method }: RecordedRequest): boolean => method === 'PUT'
  const spring = (request: RecordedRequest, whens: readonly Trap['when'][]): boolean => {
    if (trap === undefined || !isPush(request) || !whens.includes(trap.when) || --trap.left > 0) return false
    trap.run.kill('SIGKILL')
    trap = undefined
    return true
  }
  const faults = (request: RecordedRequest): Fault | undefined => {
    const half = trap?.when === 'half sent'
    if (!spring(request, ['asked', 'half sent'])) return undefined
    return half ? { do: 'hang-up', afterBytes: 4000 } : undefined
  }
  const source = await startTestRegistry(t)
  const target = await startTestRegistry(t, {
    faults,
    onRequest: request => void spring(request, ['answered']),
  })
  for (const { name, image } of IMAGES) await pushToServer(source.url, name, '1', image)
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  scene.want(...IMAGES.map(({ name }) => `${source.host}/${name}:1`))
  await scene.plan()
  const startApply = (saved: boolean): RunningCli =>
    saved
      ? scene.startApplySaved()
      : scene.start(['apply', '--yes', '-c', IMAGE_SET, '--to', scene.target, '--state', STATE, ...HTTP])

  let uploads = 0
  for (let kill = 1; kill <= KILLS; kill++) {
    const finished = await finishedBlobs(scene.path(STATE))
    target.clearRequests()
    const run = startApply(kill === 1 || random.next() < 0.5)
    trap = { run, left: random.between(1, 12), when: random.pick(['asked', 'half sent', 'answered']) }
    const { signal, output } = await run.ended
    assert.equal(signal, 'SIGKILL', `run ${kill} was to be killed:\n${output}`)
    uploads += assertNothingTwice(target.requests, finished, `run ${kill}`)
  }

  const finished = await finishedBlobs(scene.path(STATE))
  target.clearRequests()
  const last = await startApply(false).ended
  assert.equal(last.code, 0, last.output)
  uploads += assertNothingTwice(target.requests, finished, 'the last run')
  assert.ok(finished.size > KILLS, 'the killed runs had finished something')
  assert.ok(uploads > 0)

  const verified = await scene.at('verify', ['--deep'])
  assert.equal(verified.code, 0, verified.output)
  assert.equal((await scene.plan()).code, 0)
  const leftovers = readdirSync(scene.folder).filter(name => ![IMAGE_SET, STATE, PLAN].includes(name))
  assert.deepEqual(leftovers, [], 'no journal, lock or temporary file is left')
  assert.ok(existsSync(scene.path(STATE)))
})

const HTTP = ['--src-tls-verify=false', '--dest-tls-verify=false']

/** `repository@digest` of all blobs that state and journal on disk tell to be at the target. */
async function finishedBlobs(path: string): Promise<ReadonlySet<string>> {
  const { loaded } = await readState(openStateFile(path))
  if (loaded === undefined) return new Set()
  const { state } = loaded
  const held = state.images.flatMap(image =>
    [...blobsBelow(state, closureOf(state, image))].map(
      digest => `${image.destination.repository}@${digest}`,
    ),
  )
  const loose = state.loose.map(({ repository, digest }) => `${repository}@${digest}`)
  return new Set([...held, ...loose])
}

/** @returns the number of blobs that were uploaded */
function assertNothingTwice(
  requests: readonly RecordedRequest[],
  finished: ReadonlySet<string>,
  run: string,
): number {
  const sent = requests
    .filter(
      ({ method, what, bytesIn, query }) => method === 'PUT' && what === 'upload' && bytesIn > 0 && query,
    )
    .map(({ repository, query }) => `${repository}@${new URLSearchParams(query).get('digest')}`)
  const again = sent.filter(blob => finished.has(blob))
  assert.deepEqual(again, [], `${run} sent again what was finished before it`)
  assert.equal(new Set(sent).size, sent.length, `${run} sent a blob twice`)
  return sent.length
}
