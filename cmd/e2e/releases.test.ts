/**
 * A mirror of OpenShift releases over its life, between two real registries: installed, updated, trimmed, and taken over
 * from oc-mirror. Payloads lie at the source under their real names, by registries.conf.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeState } from '../../lib/files/state-file.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildCosignSignature } from '../../testdata/images.ts'
import { actionsOf, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import {
  type Mutation,
  plannedLines,
  recordedLines,
  startRecordingProxy,
} from '../../testdata/recording-proxy.ts'
import {
  digestAt,
  placesOf,
  type ReleaseSource,
  releaseScene,
  releaseSource,
  tagsAt,
} from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { PAYLOAD_REPOSITORY, type Release } from '../../testdata/releases.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const CHANNEL = 'stable-4.16'
const versions = ['4.16.0', '4.16.1', '4.16.2', '4.16.3']
const series = buildSeries({ versions, components: 6, changed: 2 })
const [r0, r1, r2, r3] = series as [Release, Release, Release, Release]

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let source: ReleaseSource
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    source = await releaseSource(a)
    await source.push(...series)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('a range of releases is planned, applied, verified and explained, has the tags that oc uses, and then nothing changes', async t => {
    const signature = buildCosignSignature(r3.payload.manifest.digest)
    await pushToServer(a.url, PAYLOAD_REPOSITORY, signature.tag, signature)
    const scene = await releaseScene(t, source, `docker://${b.host}/steady`)
    await scene.publish(CHANNEL, series)
    scene.wantPlatform({ channels: [{ name: CHANNEL, minVersion: '4.16.2', maxVersion: '4.16.3' }] })
    const first = await scene.plan()
    assert.equal(first.code, 2)
    assert.deepEqual(actionsOf(first.document), { add: 14 })
    assert.deepEqual(
      first.plan.selections.flatMap(({ kept }) => kept.map(({ name }) => name)),
      ['4.16.2', '4.16.3'],
    )
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    for (const release of [r2, r3])
      for (const [place, { manifest }] of placesOf(release))
        assert.equal(await digestAt(b.url, `steady/${place}`), manifest.digest, place)
    const installed = `docker://${b.host}/steady/openshift/release-images:4.16.3-x86_64`
    assert.equal(await rawDigest(scene, installed), r3.payload.manifest.digest)
    assert.ok((await tagsAt(b.url, 'steady/openshift/release-images')).includes(signature.tag))
    const verified = await scene.at('verify', ['--deep'])
    assert.equal(verified.code, 0, verified.output)
    const second = await scene.plan()
    assert.equal(second.code, 0)
    assert.deepEqual(second.document.changes, [])

    const place = await scene.run(['why', 'openshift/release:4.16.3-x86_64-cli', '--state', STATE])
    assert.match(place.stdout, /component cli of release 4\.16\.3 \(x86_64\), channel stable-4\.16/)
    const shared = r3.components.get('cli')?.manifest.digest ?? ''
    assert.equal(shared, r2.components.get('cli')?.manifest.digest)
    const both = await scene.run(['why', shared, '--state', STATE])
    assert.match(both.stdout, /release 4\.16\.2[\s\S]*release 4\.16\.3/)
    const signed = decodeState(scene.read(STATE), STATE).images.filter(
      image => image.releaseSignatures?.length,
    )
    assert.equal(signed.length, 2, 'the signatures of both payloads are kept for the clusters')
  })

  test('one more version plans only its new digests, and exactly as many bytes as are then sent', async t => {
    const proxy = await startRecordingProxy(b.host)
    t.after(() => proxy.close())
    const scene = await releaseScene(t, source, `docker://${proxy.host}/growing`)
    await scene.publish(CHANNEL, series)
    const range = { name: CHANNEL, minVersion: '4.16.0' }
    scene.wantPlatform({ channels: [{ ...range, maxVersion: '4.16.1' }] })
    await scene.apply()

    scene.wantPlatform({ channels: [{ ...range, maxVersion: '4.16.2' }] })
    const { document, plan } = await scene.plan()
    assert.deepEqual(actionsOf(document), { add: 7 })
    const old = new Set([r0, r1].flatMap(digestsOf))
    const fresh = document.changes.filter(({ digest }) => !old.has(digest as Digest))
    assert.deepEqual(fresh.map(({ destination }) => destination.split(':').at(-1)).toSorted(), [
      '4.16.2-x86_64',
      '4.16.2-x86_64-installer',
      '4.16.2-x86_64-machine-os-content',
    ])
    assert.equal(document.summary.blobsToTransfer, 6, 'a layer and a config of each new image')
    proxy.clear()
    const applied = await scene.applySaved('--json')
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(recordedLines(proxy.mutations).toSorted(), plannedLines(plan).toSorted())
    assert.equal(uploadedBytes(proxy.mutations), document.summary.bytesToTransfer)
    assert.equal(JSON.parse(applied.stdout).summary.bytesCopied, document.summary.bytesToTransfer)
    assert.equal((await scene.plan()).code, 0)
  })

  test('a higher minVersion deletes what no remaining release shares, and nothing else', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/trimmed`)
    await scene.publish(CHANNEL, series)
    scene.wantPlatform({ channels: [{ name: CHANNEL, minVersion: '4.16.0', maxVersion: '4.16.2' }] })
    await scene.apply()
    const range = { name: CHANNEL, minVersion: '4.16.1', maxVersion: '4.16.2' }
    scene.wantPlatform({ channels: [range] })
    const { code, document } = await scene.plan('--allow-mass-delete')
    assert.equal(code, 3)
    assert.deepEqual(actionsOf(document), { delete: 7 })
    assert.deepEqual(
      document.changes.map(({ destination }) => destination).toSorted(),
      [...placesOf(r0).keys()].map(place => `${b.host}/trimmed/${place}`).toSorted(),
    )
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    const left = new Set([r1, r2].flatMap(digestsOf))
    for (const [place, { manifest }] of placesOf(r0)) {
      const [repository] = place.split(':')
      const url = `${b.url}/v2/trimmed/${repository}/manifests/${manifest.digest}`
      const { status } = await fetch(url, { method: 'HEAD', headers: { accept: manifest.mediaType } })
      assert.equal(status, left.has(manifest.digest) ? 200 : 404, place)
    }
    assert.deepEqual(
      await tagsAt(b.url, 'trimmed/openshift/release'),
      [r1, r2]
        .flatMap(({ tag, components }) => [...components.keys()].map(name => `${tag}-${name}`))
        .toSorted(),
    )
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan()).code, 0)
  })

  test('a mirror that oc-mirror has made is adopted, and no byte is sent', async t => {
    for (const [place, image] of placesOf(r1)) {
      const [repository = '', tag] = place.split(':')
      await pushToServer(b.url, `adopted/${repository}`, tag, image)
    }
    const proxy = await startRecordingProxy(b.host)
    t.after(() => proxy.close())
    const scene = await releaseScene(t, source, `docker://${proxy.host}/adopted`)
    await scene.publish(CHANNEL, series)
    scene.wantPlatform({ channels: [{ name: CHANNEL, minVersion: '4.16.1', maxVersion: '4.16.1' }] })
    const { code, document } = await scene.plan()
    assert.equal(code, 2)
    assert.deepEqual(actionsOf(document), { adopt: 7 })
    assert.equal(document.summary.bytesToTransfer, 0)
    assert.equal((await scene.applySaved()).code, 0)
    assert.deepEqual(proxy.mutations, [])
    assert.equal((await scene.plan()).code, 0)
  })
})

/** Of the payload and its components. */
function digestsOf({ payload, components }: Release): readonly Digest[] {
  return [payload, ...components.values()].map(({ manifest }) => manifest.digest)
}

/** What was sent as blobs. */
function uploadedBytes(mutations: readonly Mutation[]): number {
  return mutations
    .filter(({ path }) => path.includes('/blobs/uploads/'))
    .reduce((sum, { bytes }) => sum + bytes, 0)
}
