/** Some platforms of a multi-arch image: the index kept as it is, or made smaller, as the user chooses. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { OCI_INDEX } from '../../lib/oci/media-types.ts'
import { skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildMultiArch } from '../../testdata/images.ts'
import { mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const image = buildMultiArch({ seed: 'platforms', platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] })
const [amd64, arm64] = image.children

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  test('an index with missing children is refused at plan time, and rewritten when asked for', async t => {
    const target = await startDockerRegistry()
    t.after(() => target.close())
    const source = await startTestRegistry(t)
    await pushToServer(source.url, 'app', '1', image)
    const scene = mirrorScene(t, `docker://${target.host}/enc1`)
    scene.want({ name: `${source.host}/app:1`, platforms: ['linux/amd64', 'linux/arm64'] })
    const refused = await scene.at('plan')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /missing children[\s\S]*--platform-index rewrite/)

    const { document } = await scene.plan('--platform-index', 'rewrite')
    assert.notEqual(document.changes[0]?.digest, image.manifest.digest)
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    const [held] = decodeState(scene.read(STATE), STATE).images
    assert.equal(held?.sourceDigest, image.manifest.digest)
    assert.equal(held?.digest, document.changes[0]?.digest)
    assert.deepEqual(held?.platforms, ['linux/amd64', 'linux/arm64'])
    const index = await fetch(`${target.url}/v2/enc1/app/manifests/1`, { headers: { accept: OCI_INDEX } })
    const { manifests } = (await index.json()) as { manifests: readonly { digest: string }[] }
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      [amd64?.manifest.digest, arm64?.manifest.digest],
    )
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan('--platform-index', 'rewrite')).code, 0)
  })
})

test('a registry that accepts it gets the index as it is, with the chosen platforms only', async t => {
  const source = await startTestRegistry(t)
  const target = await startTestRegistry(t, { requireChildren: false })
  await pushToServer(source.url, 'app', '1', image)
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  const entry = { name: `${source.host}/app:1`, platforms: ['linux/amd64'] }
  scene.want(entry)
  await scene.apply()
  const status = async (reference: string) =>
    (await fetch(`${target.url}/v2/enc1/app/manifests/${reference}`, { method: 'HEAD' })).status
  assert.equal(await status(image.manifest.digest), 200)
  assert.equal(await status(amd64?.manifest.digest ?? ''), 200)
  assert.equal(await status(arm64?.manifest.digest ?? ''), 404)
  assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  assert.equal((await scene.plan()).code, 0)

  scene.want({ ...entry, platforms: ['linux/amd64', 'linux/arm64'] })
  const { code, document } = await scene.plan()
  assert.equal(code, 2)
  assert.match(document.changes[0]?.reason ?? '', /platforms/)
  assert.equal((await scene.applySaved()).code, 0)
  assert.equal(await status(arm64?.manifest.digest ?? ''), 200)
  assert.equal((await scene.plan()).code, 0)
})

test('a platform that the image does not have is refused with those it has', async t => {
  const source = await startTestRegistry(t)
  await pushToServer(source.url, 'app', '1', image)
  const scene = mirrorScene(t, `docker://${source.host}/enc1`)
  scene.want({ name: `${source.host}/app:1`, platforms: ['linux/ppc64le'] })
  const { code, stderr } = await scene.at('plan')
  assert.equal(code, 1)
  assert.match(stderr, /linux\/ppc64le[\s\S]*linux\/amd64, linux\/arm64, linux\/s390x/)
})
