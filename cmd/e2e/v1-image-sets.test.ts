/**
 * Image sets of oc-mirror v1 between two real registries: planned by v1's rules and under v1's names, and rewritten for v2
 * without anything being copied again.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { actionsOf, IMAGE_SET, PLAIN_HTTP, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import {
  digestAt,
  placesOf,
  type ReleaseSource,
  releaseScene,
  releaseSource,
  tagsAt,
} from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import type { Release } from '../../testdata/releases.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const CHANNEL = 'stable-4.16'
const series = buildSeries({ versions: ['4.16.0', '4.16.1', '4.16.2'], components: 4, changed: 1 })
const [r0, r1, r2] = series as [Release, Release, Release]
const tool = buildImage({ seed: 'tool' })
const HEAD = 'apiVersion: mirror.openshift.io/v1alpha2\nkind: ImageSetConfiguration\n'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let source: ReleaseSource
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    source = await releaseSource(a)
    await source.push(...series)
    for (const name of ['team/tool', 'team/other', 'team/blocked'])
      await pushToServer(a.url, name, 'v1', tool)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('an image set of v1 is mirrored under v1’s names, and a channel without versions keeps what it began with', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/v1`)
    await scene.publish(CHANNEL, [r0, r1])
    scene.write(
      IMAGE_SET,
      `${HEAD}Mirror:
  platform:
    channels:
    - name: ${CHANNEL}
      type: ocp
  additionalimages:
  - NAME: ${a.host}/team/tool@${tool.manifest.digest}
  - name: ${a.host}/team/other:v1
  - name: ${a.host}/team/blocked:v1
  blockedImages:
  - name: team/block
`,
    )
    const first = await scene.plan()
    assert.deepEqual(actionsOf(first.document), { add: 7 })
    assert.match(
      first.document.notes.join('\n'),
      /team\/blocked:v1 is left out: blockedImages says team\/block/,
    )
    assert.equal((await scene.applySaved()).code, 0)
    for (const [place, { manifest }] of placesOf(r1))
      assert.equal(await digestAt(b.url, `v1/${place}`), manifest.digest, place)
    assert.equal(await rawDigest(scene, `docker://${b.host}/v1/team/tool:latest`), tool.manifest.digest)
    assert.deepEqual(await tagsAt(b.url, 'v1/team/tool'), ['latest'])
    assert.equal((await scene.plan()).code, 0)

    await scene.publish(CHANNEL, series)
    const later = await scene.plan()
    assert.deepEqual(actionsOf(later.document), { add: 5 }, 'the new head; the old one stays')
    assert.deepEqual(
      later.plan.selections.flatMap(({ kept }) => kept.map(({ name, why }) => `${name}: ${why}`)),
      ['4.16.1: first mirrored by oc-mirror v1', '4.16.2: head of the channel'],
    )
    assert.equal((await scene.applySaved()).code, 0)
    assert.equal(await digestAt(b.url, `v1/openshift/release-images:${r2.tag}`), r2.payload.manifest.digest)
    assert.equal(await digestAt(b.url, `v1/openshift/release-images:${r1.tag}`), r1.payload.manifest.digest)
  })

  test('rewritten for v2 it asks for the same releases and images, under the same names', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/moved`)
    await scene.publish(CHANNEL, series)
    scene.write(
      IMAGE_SET,
      `# our mirror\n${HEAD}storageConfig:
  local:
    path: ./nowhere
mirror:
  platform:
    channels:
    - name: ${CHANNEL} # the one we run
      minVersion: 4.16.0
      maxVersion: 4.16.2
      shortestPath: true
  additionalImages:
  - name: ${a.host}/team/tool@${tool.manifest.digest}
`,
    )
    const checked = await scene.run(['validate', IMAGE_SET])
    assert.match(checked.stdout, /imageset\.yaml is an image set of oc-mirror v1/)
    await scene.apply()
    const rewritten = await scene.run(['migrate', '-c', IMAGE_SET, '-o', IMAGE_SET, '--json'])
    assert.equal(rewritten.code, 0, rewritten.output)
    assert.deepEqual(
      JSON.parse(rewritten.stdout).changes.map(({ line }: { line: number }) => line),
      [2, 4, 15],
    )
    const text = scene.read(IMAGE_SET)
    for (const kept of ['# our mirror', '# the one we run', 'v2alpha1', 'targetTag: latest'])
      assert.ok(text.includes(kept), kept)
    const plan = await scene.plan()
    assert.equal(plan.code, 0, 'nothing to do')
    assert.deepEqual(plan.document.changes, [])
    const verified = await scene.run(['verify', '--state', STATE, ...PLAIN_HTTP])
    assert.equal(verified.code, 0, verified.output)
  })
})
