/**
 * What a reviewer approves is what the registry gets: the requests that change something, recorded between mirrorform
 * and a real registry, are the plan's list, one to one. The source gets none.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildCosignSignature, buildImage, buildMultiArch, bytesFromSeed } from '../../testdata/images.ts'
import { actionsOf, type MirrorScene, mirrorScene, PLAN } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import {
  plannedLines,
  type RecordingProxy,
  recordedLines,
  startRecordingProxy,
} from '../../testdata/recording-proxy.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const base = bytesFromSeed('base', 40_000)
const [web, api, tool] = ['web', 'api', 'tool'].map(name =>
  buildImage({ layers: [base, bytesFromSeed(name, 8000)], config: { Labels: { name } } }),
) as [ReturnType<typeof buildImage>, ReturnType<typeof buildImage>, ReturnType<typeof buildImage>]
const webNext = buildImage({ layers: [base, bytesFromSeed('web 2', 8000)] })
const multi = buildMultiArch({ layers: [base, bytesFromSeed('multi', 4000)] })
const signature = buildCosignSignature(multi.manifest.digest)

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let toA: RecordingProxy
  let toB: RecordingProxy
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    ;[toA, toB] = await Promise.all([startRecordingProxy(a.host), startRecordingProxy(b.host)])
    await pushToServer(a.url, 'team/web', '1', web)
    await pushToServer(a.url, 'team/api', '1', api)
    await pushToServer(a.url, 'team/api', 'same', api)
    await pushToServer(a.url, 'tool', '1', tool)
    await pushToServer(a.url, 'multi', '1', multi)
    await pushToServer(a.url, 'multi', signature.tag, signature)
  })
  after(() => Promise.all([toA.close(), toB.close()]).then(() => Promise.all([a.close(), b.close()])))

  /** Plans, applies the plan, and compares. */
  async function applyAndCompare(scene: MirrorScene): Promise<readonly string[]> {
    const { plan } = await scene.plan()
    toA.clear()
    toB.clear()
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    const recorded = recordedLines(toB.mutations)
    assert.deepEqual(recorded.toSorted(), plannedLines(plan).toSorted())
    assert.deepEqual(toA.mutations, [])
    return recorded
  }

  test('sends, mounts, moves, repairs and deletes are those of the plan, one to one', async t => {
    const scene = mirrorScene(t, `docker://${toB.host}/recorded`)
    const all = ['team/web:1', 'team/api:1', 'team/api:same', 'tool:1', 'multi:1'].map(
      name => `${toA.host}/${name}`,
    )
    scene.want(...all)
    const first = await applyAndCompare(scene)
    const shown = await scene.run(['show', PLAN, '--requests'])
    assert.equal(shown.stdout.trim().split('\n').length, first.length, shown.stdout)
    assert.equal(
      count(first, 'mount'),
      3,
      'the base layer is sent once and mounted into the three other repositories',
    )

    await pushToServer(a.url, 'team/web', '1', webNext)
    const manifest = `${b.url}/v2/recorded/multi/manifests/${multi.manifest.digest}`
    await fetch(manifest, { method: 'DELETE' })
    await pushToServer(b.url, 'recorded/tool', 'theirs', tool)
    scene.want(...all.filter(name => !name.endsWith('tool:1')))
    const { document } = await scene.plan()
    assert.deepEqual(actionsOf(document), { move: 1, repair: 1, delete: 1 })
    const second = await applyAndCompare(scene)
    assert.equal(count(second, 'delete'), 1)
    assert.equal(
      count(second, 'upload'),
      3,
      'layer and config of the move, and the empty blob a tag is displaced with',
    )

    assert.deepEqual(await applyAndCompare(scene), [])
  })

  test('destroying a mirror makes the planned requests and no other', async t => {
    const scene = mirrorScene(t, `docker://${toB.host}/destroyed`)
    scene.want(...['team/api:1', 'team/api:same', 'multi:1'].map(name => `${toA.host}/${name}`))
    await scene.apply()
    const { plan } = await scene.plan('--destroy', '--allow-mass-delete')
    toA.clear()
    toB.clear()
    assert.equal((await scene.applySaved()).code, 0)
    assert.deepEqual(recordedLines(toB.mutations).toSorted(), plannedLines(plan).toSorted())
    assert.deepEqual(toA.mutations, [])
  })

  test('a registry that deletes single tags gets the planned requests too', async t => {
    const target = await startTestRegistry(t)
    const proxy = await startRecordingProxy(target.host)
    t.after(() => proxy.close())
    const scene = mirrorScene(t, `docker://${proxy.host}/tags`)
    const [one, same, signed] = ['team/api:1', 'team/api:same', 'multi:1'].map(name => `${toA.host}/${name}`)
    scene.want(one ?? '', same ?? '', signed ?? '')
    await scene.apply()
    scene.want(one ?? '')
    const { plan } = await scene.plan('--allow-mass-delete')
    proxy.clear()
    assert.equal((await scene.applySaved()).code, 0)
    assert.deepEqual(recordedLines(proxy.mutations).toSorted(), plannedLines(plan).toSorted())
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  })
})

function count(lines: readonly string[], verb: string): number {
  return lines.filter(line => line.startsWith(`${verb} `)).length
}
