/** `apply --all` that does not get to its end: stopped, killed, or in the way of another; and what the next one makes of it. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { enclaveScene } from '../../testdata/enclave-scene.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage, bytesFromSeed } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startRecordingProxy } from '../../testdata/recording-proxy.ts'
import type { TestEnd } from '../../testdata/temp.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const IMAGES = ['a', 'b', 'c'].map(name => ({
  name,
  image: buildImage({ layers: [bytesFromSeed(`${name} 1`, 5000), bytesFromSeed(`${name} 2`, 5000)] }),
}))
/** Of the image in the middle: worked one by one, the three blobs of the first image and two of this are finished before it. */
const GATED = [...(IMAGES[1]?.image.blobs.keys() ?? [])].at(-1) ?? ''
const FINISHED = 5
const ALL = ['apply', '--all', '--yes', ...PLAIN_HTTP]

/** The first target asks for a blob that nobody gets until the gate is opened; others get it meanwhile. */
async function start(t: TestEnd) {
  const [source, enterprise, site] = await Promise.all([
    startTestRegistry(t),
    startTestRegistry(t),
    startTestRegistry(t),
  ])
  for (const { name, image } of IMAGES) await pushToServer(source.url, `team/${name}`, '1', image)
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  let isReached = false
  const proxy = await startRecordingProxy(source.host, (method, path) => {
    if (isReached || method !== 'GET' || !path.endsWith(GATED)) return undefined
    isReached = true
    reached.resolve()
    return gate.promise
  })
  t.after(() => proxy.close())
  const scene = enclaveScene(t, proxy.host, ['quay.io'])
  scene.write('set.yaml', imageSetText(IMAGES.map(({ name }) => `quay.io/team/${name}:1`)))
  const imageSets = ['set.yaml']
  const limits = { parallelImages: 1, parallelLayers: 1 }
  scene.topology(
    { name: 'enterprise', to: `docker://${enterprise.host}/hub`, imageSets, limits },
    { name: 'enc1', to: `docker://${site.host}/enc1`, via: 'enterprise', imageSets },
    { name: 'other', to: `docker://${site.host}/other`, imageSets },
  )
  const read = () => source.requests.filter(({ what, method }) => what === 'blob' && method === 'GET')
  return { scene, enterprise, site, open: gate.resolve, reached: reached.promise, read }
}

/** Of each target: how many of its images were worked, or the class of its error. */
function outcomes(stdout: string): readonly unknown[] {
  const { targets } = JSON.parse(stdout) as {
    targets: readonly { result: { error?: { name: string }; summary?: { done: number } } }[]
  }
  return targets.map(({ result }) => result.summary?.done ?? result.error?.name ?? 'nothing told')
}

test('stopped at its first target, it begins no other, and the same command goes on from there', async t => {
  const { scene, site, open, reached, read } = await start(t)
  const running = scene.start(ALL)
  await reached
  assert.equal(read().length, FINISHED, 'the limits of the file: one image and one blob at a time')
  running.kill('SIGINT')
  await running.shows('stopping after current transfers')
  open()
  const { code, output } = await running.ended
  assert.equal(code, 130, output)
  assert.deepEqual(site.requests, [])
  assert.ok(!existsSync(scene.path('enc1.state.json')) && !existsSync(scene.path('other.state.json')))
  const again = await scene.run([...ALL, '--json'])
  assert.equal(again.code, 0, again.output)
  assert.deepEqual(outcomes(again.stdout).slice(1), [3, 3])
  assert.equal(scene.state('enterprise').images.length, 3)
})

test('while one target is locked by another run the others go on; that one killed, the next brings the rest', async t => {
  const { scene, open, reached } = await start(t)
  const first = scene.start(ALL)
  await reached
  const second = await scene.run([...ALL, '--json'])
  assert.equal(second.code, 1, second.output)
  assert.match(second.stderr, /enterprise\.state\.json\.lock: .* has been working with this state/)
  for (const name of ['b', 'c'])
    assert.match(second.stderr, new RegExp(`quay\\.io/team/${name}:1 is not held by enterprise`))
  assert.equal(second.stderr.match(/bring it to\s+enterprise first/g)?.length, 1)
  assert.equal(outcomes(second.stdout)[2], 3)

  first.kill('SIGKILL')
  await first.ended
  open()
  const third = await scene.run([...ALL, '--json'])
  assert.equal(third.code, 0, third.output)
  assert.match(third.stderr, /cut off after 1 finished item/)
  assert.deepEqual(outcomes(third.stdout), [2, 3, 0])
})
