/** Image sets with releases -> wanted images: the whole way, from channels to components, and everything that stops it. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { buildSeries } from '../../../testdata/release-series.ts'
import { buildComponent, buildRelease, PAYLOAD_REPOSITORY, type Release } from '../../../testdata/releases.ts'
import {
  channelOf,
  collect,
  failure,
  placesOf,
  type ReleasesInMemory,
  releasesInMemory,
} from '../../../testdata/releases-in-memory.ts'
import { updateGraph } from '../../../testdata/update-graph-server.ts'
import { parseReference } from '../../oci/reference.ts'
import { noteUpdates } from './index.ts'
import { graphUrl } from './update-graph/index.ts'

const CHANNEL = 'stable-4.16'
const series = buildSeries({ versions: ['4.16.0', '4.16.1', '4.16.2'], components: 4, changed: 1 })
const [r0, r1, r2] = series as [Release, Release, Release]

describe('releases of channels', () => {
  let memory: ReleasesInMemory
  before(async () => {
    memory = await releasesInMemory()
    await memory.publish(CHANNEL, series)
  })

  it('are the payload and every component of it, two names of one image included', async () => {
    const cli = buildComponent('cli')
    const release = buildRelease({
      version: '4.16.2',
      components: { cli, 'cli-debug': 'debug', tools: cli },
    })
    const alone = await releasesInMemory()
    await alone.publish(CHANNEL, [release])
    const range = { minVersion: '4.16.2', maxVersion: '4.16.2' }
    const { images, selections } = await collect(alone, { channels: [channelOf(CHANNEL, range)] })
    assert.deepEqual(placesOf(images), [
      'openshift/release-images:4.16.2-x86_64',
      'openshift/release:4.16.2-x86_64-cli',
      'openshift/release:4.16.2-x86_64-cli-debug',
      'openshift/release:4.16.2-x86_64-tools',
    ])
    const [payload, first, , tools] = images
    assert.deepEqual(first?.source, tools?.source)
    assert.equal(payload?.releaseSignatures?.length, 1)
    assert.deepEqual(payload?.source, { kind: 'registry', reference: parseReference(release.reference) })
    assert.deepEqual(
      selections.map(({ kept }) => kept.map(({ name }) => name)),
      [['4.16.2']],
    )
  })

  it('that several channels name are asked for once, and carry all of those channels', async () => {
    const twice = await releasesInMemory()
    await twice.publish(CHANNEL, series)
    await twice.publish('fast-4.16', series)
    const full = { full: true }
    const { images } = await collect(twice, {
      channels: [channelOf('fast-4.16', full), channelOf(CHANNEL, full)],
    })
    assert.equal(images.length, 3 * 5)
    for (const { origins } of images)
      assert.deepEqual(
        origins.map(origin => (origin.kind === 'release' ? origin.channels : [])),
        [['fast-4.16', CHANNEL]],
      )
    const manifests = twice.quay.requests.filter(({ what, repository }) => {
      return what === 'manifest' && repository === PAYLOAD_REPOSITORY
    })
    assert.equal(manifests.length, 3)
    assert.equal(twice.asked.filter(url => url.includes('signature')).length, 3)
  })

  it('of two image sets are read once with one reader', async () => {
    const asked = memory.quay.requests.length
    const read = await memory.reader()
    const section = { channels: [channelOf(CHANNEL)] }
    const both = await Promise.all(
      [1, 2].map(() => collect({ ...memory, reader: async () => read }, section)),
    )
    assert.deepEqual(both[0]?.images, both[1]?.images)
    const payloads = memory.quay.requests.slice(asked).filter(({ what }) => what === 'manifest')
    assert.ok(payloads.length <= 1, JSON.stringify(payloads))
  })

  it('are chosen once for each architecture', async () => {
    const arm = buildRelease({ version: '4.16.2', architecture: 'arm64', components: { etcd: 'arm' } })
    await memory.publish(CHANNEL, [arm])
    const { images } = await collect(memory, {
      channels: [channelOf(CHANNEL)],
      architectures: ['amd64', 'arm64'],
    })
    const payloads = placesOf(images).filter(place => place.includes('release-images'))
    assert.deepEqual(payloads, [
      'openshift/release-images:4.16.2-x86_64',
      'openshift/release-images:4.16.2-aarch64',
    ])
  })

  it('are refused where the graph names the payload of another version or architecture', async () => {
    const other = await releasesInMemory()
    await other.publish(CHANNEL, [{ ...r0, version: '4.16.2' }])
    const old = await failure(collect(other, { channels: [channelOf(CHANNEL)] }))
    assert.match(old.message, /^4\.16\.2 \(x86_64\), .*in truth the payload of 4\.16\.0 \(x86_64\)$/)
    const nameless = buildRelease({ version: 'mine', components: { etcd: 'etcd' } })
    await other.publish('own-4.16', [{ ...nameless, version: '4.16.2' }])
    const own = await failure(collect(other, { channels: [channelOf('own-4.16')] }))
    assert.match(own.message, /in truth the payload of mine \(x86_64\)$/)
    other.web.set(other.graphAt(CHANNEL, 'arm64'), Buffer.from(JSON.stringify(updateGraph([r0]))))
    const section = { channels: [channelOf(CHANNEL)], architectures: ['arm64'] as const }
    const foreign = await failure(collect(other, section))
    assert.match(foreign.message, /^4\.16\.0 \(aarch64\), .*in truth the payload of 4\.16\.0 \(x86_64\)$/)
    assert.match(foreign.hint ?? '', /stable-4\.16.*UPDATE_URL_OVERRIDE/)
  })

  it('bring the machine images of KubeVirt', async () => {
    const kubevirt = await releasesInMemory()
    const release = buildRelease({
      version: '4.16.2',
      components: { etcd: 'etcd' },
      machines: { x86_64: 'machine' },
    })
    await kubevirt.publish(CHANNEL, [release])
    const { images } = await collect(kubevirt, { channels: [channelOf(CHANNEL)], kubeVirtContainer: true })
    assert.equal(placesOf(images).at(-1), 'openshift/release:4.16.2-x86_64-kube-virt-container')
  })

  it('of OKD come from its own graph, and are called as their signer calls them', async () => {
    const okd = await releasesInMemory()
    const release = buildRelease({ version: '4.18.0-okd-scos.8', components: { etcd: 'etcd' } })
    await okd.publish(CHANNEL, [release])
    const { digest } = release.payload.manifest
    okd.web.set(
      okd.signatureAt(release),
      await okd.signer.sign(digest, `quay.io/okd/scos-release:${release.version}`),
    )
    const channel = { product: 'okd', channel: '4-scos-stable', architecture: 'amd64' } as const
    okd.web.set(graphUrl(channel), Buffer.from(JSON.stringify(updateGraph([release]))))
    const { images } = await collect(okd, { channels: [channelOf('4-scos-stable', { product: 'okd' })] })
    assert.deepEqual(placesOf(images), [
      'openshift/release-images:4.18.0-okd-scos.8',
      'openshift/release:4.18.0-okd-scos.8-etcd',
    ])
  })

  it('say that an update from what the mirror holds is not possible, naming what is missing', async () => {
    const gap = await releasesInMemory()
    await gap.publish(CHANNEL, series, [
      ['4.16.0', '4.16.1'],
      ['4.16.1', '4.16.2'],
    ])
    const { choices } = await collect(gap, { channels: [channelOf(CHANNEL)] })
    const held = (version: string, more: object = {}) =>
      ({ kind: 'release', version, architecture: 'x86_64', channels: [], ...more }) as const
    const [note, ...others] = noteUpdates(
      choices,
      [held('4.16.0'), held('4.16.1', { component: 'etcd' })],
      'allow',
    )
    assert.match(note ?? '', /4\.16\.0.*4\.16\.2.*4\.16\.1/)
    assert.deepEqual(others, [])
    assert.deepEqual(noteUpdates(choices, [held('4.16.1')], 'allow'), [])
    assert.deepEqual(noteUpdates(choices, [held('4.16.0', { architecture: 'aarch64' })], 'allow'), [])
  })
})

describe('no half of a release is ever planned:', () => {
  const full = { channels: [channelOf(CHANNEL, { full: true })] }

  it('every release without a signature is named, with what was tried', async () => {
    const memory = await releasesInMemory()
    await memory.publish(CHANNEL, series)
    for (const release of [r0, r2]) memory.web.delete(memory.signatureAt(release))
    const { message, hint } = await failure(collect(memory, full))
    const lines = message.split('\n')
    assert.equal(lines.length, 2)
    assert.match(
      lines[0] ?? '',
      /^4\.16\.0 \(x86_64\), quay\.io\/.*@sha256:.* has no signature; tried https:/,
    )
    assert.match(lines[1] ?? '', /^4\.16\.2 \(x86_64\)/)
    assert.ok(hint)
  })

  it('a signature for another payload does not count', async () => {
    const memory = await releasesInMemory()
    await memory.publish(CHANNEL, series)
    memory.web.set(memory.signatureAt(r1), await memory.signer.sign(r0.payload.manifest.digest, 'q.io/a:1'))
    const { message } = await failure(collect(memory, full))
    assert.match(message, /^4\.16\.1 \(x86_64\).*not verified/)
  })

  it('a payload without image-references is named, and so is one that is not there', async () => {
    const memory = await releasesInMemory()
    const broken = buildRelease({
      version: '4.16.1',
      components: {},
      files: { 'release-manifests/image-references': '{}' },
    })
    await memory.publish(CHANNEL, [r0, broken, r2])
    memory.quay.content(PAYLOAD_REPOSITORY).manifests.delete(r2.payload.manifest.digest)
    const { message } = await failure(collect(memory, full))
    assert.match(message, /4\.16\.1 \(x86_64\).*image-references/)
    assert.match(message, /^4\.16\.2 \(x86_64\), .* cannot be read: /m)
    assert.doesNotMatch(message, /4\.16\.0/)
  })

  it('a payload with neither content nor signature is told with both causes', async () => {
    const memory = await releasesInMemory()
    await memory.publish(CHANNEL, [r0])
    memory.web.delete(memory.signatureAt(r0))
    memory.quay.content(PAYLOAD_REPOSITORY).manifests.clear()
    const { message } = await failure(collect(memory, full))
    assert.ok(message.split('\n').length >= 2, message)
  })

  it('an unknown channel is named', async () => {
    const memory = await releasesInMemory()
    await memory.publish(CHANNEL, series)
    memory.web.set(memory.graphAt('stable-4.99'), Buffer.from('{"version":1,"nodes":[],"edges":[]}'))
    const { message } = await failure(
      collect(memory, { channels: [channelOf('stable-4.99'), channelOf(CHANNEL)] }),
    )
    assert.match(message, /stable-4\.99/)
  })
})
