/** Ended in the middle of an apply, by whatever means: what was finished counts, and the next run goes on from there. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { actionsOf, mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startRecordingProxy } from '../../testdata/recording-proxy.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const IMAGES = ['a', 'b', 'c', 'd'].map(name => ({
  name,
  image: buildImage({ layers: [bytesFromSeed(`${name} 1`, 5000), bytesFromSeed(`${name} 2`, 5000)] }),
}))
const [, , third] = IMAGES
/** The last blob of the third image: everything before it is finished when it is asked for. */
const LAST_BLOB = [...(third?.image.blobs.keys() ?? [])].at(-1) ?? ''
/** One thing after the other, in the order of destinations. */
const ONE_BY_ONE = ['--parallel-images', '1', '--parallel-layers', '1']

/** Four images behind a gate that holds the download of one blob until it is opened. */
async function start(t: TestEnd) {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  for (const { name, image } of IMAGES) await pushToServer(source.url, name, '1', image)
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const proxy = await startRecordingProxy(source.host, (method, path) => {
    if (method !== 'GET' || !path.endsWith(LAST_BLOB)) return undefined
    reached.resolve()
    return gate.promise
  })
  t.after(() => proxy.close())
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  scene.want(...IMAGES.map(({ name }) => `${proxy.host}/${name}:1`))
  await scene.plan()
  source.clearRequests()
  target.clearRequests()
  const read = () => source.requests.filter(({ what }) => what === 'blob').map(({ reference }) => reference)
  const written = () =>
    target.requests.filter(({ method, status }) => method === 'PUT' && status === 201).length
  return { source, target, scene, open: gate.resolve, reached: reached.promise, read, written }
}

test('an apply that was killed is finished by the next one, which sends nothing twice and says so', async t => {
  const { source, target, scene, open, reached, read, written } = await start(t)
  const killed = scene.startApplySaved(...ONE_BY_ONE)
  await reached
  killed.kill('SIGKILL')
  assert.equal((await killed.ended).signal, 'SIGKILL')
  assert.ok(existsSync(scene.path(`${STATE}.journal`)), 'the journal is still there')
  const before = read()
  assert.equal(before.length, 8, 'two images and two blobs of the third')
  open()

  const planned = await scene.plan()
  assert.match(planned.stderr, /cut off after 2 finished items/)
  assert.deepEqual(actionsOf(planned.document), { add: 2 })
  const writtenBefore = written()
  source.clearRequests()
  target.clearRequests()
  const rerun = await scene.applySaved()
  assert.equal(rerun.code, 0, rerun.output)
  assert.match(rerun.stderr, /lock was left by apply \(process \d+ of .*no longer running/)
  assert.match(rerun.stderr, /cut off after 2 finished items/)
  const after = read()
  assert.deepEqual(
    after.filter(digest => digest !== LAST_BLOB && before.includes(digest)),
    [],
    'what was finished is not read again',
  )
  assert.equal(after.length, 4)
  assert.equal(writtenBefore + written(), 16, 'twelve blobs and four manifests, each once')
  assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  assert.equal((await scene.plan()).code, 0)
  assert.ok(!existsSync(scene.path(`${STATE}.journal`)) && !existsSync(scene.path(`${STATE}.lock`)))
})

test('the lock of a killed apply can be removed by hand, and its plan applied again as it is', async t => {
  const { scene, open, reached, written } = await start(t)
  const killed = scene.startApplySaved(...ONE_BY_ONE)
  await reached
  killed.kill('SIGKILL')
  await killed.ended
  open()
  const unlocked = await scene.run(['state', 'unlock', '--state', STATE])
  assert.match(unlocked.stdout, /Removed the lock of apply/)
  const rerun = await scene.applySaved('--json')
  assert.equal(rerun.code, 0, rerun.output)
  const { summary } = JSON.parse(rerun.stdout)
  assert.deepEqual([summary.already, summary.done], [2, 2])
  assert.equal(written(), 16)
})

test('Ctrl-C once finishes what is in flight, saves the state and exits 130', async t => {
  const { scene, open, reached, read, source } = await start(t)
  const stopped = scene.startApplySaved(...ONE_BY_ONE)
  await reached
  stopped.kill('SIGINT')
  await stopped.shows('stopping after current transfers')
  open()
  const { code, output } = await stopped.ended
  assert.equal(code, 130, output)
  const { images, loose } = JSON.parse(scene.read(STATE))
  assert.equal(images.length, 2)
  assert.ok(
    loose.some(({ digest }: { digest: string }) => digest === LAST_BLOB),
    'the blob in flight was finished',
  )
  assert.ok(!existsSync(scene.path(`${STATE}.journal`)) && !existsSync(scene.path(`${STATE}.lock`)))
  source.clearRequests()
  const rerun = await scene.applySaved()
  assert.equal(rerun.code, 0, rerun.output)
  assert.equal(read().length, 3, 'only the fourth image is read')
  assert.equal((await scene.plan()).code, 0)
})

test('Ctrl-C twice stops at once, and what was finished is saved', async t => {
  const { scene, open, reached } = await start(t)
  const stopped = scene.startApplySaved(...ONE_BY_ONE)
  await reached
  stopped.kill('SIGINT')
  await stopped.shows('press Ctrl-C again')
  // Signals that follow each other faster than a hand can press are taken for one.
  await pause(250)
  stopped.kill('SIGINT')
  const { code, output } = await stopped.ended
  assert.equal(code, 130, output)
  assert.match(output, /stopping now/)
  assert.equal(JSON.parse(scene.read(STATE)).images.length, 2)
  assert.ok(!existsSync(scene.path(`${STATE}.lock`)))
  open()
  assert.equal((await scene.applySaved()).code, 0)
})

test('a second apply is refused while one runs, naming who holds the lock', async t => {
  const { scene, open, reached } = await start(t)
  const first = scene.startApplySaved()
  await reached
  const second = await scene.applySaved()
  assert.equal(second.code, 1, second.output)
  assert.match(second.stderr, new RegExp(`pid ${first.pid}\\)[\\s\\S]*: apply\\n[\\s\\S]*state unlock`))
  const reading = await scene.run(['state', 'list', '--state', STATE])
  assert.equal(reading.code, 0, reading.output)
  open()
  const ended = await first.ended
  assert.equal(ended.code, 0, ended.output)
  assert.equal((await scene.applySaved()).code, 0)
})
