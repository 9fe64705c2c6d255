/** What is ours and what is not: conflicts, taking over, letting go, and bringing the state in line. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { actionsOf, mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const ours = buildImage({ seed: 'ours' })
const theirs = buildImage({ seed: 'theirs' })

async function start(t: TestEnd) {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(source.url, 'app', '1', ours)
  await pushToServer(source.url, 'tool', '1', ours)
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  scene.want(`${source.host}/app:1`, `${source.host}/tool:1`)
  const digestAt = async (reference: string) =>
    (await fetch(`${target.url}/v2/enc1/app/manifests/${reference}`, { method: 'HEAD' })).headers.get(
      'docker-content-digest',
    )
  return { target, scene, digestAt }
}

test("somebody else's image at a wanted place is refused, until it is imported; then it is a move", async t => {
  const { target, scene, digestAt } = await start(t)
  await pushToServer(target.url, 'enc1/app', '1', theirs)
  const conflict = await scene.at('plan')
  assert.equal(conflict.code, 1)
  assert.match(conflict.stderr, /enc1\/app:1 holds an image\s+that is\s+not ours[\s\S]*mirrorform import/)
  const imported = await scene.at('import', ['--json'])
  assert.equal(imported.code, 0, imported.output)
  const { taken, absent } = JSON.parse(imported.stdout)
  assert.deepEqual([taken, absent], [[`${target.host}/enc1/app:1`], [`${target.host}/enc1/tool:1`]])
  assert.equal(await digestAt('1'), theirs.manifest.digest)
  const { document } = await scene.plan()
  assert.deepEqual(actionsOf(document), { move: 1, add: 1 })
  assert.equal(document.changes[0]?.previousDigest, theirs.manifest.digest)
  assert.equal((await scene.applySaved()).code, 0)
  assert.equal(await digestAt('1'), ours.manifest.digest)
})

test('an import that finds nothing makes no state, so that a plan made before stays good', async t => {
  const { scene } = await start(t)
  await scene.plan()
  const imported = await scene.at('import')
  assert.equal(imported.code, 0, imported.output)
  assert.match(imported.stdout, /0 images taken/)
  assert.ok(!existsSync(scene.path(STATE)))
  assert.equal((await scene.applySaved()).code, 0)
})

test('an image that somebody puts in place between plan and apply is left alone, and the rest goes on', async t => {
  const { target, scene, digestAt } = await start(t)
  await scene.plan()
  await pushToServer(target.url, 'enc1/app', '1', theirs)
  const applied = await scene.applySaved()
  assert.equal(applied.code, 4, applied.output)
  assert.match(applied.output, /enc1\/app:1 changed since the plan was made/)
  assert.equal(await digestAt('1'), theirs.manifest.digest)
  assert.equal(JSON.parse(scene.read(STATE)).images.length, 1)
})

test('refresh takes what is gone out of the state, and the next plan brings it back', async t => {
  const { target, scene } = await start(t)
  await scene.apply()
  const unchanged = await scene.at('refresh', ['--detailed-exitcode'])
  assert.equal(unchanged.code, 0, unchanged.output)
  await fetch(`${target.url}/v2/enc1/app/manifests/${ours.manifest.digest}`, { method: 'DELETE' })
  const drifted = await scene.at('refresh', ['--detailed-exitcode', '--json'])
  assert.equal(drifted.code, 2, drifted.output)
  const { drift, images } = JSON.parse(drifted.stdout)
  assert.deepEqual([drift.length, drift[0].found, images], [1, 'absent', 1])
  const { document } = await scene.plan()
  assert.deepEqual(actionsOf(document), { add: 1 })
  assert.equal((await scene.applySaved()).code, 0)
})

test('an image that the state forgets stays at the target and is adopted when it is still wanted', async t => {
  const { target, scene, digestAt } = await start(t)
  await scene.apply()
  const forgotten = await scene.run(['state', 'forget', 'app:1', '--state', STATE])
  assert.equal(forgotten.code, 0, forgotten.output)
  assert.match(forgotten.stdout, new RegExp(`${target.host}/enc1/app:1`))
  assert.equal(await digestAt('1'), ours.manifest.digest)
  const { document } = await scene.plan()
  assert.deepEqual(actionsOf(document), { adopt: 1 })
})

test('unwanted images that are gone already, or were replaced by somebody, are only forgotten', async t => {
  const { target, scene, digestAt } = await start(t)
  await scene.apply()
  await pushToServer(target.url, 'enc1/app', '1', theirs)
  await fetch(`${target.url}/v2/enc1/tool/manifests/1`, { method: 'DELETE' })
  const { code, document } = await scene.plan('--destroy', '--allow-mass-delete')
  assert.equal(code, 2)
  assert.deepEqual(actionsOf(document), { forget: 2 })
  assert.equal((await scene.applySaved()).code, 0)
  assert.equal(await digestAt('1'), theirs.manifest.digest)
})
