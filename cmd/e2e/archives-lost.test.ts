/**
 * A registry on the far side that lost what was confirmed: the receipt does not tell it as held any longer, so that the near
 * side ships it again, and an older receipt does not bring the mistake back.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gapScene, NEAR_STATE } from '../../testdata/gap-scene.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

test('what the registry of the far side lost and no archive there brings is not confirmed, but shipped again', async t => {
  const [source, site] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  const image = buildImage({ seed: 'app-0' })
  await pushToServer(source.url, 'team/app-0', '1', image)
  await pushToServer(source.url, 'team/app-1', '1', buildImage({ seed: 'app-1' }))
  const [first, second] = [`${source.host}/team/app-0:1`, `${source.host}/team/app-1:1`]
  const scene = gapScene(t, `docker://${site.host}/enc1`, [source.host])
  scene.want(first)
  await scene.write('one')
  scene.carry('one')
  assert.equal((await scene.arrive(['one'])).code, 0)
  const early = scene.far.read('site.receipt.json')
  assert.equal((await scene.confirm()).code, 0)
  scene.want(first, second)
  await scene.write('two')
  scene.carry('two')
  const repository = `${site.url}/v2/enc1/team/app-0`
  await fetch(`${repository}/manifests/${image.manifest.digest}`, { method: 'DELETE' })
  for (const digest of image.blobs.keys()) await fetch(`${repository}/blobs/${digest}`, { method: 'DELETE' })

  const arrived = await scene.arrive(['two'])
  assert.equal(arrived.code, 4, arrived.output)
  assert.match(arrived.stdout, /app-0:1: it lacks/)
  const confirmed = await scene.confirm()
  assert.match(
    confirmed.stdout.replaceAll(/\s+/g, ' '),
    /app-0:1 is not there: where it is still wanted, it is planned again/,
  )
  assert.match(confirmed.stdout.replaceAll(/\s+/g, ' '), /1 image confirmed, .* 1 lost/)
  const older = scene.near.write('early.json', early)
  const refused = await scene.near.run(['receipt', 'import', older, '--state', NEAR_STATE])
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /is older than a receipt that was received\s+before/)
  const plan = await scene.planShipment('three')
  assert.deepEqual([plan.summary.add, plan.summary.keep], [1, 1])
  assert.equal((await scene.ship()).code, 0)
  scene.carry('three')
  const mended = await scene.arrive(['three'])
  assert.equal(mended.code, 0, mended.output)
  assert.match(mended.stdout, /1 repaired/)
})
