/**
 * Which releases an image set comes down to: ways through channels, architectures, one payload by digest, machine images;
 * and that what was chosen is what the target then holds.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { actionsOf, type PlanDocument } from '../../testdata/mirror-scene.ts'
import {
  digestAt,
  placesOf,
  type ReleaseScene,
  type ReleaseSource,
  releaseScene,
  releaseSource,
  tagsAt,
} from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { buildRelease, COMPONENT_REPOSITORY, type Release } from '../../testdata/releases.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { updateGraph } from '../../testdata/update-graph-server.ts'

const versions = ['4.15.0', '4.15.3', '4.15.5', '4.15.9', '4.16.0', '4.16.2', '4.16.4']
const series = buildSeries({ versions, components: 3, changed: 1 })
const arm64 = buildSeries({ versions: ['4.16.4'], architecture: 'arm64', components: 2, changed: 0 })
const multi = buildSeries({ versions: ['4.16.4'], architecture: 'multi', components: 2, changed: 0 })
const machines = buildRelease({
  version: '4.16.7',
  components: { etcd: 'kubevirt etcd' },
  machines: { x86_64: 'machine', s390x: 'mainframe' },
})
const last = series.at(-1) as Release

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  let source: ReleaseSource
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    source = await releaseSource(a)
    await source.push(...series, ...arm64, ...multi, machines)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('the shortest ways through two channels, and the way between them, are what the spec says', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/paths`)
    await publishWorkedExample(scene)
    scene.wantPlatform({
      channels: [{ name: 'stable-4.15', minVersion: '4.15.0', maxVersion: '4.15.9', shortestPath: true }],
    })
    assert.deepEqual(payloadTags((await scene.plan()).document), tagsFor('4.15.0', '4.15.5', '4.15.9'))
    scene.wantPlatform({
      channels: [
        { name: 'stable-4.15', minVersion: '4.15.0', maxVersion: '4.15.3' },
        { name: 'stable-4.16', minVersion: '4.16.0', maxVersion: '4.16.4' },
      ],
    })
    const { document, plan } = await scene.plan()
    assert.deepEqual(payloadTags(document), tagsFor(...versions))
    const reasons = plan.selections.flatMap(({ kept }) => kept)
    assert.match(reasons.find(({ name }) => name === '4.15.5')?.why ?? '', /way/)
    assert.match(reasons.find(({ name }) => name === '4.15.0')?.why ?? '', /requested/)
    const shown = await scene.run(['show', 'mirror.plan.json'])
    assert.match(shown.stdout, /stable-4\.15[\s\S]*stable-4\.16/)
  })

  test('each architecture is a release of its own', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/architectures`)
    await scene.publish('stable-4.16', [last])
    await scene.publish('stable-4.16', arm64)
    scene.wantPlatform({ channels: [{ name: 'stable-4.16' }], architectures: ['amd64', 'arm64'] })
    await scene.apply()
    for (const release of [last, ...arm64])
      for (const [place, { manifest }] of placesOf(release))
        assert.equal(await digestAt(b.url, `architectures/${place}`), manifest.digest)
    assert.deepEqual(await tagsAt(b.url, 'architectures/openshift/release-images'), [
      '4.16.4-aarch64',
      '4.16.4-x86_64',
    ])
  })

  test('of a multi release the chosen platforms come, where the target takes incomplete indexes', async t => {
    const target = await startTestRegistry(t, { requireChildren: false })
    const scene = await releaseScene(t, source, `docker://${target.host}/multi`)
    await scene.publish('stable-4.16', multi)
    scene.wantPlatform({
      channels: [{ name: 'stable-4.16' }],
      platforms: [{ os: 'linux', architecture: 'arm64' }],
    })
    await scene.apply()
    const [release] = multi
    for (const [place, image] of placesOf(release as Release)) {
      const base = `${target.url}/v2/multi/${place.split(':')[0]}/manifests`
      const [other, chosen] = image.children
      const statuses = [image, chosen, other].map(
        async each => (await fetch(`${base}/${each?.manifest.digest}`, { method: 'HEAD' })).status,
      )
      assert.deepEqual(await Promise.all(statuses), [200, 200, 404], place)
    }
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan()).code, 0)
  })

  test('one payload by digest is mirrored without any update graph, under the name its signature gives it', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/exact`)
    await scene.publish('nowhere', [last])
    scene.wantPlatform({ release: last.reference })
    await scene.apply()
    assert.deepEqual(await tagsAt(b.url, 'exact/openshift/release-images'), [last.tag])
    assert.deepEqual(
      await tagsAt(b.url, 'exact/openshift/release'),
      [...last.components.keys()].map(name => `${last.tag}-${name}`).toSorted(),
    )
    assert.ok(scene.graphs.requests.every(request => !request.startsWith('/graph')))
    assert.equal((await scene.plan()).code, 0)
  })

  test('the machine image for KubeVirt comes with the release when it is asked for', async t => {
    const scene = await releaseScene(t, source, `docker://${b.host}/kubevirt`)
    await scene.publish('stable-4.16', [machines])
    scene.wantPlatform({ channels: [{ name: 'stable-4.16' }], kubeVirtContainer: true })
    const { document } = await scene.plan()
    assert.deepEqual(actionsOf(document), { add: 3 })
    const machine = document.changes.find(({ destination }) => destination.includes('kube-virt'))
    assert.match(machine?.destination ?? '', /openshift\/release:4\.16\.7-x86_64-kube-virt-container$/)
    const digest = machines.machines.get('x86_64')?.manifest.digest
    assert.equal(machine?.source, `quay.io/${COMPONENT_REPOSITORY}@${digest}`)
    assert.equal((await scene.applySaved()).code, 0)
  })
})

/** The worked example of the specification of oc-mirror v2, "Version selection". */
async function publishWorkedExample(scene: ReleaseScene): Promise<void> {
  const named = (...names: readonly string[]) => series.filter(({ version }) => names.includes(version))
  const old = named('4.15.0', '4.15.3', '4.15.5', '4.15.9')
  await scene.publish(
    'stable-4.15',
    old,
    updateGraph(old, [
      ['4.15.0', '4.15.3'],
      ['4.15.0', '4.15.5'],
      ['4.15.3', '4.15.5'],
      ['4.15.3', '4.15.9'],
      ['4.15.5', '4.15.9'],
    ]),
  )
  const current = named('4.15.5', '4.15.9', '4.16.0', '4.16.2', '4.16.4')
  await scene.publish(
    'stable-4.16',
    current,
    updateGraph(current, [
      ['4.15.5', '4.15.9'],
      ['4.15.5', '4.16.0'],
      ['4.15.9', '4.16.2'],
      ['4.16.0', '4.16.2'],
      ['4.16.2', '4.16.4'],
      ['4.16.0', '4.16.4'],
    ]),
  )
}

/** Tags of the payloads that are added, sorted. */
function payloadTags({ changes }: PlanDocument): readonly string[] {
  return changes
    .map(({ destination }) => destination)
    .filter(destination => destination.includes('/openshift/release-images:'))
    .map(destination => destination.split(':').at(-1) ?? '')
    .toSorted()
}

function tagsFor(...names: readonly string[]): readonly string[] {
  return names.map(name => `${name}-x86_64`)
}
