/**
 * Several tags on one digest, and images inside indexes, at a registry that can delete by digest only: whatever moves or
 * goes, what stays works. Every request that changes something is compared with the plan.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { actionsOf, type MirrorScene, mirrorScene } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import {
  plannedLines,
  type RecordingProxy,
  recordedLines,
  startRecordingProxy,
} from '../../testdata/recording-proxy.ts'

const x = buildImage({ seed: 'x' })
const y = buildImage({ seed: 'y' })
const multi = buildMultiArch({ seed: 'multi' })
const [child] = multi.children

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let proxy: RecordingProxy
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    proxy = await startRecordingProxy(b.host)
  })
  after(async () => {
    await proxy.close()
    await Promise.all([a.close(), b.close()])
  })

  async function planAndApply(scene: MirrorScene) {
    const { plan, document } = await scene.plan('--allow-mass-delete')
    proxy.clear()
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(recordedLines(proxy.mutations).toSorted(), plannedLines(plan).toSorted())
    const verified = await scene.at('verify', ['--deep'])
    assert.equal(verified.code, 0, verified.output)
    return actionsOf(document)
  }

  test('a tag moves to a digest whose other tag goes', async t => {
    const scene = mirrorScene(t, `docker://${proxy.host}/moves`)
    const want = (...tags: readonly string[]) => scene.want(...tags.map(tag => `${a.host}/moves:${tag}`))
    for (const [tag, image] of [
      ['1', x],
      ['2', x],
      ['3', y],
    ] as const)
      await pushToServer(a.url, 'moves', tag, image)
    want('1', '2', '3')
    await scene.apply()
    await pushToServer(a.url, 'moves', '1', y)
    want('1')
    assert.deepEqual(await planAndApply(scene), { move: 1, delete: 2 })
    assert.equal((await scene.plan()).code, 0)
  })

  test('two tags change places without a byte being sent', async t => {
    await pushToServer(a.url, 'swap', '1', x)
    await pushToServer(a.url, 'swap', '2', y)
    const scene = mirrorScene(t, `docker://${proxy.host}/swap`)
    scene.want(`${a.host}/swap:1`, `${a.host}/swap:2`)
    await scene.apply()
    await pushToServer(a.url, 'swap', '1', y)
    await pushToServer(a.url, 'swap', '2', x)
    assert.deepEqual(await planAndApply(scene), { move: 2 })
    assert.ok(recordedLines(proxy.mutations).every(line => line.startsWith('put-manifest')))
  })

  test('an image that an index lists as well goes or stays without the other', async t => {
    await pushToServer(a.url, 'nested', 'all', multi)
    await pushToServer(a.url, 'nested', 'one', child ?? multi)
    const scene = mirrorScene(t, `docker://${proxy.host}/nested`)
    const [all, one] = [`${a.host}/nested:all`, `${a.host}/nested:one`]
    scene.want(all, one)
    await scene.apply()
    scene.want(all)
    assert.deepEqual(await planAndApply(scene), { delete: 1 })
    scene.want(all, one)
    await scene.apply()
    scene.want(one)
    assert.deepEqual(await planAndApply(scene), { delete: 1 })
  })

  test('what was reviewed is applied, although the tag has moved at the source since', async t => {
    await pushToServer(a.url, 'pinned', '1', x)
    const scene = mirrorScene(t, `docker://${proxy.host}/pinned`)
    scene.want(`${a.host}/pinned:1`)
    await scene.plan()
    await pushToServer(a.url, 'pinned', '1', y)
    assert.equal((await scene.applySaved()).code, 0)
    const { document } = await scene.plan()
    assert.deepEqual(actionsOf(document), { move: 1 })
    assert.equal(document.changes[0]?.previousDigest, x.manifest.digest)
  })
})
