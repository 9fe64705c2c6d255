/**
 * A mirror over its life, against a real registry that can delete by digest only: what is planned at each turn, how the
 * plan exits, and what is at the registry afterwards.
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { actionsOf, mirrorScene, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { copyOut, rawDigest } from '../../testdata/skopeo.ts'

const old = buildImage({ seed: 'old' })
const next = buildImage({ seed: 'next' })
const other = buildImage({ seed: 'other' })
const multi = buildMultiArch({ seed: 'multi' })
const foreign = buildImage({ seed: 'foreign' })

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    for (const tag of ['1', '2', '3']) await pushToServer(a.url, 'app', tag, old)
    await pushToServer(a.url, 'other', '1', other)
    await pushToServer(a.url, 'multi', '1', multi)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('a first plan has changes; once applied there are none, and the state does not change by a byte', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/steady`)
    scene.want(`${a.host}/app:1`, `${a.host}/multi:1`)
    const first = await scene.plan()
    assert.equal(first.code, 2)
    assert.deepEqual(actionsOf(first.document), { add: 2 })
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    const state = scene.read(STATE)
    const second = await scene.plan()
    assert.equal(second.code, 0)
    assert.deepEqual(second.document.changes, [])
    assert.equal(second.document.summary.keep, 2)
    assert.equal((await scene.applySaved()).code, 0)
    await scene.apply()
    assert.equal(scene.read(STATE), state)
    assert.equal((await scene.plan('--refresh=false')).code, 0)
  })

  test('a saved plan that was applied already is done when it is applied again', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/again`)
    scene.want(`${a.host}/app:1`)
    await scene.plan()
    await scene.applySaved()
    const state = scene.read(STATE)
    const again = await scene.applySaved('--json')
    assert.equal(again.code, 0, again.output)
    const { summary } = JSON.parse(again.stdout)
    assert.deepEqual([summary.done, summary.already, summary.blobsCopied], [0, 1, 0])
    assert.equal(scene.read(STATE), state)
  })

  test('a tag that moved at the source is one move, with both digests', async t => {
    await pushToServer(a.url, 'rolling', 'latest', old)
    await pushToServer(a.url, 'rolling', 'stable', old)
    const scene = mirrorScene(t, `docker://${b.host}/moving`)
    scene.want(`${a.host}/rolling:latest`, `${a.host}/rolling:stable`)
    await scene.apply()
    await pushToServer(a.url, 'rolling', 'latest', next)
    const { code, document } = await scene.plan()
    assert.equal(code, 2)
    assert.equal(document.destructive, false)
    assert.deepEqual(actionsOf(document), { move: 1 })
    assert.deepEqual(
      document.changes.map(({ destination, previousDigest, digest }) => ({
        destination,
        previousDigest,
        digest,
      })),
      [
        {
          destination: `${b.host}/moving/rolling:latest`,
          previousDigest: old.manifest.digest,
          digest: next.manifest.digest,
        },
      ],
    )
    assert.equal((await scene.applySaved()).code, 0)
    const place = `docker://${b.host}/moving/rolling`
    assert.equal(await rawDigest(scene, `${place}:latest`), next.manifest.digest)
    assert.equal(await rawDigest(scene, `${place}:stable`), old.manifest.digest)
    assert.equal((await scene.plan()).code, 0)
  })

  test('a dropped image is one delete, and other tags on its digest stay whoever owns them', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/dropping`)
    const [one, two, gone] = [`${a.host}/app:1`, `${a.host}/app:2`, `${a.host}/other:1`]
    scene.want(one, two, gone)
    await scene.apply()
    await pushToServer(b.url, 'dropping/app', 'somebodys', old)
    scene.want(two, gone)
    const { code, document } = await scene.plan()
    assert.equal(code, 3)
    assert.equal(document.destructive, true)
    assert.deepEqual(actionsOf(document), { delete: 1 })
    assert.equal(document.changes[0]?.destination, `${b.host}/dropping/app:1`)
    const shown = await scene.run(['show', PLAN])
    assert.match(shown.stdout, /tags 2, somebodys stay: they are on the same digest/)
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    const place = `docker://${b.host}/dropping/app`
    await assert.rejects(rawDigest(scene, `${place}:1`), /manifest unknown/)
    for (const tag of ['2', 'somebodys']) await copyOut(scene, `${place}:${tag}`, scene.path(tag))
    assert.deepEqual(await tagsOf(b, 'dropping/app'), ['2', 'somebodys'])
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)

    scene.want(two)
    const last = await scene.plan()
    assert.equal(last.code, 3)
    assert.deepEqual(actionsOf(last.document), { delete: 1 })
    assert.equal((await scene.applySaved()).code, 0)
    assert.equal(await headStatus(b, 'dropping/other', other.manifest.digest), 404)
    assert.equal((await scene.plan()).code, 0)
  })

  test('a manifest that was deleted at the target by hand is repaired, without sending its blobs again', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/repairing`)
    scene.want(`${a.host}/multi:1`, `${a.host}/app:1`)
    await scene.apply()
    const victim = `${b.url}/v2/repairing/multi/manifests/${multi.manifest.digest}`
    assert.equal((await fetch(victim, { method: 'DELETE' })).status, 202)
    const { code, document } = await scene.plan()
    assert.equal(code, 2)
    assert.deepEqual(actionsOf(document), { repair: 1 })
    assert.equal(document.summary.bytesToTransfer, 0)
    assert.equal((await scene.at('verify')).code, 1)
    assert.equal((await scene.applySaved()).code, 0)
    await copyOut(scene, `docker://${b.host}/repairing/multi:1`, scene.path('out'))
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan()).code, 0)
  })

  test('images of others are never touched, not even when everything of ours is destroyed', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/shared`)
    await pushToServer(b.url, 'shared/app', 'theirs', foreign)
    await pushToServer(b.url, 'shared/theirs', '1', foreign)
    await pushToServer(b.url, 'shared/multi', 'child', multi.children[0] ?? multi)
    scene.want(`${a.host}/app:1`, `${a.host}/multi:1`)
    await scene.apply()
    await pushToServer(b.url, 'shared/app', 'later', foreign)
    assert.equal((await scene.plan()).code, 0)
    const { code, document } = await scene.plan('--destroy', '--allow-mass-delete')
    assert.equal(code, 3)
    assert.deepEqual(actionsOf(document), { delete: 2 })
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(await tagsOf(b, 'shared/app'), ['later', 'theirs'])
    assert.deepEqual(await tagsOf(b, 'shared/multi'), ['child'])
    for (const name of ['app:theirs', 'app:later', 'theirs:1', 'multi:child'])
      await copyOut(scene, `docker://${b.host}/shared/${name}`, scene.path(name.replace(':', '-')))
    assert.deepEqual(JSON.parse(scene.read(STATE)).images, [])
  })

  test('without a state, what is at the target already is adopted and no byte is sent', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/adopted`)
    scene.want(`${a.host}/app:1`, `${a.host}/multi:1`)
    await scene.apply()
    for (const file of [STATE, PLAN]) rmSync(scene.path(file), { force: true })
    const { code, document } = await scene.plan()
    assert.equal(code, 2)
    assert.deepEqual(actionsOf(document), { adopt: 2 })
    assert.equal(document.summary.bytesToTransfer, 0)
    const applied = await scene.applySaved('--json')
    const { summary } = JSON.parse(applied.stdout)
    assert.deepEqual([summary.done, summary.bytesCopied, summary.blobsMounted], [2, 0, 0])
    assert.equal((await scene.plan()).code, 0)
  })
})

async function tagsOf({ url }: DockerRegistry, repository: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/v2/${repository}/tags/list`)
  const { tags } = (await answer.json()) as { tags: readonly string[] | null }
  return (tags ?? []).toSorted()
}

async function headStatus({ url }: DockerRegistry, repository: string, reference: string): Promise<number> {
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' }
  return (await fetch(`${url}/v2/${repository}/manifests/${reference}`, { method: 'HEAD', headers })).status
}
