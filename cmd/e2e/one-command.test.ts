/** Planning and applying in one command asks the target once what it has; applying a saved plan looks again. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const NAMES = ['team/one', 'team/two', 'tool'] as const

async function mirror(t: TestContext) {
  const [source, target] = [await startTestRegistry(t), await startTestRegistry(t)]
  for (const name of NAMES) await pushToServer(source.url, name, 'v1', buildImage({ seed: name }))
  const scene = mirrorScene(t, `docker://${target.host}/ocp`)
  scene.want(...NAMES.map(name => `${source.host}/${name}:v1`))
  const heads = () =>
    target.requests.filter(({ method, what }) => method === 'HEAD' && what === 'manifest').length
  return { scene, target, heads }
}

test('apply without a plan file asks once for each tag, and what it adopted needs no second question either', async t => {
  const { scene, target, heads } = await mirror(t)
  await scene.apply()
  assert.equal(heads(), NAMES.length)
  target.clearRequests()
  rmSync(scene.path(STATE))
  await scene.apply()
  assert.equal(heads(), NAMES.length)
  const changing = target.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')
  assert.deepEqual(changing, [])
})

test('apply of a saved plan asks for each tag again', async t => {
  const { scene, target, heads } = await mirror(t)
  await scene.plan()
  target.clearRequests()
  assert.equal((await scene.applySaved()).code, 0)
  assert.equal(heads(), NAMES.length)
})
