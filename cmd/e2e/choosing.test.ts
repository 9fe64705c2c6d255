/** What a plan is about: blocking, renaming, narrowing, and the guards before deletes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage } from '../../testdata/images.ts'
import { actionsOf, IMAGE_SET, mirrorScene, type PlanDocument, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const NAMES = ['db/main', 'db/replica', 'web/api', 'web/ui', 'web/ui-debug', 'tool']

async function start(t: TestEnd) {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  for (const name of NAMES) await pushToServer(source.url, name, '1', buildImage({ seed: name }))
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  const all = NAMES.map(name => `${source.host}/${name}:1`)
  const short = ({ changes }: PlanDocument) =>
    changes.map(({ action, destination }) => `${action} ${destination.replace(`${target.host}/`, '')}`)
  return { source, target, scene, all, short }
}

test('blocked images are left out, by reference and by pattern, and the plan says so', async t => {
  const { source, scene, all, short } = await start(t)
  scene.write(
    IMAGE_SET,
    imageSetText(all, [`${source.host}/tool:1`, { name: '-debug' }, { name: '^.*/db/.*$' }]),
  )
  const { document } = await scene.plan()
  assert.deepEqual(short(document), ['add enc1/web/api:1', 'add enc1/web/ui:1'])
  assert.equal(document.notes.filter(note => note.includes('blockedImages')).length, 4)
})

test('targetRepo and targetTag name the destination, and two sources at one destination are refused', async t => {
  const { source, scene, short } = await start(t)
  const tool = `${source.host}/tool:1`
  scene.want(
    { name: tool, targetRepo: 'tools/renamed', targetTag: 'v9' },
    { name: `${source.host}/web/ui:1`, targetTag: 'x' },
  )
  const { document } = await scene.plan()
  assert.deepEqual(short(document), ['add enc1/tools/renamed:v9', 'add enc1/web/ui:x'])
  scene.want({ name: tool, targetRepo: 'same' }, { name: `${source.host}/web/ui:1`, targetRepo: 'same' })
  const clash = await scene.at('plan')
  assert.equal(clash.code, 1)
  assert.match(clash.stderr, /two sources meet at .*enc1\/same:1: .*tool:1 and\s+.*web\/ui:1/)
})

test('--max-nested-paths folds the path, prefix included', async t => {
  const { scene, all, short } = await start(t)
  scene.want(...all.slice(2, 4))
  assert.deepEqual(short((await scene.plan('--max-nested-paths', '2')).document), [
    'add enc1/web-api:1',
    'add enc1/web-ui:1',
  ])
  assert.deepEqual(short((await scene.plan('--max-nested-paths', '1')).document), [
    'add enc1-web-api:1',
    'add enc1-web-ui:1',
  ])
  await scene.apply('--max-nested-paths', '2')
  assert.equal((await scene.plan('--max-nested-paths', '2')).code, 0)
})

test('--only and --exclude narrow the plan, and nothing outside is deleted', async t => {
  const { scene, all, short } = await start(t)
  scene.want(...all)
  const narrowed = await scene.plan('--only', 'web/*', '--exclude', '**/*-debug')
  assert.deepEqual(short(narrowed.document), ['add enc1/web/api:1', 'add enc1/web/ui:1'])
  assert.equal((await scene.applySaved()).code, 0)
  const rest = await scene.plan()
  assert.deepEqual(actionsOf(rest.document), { add: 4 })
  await scene.apply()
  scene.want(...all.slice(0, 3))
  const scoped = await scene.plan('--only', 'tool')
  assert.deepEqual(short(scoped.document), ['delete enc1/tool:1'])
})

test('--refresh=false asks the target nothing about what the state knows', async t => {
  const { target, scene, all } = await start(t)
  scene.want(...all)
  await scene.apply()
  target.clearRequests()
  assert.equal((await scene.plan('--refresh=false')).code, 0)
  assert.deepEqual(target.requests, [])
  assert.equal((await scene.plan()).code, 0)
  const heads = target.requests.filter(({ what }) => what === 'manifest')
  assert.equal(heads.length, all.length)
  assert.ok(heads.every(({ method }) => method === 'HEAD'))
})

test('a plan that deletes much is refused until it is allowed, and --skip-deletes leaves everything', async t => {
  const { scene, all, short } = await start(t)
  scene.want(...all)
  await scene.apply()
  scene.want(...all.slice(0, 4))
  const refused = await scene.at('plan')
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /delete 2 of 6 owned images[\s\S]*--allow-mass-delete/)
  const kept = await scene.plan('--skip-deletes')
  assert.equal(kept.code, 0)
  assert.deepEqual(short(kept.document), ['keep enc1/tool:1', 'keep enc1/web/ui-debug:1'])
  const destroy = await scene.at('plan', ['--destroy'])
  assert.equal(destroy.code, 1)
  assert.match(destroy.stderr, /every additional image/)
  const allowed = await scene.plan('--allow-mass-delete')
  assert.equal(allowed.code, 3)
  assert.equal(allowed.plan.options.allowMassDelete, true)
  assert.equal((await scene.applySaved()).code, 0)
  const all6 = await scene.plan('--destroy', '--allow-mass-delete')
  assert.deepEqual(actionsOf(all6.document), { delete: 4 })
  assert.equal((await scene.applySaved()).code, 0)
  assert.deepEqual(JSON.parse(scene.read(STATE)).images, [])
})
