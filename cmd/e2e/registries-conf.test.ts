/**
 * registries.conf decides where images are pulled from; what they are called stays what the user wrote. The names used
 * here exist nowhere: everything that is read comes from a mirror.
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const image = buildMultiArch({ seed: 'mirrored' })

test('images come through a mirror of a registry that cannot be reached, and keep their names', async t => {
  const [mirror, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(mirror.url, 'cache/acme/app', '1', image)
  mirror.clearRequests()
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  writeFileSync(
    path.join(scene.root, 'registries.conf'),
    [
      '[[registry]]',
      'prefix = "registry.invalid/acme"',
      'location = "registry.invalid/acme"',
      '[[registry.mirror]]',
      `location = "${mirror.host}/cache/acme"`,
      'insecure = true',
    ].join('\n'),
  )
  scene.want('registry.invalid/acme/app:1')
  const { plan, document } = await scene.plan()
  assert.equal(document.changes[0]?.source, 'registry.invalid/acme/app:1')
  assert.equal(document.changes[0]?.destination, `${target.host}/enc1/acme/app:1`)
  assert.deepEqual(plan.changes[0]?.image.digest, image.manifest.digest)
  const applied = await scene.applySaved()
  assert.equal(applied.code, 0, applied.output)
  assert.doesNotMatch(scene.read(STATE), new RegExp(mirror.host))
  const state = decodeState(scene.read(STATE), STATE)
  assert.deepEqual(
    state.images.map(({ source }) => source),
    ['registry.invalid/acme/app:1'],
  )
  assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  assert.ok(mirror.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
})

test("the user's own registries.conf and its drop-ins are found where podman looks for them", async t => {
  const [mirror, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(mirror.url, 'app', '1', buildImage({ seed: 'drop-in' }))
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  const folder = path.join(scene.home, '.config/containers')
  mkdirSync(path.join(folder, 'registries.conf.d'), { recursive: true })
  writeFileSync(
    path.join(folder, 'registries.conf'),
    'unqualified-search-registries = ["registry.invalid"]\n',
  )
  writeFileSync(
    path.join(folder, 'registries.conf.d/50-mirror.conf'),
    `[[registry]]\nprefix = "registry.invalid"\nlocation = "${mirror.host}"\ninsecure = true\n`,
  )
  scene.want('registry.invalid/app:1')
  const env = { CONTAINERS_REGISTRIES_CONF: undefined }
  const applied = await scene.at('apply', ['--yes'], { env })
  assert.equal(applied.code, 0, applied.output)
  assert.match(scene.read(STATE), /"source":\s?"registry\.invalid\/app:1"/)
})

test('a blocked registry is refused by name before anything is asked of anybody', async t => {
  const target = await startTestRegistry(t)
  const scene = mirrorScene(t, `docker://${target.host}/enc1`)
  writeFileSync(
    path.join(scene.root, 'registries.conf'),
    '[[registry]]\nlocation = "registry.invalid"\nblocked = true\n',
  )
  scene.want('registry.invalid/app:1')
  const { code, stderr } = await scene.at('plan')
  assert.equal(code, 1)
  assert.match(stderr, /registry\.invalid.*blocked/s)
})
