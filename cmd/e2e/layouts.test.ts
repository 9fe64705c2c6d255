/** OCI image layout folders as target and as source, as another tool sees them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openLayoutTarget } from '../../providers/layout/index.ts'
import { skipWithout } from '../../testdata/docker-registry.ts'
import { buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { actionsOf, mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushImage, pushToServer } from '../../testdata/push.ts'
import { rawDigest, skopeo } from '../../testdata/skopeo.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const multi = buildMultiArch({ seed: 'multi' })
const single = buildImage({ seed: 'single' })
const signature = buildCosignSignature(multi.manifest.digest)

describe('with skopeo', { skip: skipWithout('skopeo') }, () => {
  test('images in a layout folder are read by other tools, and live there as in a registry', async t => {
    const source = await startTestRegistry(t)
    await pushToServer(source.url, 'apps/multi', '1', multi)
    await pushToServer(source.url, 'apps/multi', signature.tag, signature)
    await pushToServer(source.url, 'apps/single', '1', single)
    const scene = mirrorScene(t, 'oci://mirror')
    const [first, second] = [`${source.host}/apps/multi:1`, `${source.host}/apps/single:1`]
    scene.want(first, second)
    const applied = await scene.apply()
    assert.match(applied.stdout, /oci:\/\/mirror/)
    const layout = `oci:${scene.path('mirror')}`
    for (const [name, image] of [
      ['apps/multi:1', multi],
      ['apps/single:1', single],
    ] as const) {
      assert.equal(await rawDigest(scene, `${layout}:${name}`), image.manifest.digest, name)
      await skopeo(scene, 'copy', '--all', `${layout}:${name}`, `dir:${scene.path(name.replace(/\W/g, '-'))}`)
    }
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    const state = scene.read(STATE)
    assert.equal((await scene.plan()).code, 0)
    await scene.apply()
    assert.equal(scene.read(STATE), state)

    scene.want(first)
    const { code, document } = await scene.plan()
    assert.equal(code, 3)
    assert.deepEqual(actionsOf(document), { delete: 1 })
    assert.equal((await scene.applySaved()).code, 0)
    await assert.rejects(rawDigest(scene, `${layout}:apps/single:1`))
    assert.equal(await rawDigest(scene, `${layout}:apps/multi:1`), multi.manifest.digest)
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  })

  test('an image is taken out of a layout that another tool has written', async t => {
    const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
    await pushToServer(source.url, 'single', '1', single)
    const scene = mirrorScene(t, `docker://${target.host}/enc1`)
    const layout = scene.path('layout')
    await skopeo(
      scene,
      'copy',
      '--src-tls-verify=false',
      `docker://${source.host}/single:1`,
      `oci:${layout}:one`,
    )
    scene.want({ name: `oci://${layout}:one`, targetRepo: 'from-layout/single', targetTag: 'v1' })
    await scene.apply()
    const place = `docker://${target.host}/enc1/from-layout/single:v1`
    assert.equal(await rawDigest(scene, place), single.manifest.digest)
    assert.equal((await scene.plan()).code, 0)
  })
})

test('a relative layout folder is a source too', async t => {
  const target = await startTestRegistry(t)
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  await pushImage(openLayoutTarget(scene.path('bundle')), 'app', '1', multi)
  scene.want({ name: 'oci://bundle', targetRepo: 'app', targetTag: 'v1' })
  await scene.apply()
  const { manifests } = JSON.parse(scene.read(STATE))
  assert.equal(manifests.length, 3)
  assert.equal((await scene.at('verify', ['--deep'])).code, 0)
})
