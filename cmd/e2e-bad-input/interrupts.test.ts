/** Ctrl-C: once finishes what is in flight and saves; twice stops now; the next run goes on from there. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startGate } from './gate.ts'
import { ANY_TLS, assertSays, filesIn, ONCE } from './refusal.ts'
import { changesAt, twoRegistries } from './two-registries.ts'

/** Longer than two signals may follow each other and still be one key press, milliseconds. */
const ANOTHER_PRESS = 250

async function heldApply(t: TestContext, ...more: readonly string[]) {
  const scene = await twoRegistries(t)
  const gate = await startGate(t, scene.target.url, ({ method }) => method === 'PUT')
  const to = `docker://${gate.host}/mirror`
  const apply = ['apply', '--yes', '-c', 'set.yaml', '--to', to, '--state', 's.json', ...ANY_TLS, ...ONCE]
  const running = scene.workspace.start([
    ...apply,
    '--parallel-images',
    '1',
    '--parallel-layers',
    '1',
    ...more,
  ])
  await gate.reached
  return { ...scene, gate, apply, running }
}

test('the first Ctrl-C lets what is in flight end, saves it and exits 130; the same command goes on', async t => {
  const { workspace, gate, apply, running, target } = await heldApply(t)
  running.kill('SIGINT')
  await running.shows('stopping after current transfers; press Ctrl-C again to stop now')
  gate.open()
  const { code, stdout, output } = await running.ended
  assert.equal(code, 130, output)
  assert.match(stdout, /2 interrupted/)
  assertSays(stdout, ['What was done is saved in the state', 'run the same command again'])
  assert.doesNotMatch(output, /^\s+at /m)
  assert.deepEqual(Object.keys(filesIn(workspace.folder)).sort(), ['s.json', 'set.yaml'])
  assert.equal(target.requests.filter(({ method }) => method === 'PUT').length, 1)

  target.clearRequests()
  const again = await workspace.run(apply)
  assert.equal(again.code, 0, again.output)
  assert.match(again.stdout, /2 added/)
  assert.equal(
    target.requests.filter(({ method, what }) => method === 'PUT' && what === 'upload').length,
    5,
    'the blob that got through is not sent again',
  )
})

test('with --json an interrupted apply prints one result document', async t => {
  const { gate, running } = await heldApply(t, '--json')
  running.kill('SIGINT')
  await running.shows('stopping after current transfers')
  gate.open()
  const { code, stdout } = await running.ended
  assert.equal(code, 130)
  const document = JSON.parse(stdout)
  assert.equal(document.format, 'mirrorform-apply-result')
  assert.equal(document.summary.interrupted, 2)
})

test('the second Ctrl-C stops at once, although the target does not answer, and leaves a state that goes on', async t => {
  const { workspace, gate, apply, running } = await heldApply(t)
  running.kill('SIGINT')
  await running.shows('stopping after current transfers')
  await pause(ANOTHER_PRESS)
  running.kill('SIGINT')
  const { code, output } = await running.ended
  assert.equal(code, 130, output)
  assertSays(output, ['stopping now', '2 interrupted', 'run the same command again'])
  assert.deepEqual(Object.keys(filesIn(workspace.folder)).sort(), ['s.json', 'set.yaml'])
  gate.open()
  const again = await workspace.run(apply)
  assert.equal(again.code, 0, again.output)
  assert.match(again.stdout, /2 added/)
})

test('a killed apply leaves a journal and a lock, and the next one says so and goes on', async t => {
  const { workspace, gate, apply, running } = await heldApply(t)
  running.kill('SIGKILL')
  await running.ended
  assert.deepEqual(Object.keys(filesIn(workspace.folder)).sort(), [
    's.json',
    's.json.journal',
    's.json.lock',
    'set.yaml',
  ])
  gate.open()
  const again = await workspace.run(apply)
  assert.equal(again.code, 0, again.output)
  assertSays(again.stderr, ['The lock was left by apply', 'no longer running; taken over'])
  assert.deepEqual(Object.keys(filesIn(workspace.folder)).sort(), ['s.json', 'set.yaml'])
})

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} while planning ends it at once with 130, and nothing is written`, async t => {
    const { workspace, source, target, to } = await twoRegistries(t)
    const gate = await startGate(t, source.url, ({ path }) => path.includes('/manifests/'))
    workspace.write('set.yaml', workspace.read('set.yaml').replaceAll(source.host, gate.host))
    const before = filesIn(workspace.folder)
    const plan = ['plan', '-c', 'set.yaml', '--to', to, '-o', 'p.json', '--json', ...ANY_TLS, ...ONCE]
    const running = workspace.start(plan)
    await gate.reached
    running.kill(signal)
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, 130, stderr)
    assertSays(stderr, ['interrupted'])
    assert.doesNotMatch(stderr, /^\s+at |AbortError/m)
    assert.equal(JSON.parse(stdout).format, 'mirrorform-error')
    assert.deepEqual(filesIn(workspace.folder), before)
    assert.deepEqual(changesAt(target), [])
  })
