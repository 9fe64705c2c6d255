import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { factsInMemory, manifestsInMemory } from '../../../../testdata/caches-in-memory.ts'
import { buildImage } from '../../../../testdata/images.ts'
import { MemoryRegistry } from '../../../../testdata/memory-registry.ts'
import { buildRelease, PAYLOAD_REPOSITORY, type Release } from '../../../../testdata/releases.ts'
import { MirrorformError, PlanError } from '../../../errors.ts'
import { type Digest, digestOf } from '../../../oci/digest.ts'
import type { RawManifest } from '../../../oci/manifest.ts'
import { type Platform, parsePlatform } from '../../../oci/platform.ts'
import { parseRepositoryPath } from '../../../oci/reference.ts'
import { decodePayload, encodePayload } from './payload-fact.ts'
import { readPayload } from './read.ts'

const NAME = '4.16.8 (amd64), quay.io/ocp/release'
const REFERENCES = 'release-manifests/image-references'
const METADATA = 'release-manifests/release-metadata'
const BOOT_IMAGES = 'release-manifests/0000_50_installer_coreos-bootimages.yaml'
const PINNED = `quay.io/ocp/art@${digestOf('pinned')}`

/** A registry with the given payloads, and caches that last for one test. */
function scene(...payloads: readonly Release['payload'][]) {
  const registry = new MemoryRegistry('quay.io')
  for (const payload of payloads) registry.hold(PAYLOAD_REPOSITORY, undefined, payload)
  const manifests = new Map<Digest, RawManifest>()
  const kept = new Map<string, Uint8Array>()
  const [cache, facts] = [manifestsInMemory(manifests), factsInMemory(kept)]
  const reader = registry.repository(parseRepositoryPath(PAYLOAD_REPOSITORY))
  const read = (digest: Digest, platforms: readonly Platform[] = []) =>
    readPayload({ reader, digest, name: NAME, platforms }, cache, facts, new AbortController().signal)
  return { registry, kept, manifests, read }
}

function read(release: Release) {
  return scene(release.payload).read(release.payload.manifest.digest)
}

/** A release whose files of these names have other content. */
function withFiles(files: Readonly<Record<string, string>>): Release {
  return buildRelease({ version: '4.16.8', components: { etcd: 'etcd' }, files })
}

function references(tags: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ kind: 'ImageStream', metadata: { name: '4.16.8' }, spec: { tags }, ...more })
}

function tag(name: string, image: string = PINNED, kind = 'DockerImage') {
  return { name, from: { kind, name: image } }
}

describe('a release payload', () => {
  it('names its version, architecture, components by digest and boot images', async () => {
    const release = buildRelease({
      version: '4.16.8',
      components: { 'machine-os': 'os', etcd: 'etcd', 'etcd-operator': 'etcd' },
      machines: { x86_64: 'kubevirt' },
      previous: ['4.15.9', '4.16.7'],
    })
    const payload = await read(release)
    assert.deepEqual(
      payload.components.map(({ name, image }) => [name, image.digest]),
      ['etcd', 'etcd-operator', 'machine-os'].map(name => [
        name,
        release.components.get(name)?.manifest.digest,
      ]),
    )
    assert.equal(payload.digest, release.payload.manifest.digest)
    assert.equal(payload.version, '4.16.8')
    assert.equal(payload.architecture, 'amd64')
    assert.deepEqual(payload.previous, ['4.15.9', '4.16.7'])
    assert.equal(payload.errata, 'https://access.redhat.com/errata/4.16.8')
    assert.deepEqual([...payload.kubevirt.keys()], ['x86_64'])
    assert.match(
      payload.kubevirt.get('x86_64') ?? '',
      new RegExp(`@${release.machines.get('x86_64')?.manifest.digest}$`),
    )
  })

  it('for several architectures is read from one of its instances, the one asked for where it has that', async () => {
    const release = buildRelease({ version: '4.16.8', architecture: 'multi', components: { etcd: 'etcd' } })
    const [amd64, arm64] = release.payload.children
    for (const [platforms, child] of [
      [[], amd64],
      [[parsePlatform('linux/arm64')], arm64],
      [[parsePlatform('linux/s390x')], amd64],
    ] as const) {
      const { read, manifests } = scene(release.payload)
      const payload = await read(release.payload.manifest.digest, platforms)
      assert.equal(payload.architecture, 'multi')
      assert.equal(payload.components.length, 1)
      assert.deepEqual([...manifests.keys()], [release.payload.manifest.digest, child?.manifest.digest])
    }
  })

  it('has the architecture it states, else that of its config', async () => {
    const stated = JSON.stringify({
      kind: 'cincinnati-metadata-v0',
      version: '4.16.8',
      metadata: { 'release.openshift.io/architecture': 'aarch64' },
    })
    assert.equal((await read(withFiles({ [METADATA]: stated }))).architecture, 'arm64')
    const built = buildRelease({ version: '4.16.8', architecture: 's390x', components: { etcd: 'etcd' } })
    assert.equal((await read(built)).architecture, 's390x')
  })

  it('is not asked anything the second time', async () => {
    const release = buildRelease({
      version: '4.16.8',
      components: { etcd: 'etcd' },
      machines: { s390x: 'k' },
    })
    const { registry, read } = scene(release.payload)
    const first = await read(release.payload.manifest.digest)
    assert.equal(registry.counts()['GET manifest'], 1)
    registry.forgetRequests()
    assert.deepEqual(await read(release.payload.manifest.digest), first)
    assert.deepEqual(registry.requests, [])
  })

  it('is read anew where what was kept is damaged', async () => {
    const release = buildRelease({ version: '4.16.8', components: { etcd: 'etcd' } })
    const { digest } = release.payload.manifest
    const { kept, read } = scene(release.payload)
    const first = await read(digest)
    const bytes = kept.get(`payload/${digest}`) ?? new Uint8Array()
    for (let length = 0; length < bytes.length; length += 11)
      assert.equal(decodePayload(bytes.subarray(0, length), digest), undefined)
    for (const [from, to] of [
      ['"format":1', '"format":0'],
      ['"etcd"', '7'],
      ['@sha256', ''],
      ['amd64', 'vax'],
    ] as const) {
      const damaged = Buffer.from(Buffer.from(bytes).toString().replace(from, to))
      assert.equal(decodePayload(damaged, digest), undefined, from)
      kept.set(`payload/${digest}`, damaged)
      assert.deepEqual(await read(digest), first)
    }
    assert.equal(decodePayload(encodePayload(first), digestOf('another')), undefined)
  })

  it('may lack metadata and boot images', async () => {
    const image = buildImage({ layers: [{ [REFERENCES]: references([tag('etcd')]) }] })
    const payload = await scene(image).read(image.manifest.digest)
    assert.deepEqual(payload.previous, [])
    assert.equal(payload.kubevirt.size, 0)
    assert.equal(payload.errata, undefined)
  })

  it('may keep its manifests in a folder of its own; those at the root win', async () => {
    const moved = buildImage({ layers: [{ [`payload/${REFERENCES}`]: references([tag('moved')]) }] })
    assert.equal((await scene(moved).read(moved.manifest.digest)).components[0]?.name, 'moved')
    const both = buildImage({
      layers: [{ [REFERENCES]: references([tag('own')]), [`a/${REFERENCES}`]: references([tag('moved')]) }],
    })
    assert.equal((await scene(both).read(both.manifest.digest)).components[0]?.name, 'own')
  })
})

describe('a payload that cannot be mirrored is refused with its name and the tag that is wrong', () => {
  const cases: readonly (readonly [what: string, files: Readonly<Record<string, string>>, said: RegExp])[] = [
    [
      'a component by tag',
      { [REFERENCES]: references([tag('etcd', 'quay.io/a/b:1')]) },
      /has "etcd", which is "quay\.io\/a\/b:1" and not pinned/,
    ],
    [
      'an invalid reference',
      { [REFERENCES]: references([tag('etcd', 'quay.io/A/b@sha256:12')]) },
      /has "etcd", which cannot be read: .*"sha256:12" is not a digest/,
    ],
    [
      'a component twice',
      { [REFERENCES]: references([tag('etcd'), tag('cli'), tag('etcd')]) },
      /lists "etcd" twice/,
    ],
    [
      'a component of another kind',
      { [REFERENCES]: references([tag('etcd', 'etcd@1', 'ImageStreamImage')]) },
      /no image for "etcd": from is \{"kind":"ImageStreamImage"/,
    ],
    [
      'a component without a name',
      { [REFERENCES]: references([{ from: {} }]) },
      /without a name \(spec\.tags\[0\]\)/,
    ],
    ['no components', { [REFERENCES]: references([]) }, /lists no components \(spec\.tags\)/],
    ['no list', { [REFERENCES]: references([], { spec: null }) }, /lists no components \(spec\.tags\)/],
    [
      'no version',
      { [REFERENCES]: references([tag('etcd')], { metadata: {} }) },
      /does not state its version/,
    ],
    [
      'another kind',
      { [REFERENCES]: references([tag('etcd')], { kind: 'Pod' }) },
      /is a "Pod" and no ImageStream/,
    ],
    ['references that are not JSON', { [REFERENCES]: '{"kind":' }, /image-references is not JSON/],
    ['references that are a list', { [REFERENCES]: '[]' }, /image-references is JSON, but not an object/],
    ['metadata that is not JSON', { [METADATA]: 'x' }, /release-metadata is not JSON/],
    ['metadata of another kind', { [METADATA]: '{"kind":"v9"}' }, /release-metadata is of the kind "v9"/],
    [
      'two versions',
      { [METADATA]: '{"kind":"cincinnati-metadata-v0","version":"4.16.9"}' },
      /image-references is of version 4\.16\.8, release-metadata of 4\.16\.9/,
    ],
    [
      'an unknown architecture',
      {
        [METADATA]:
          '{"kind":"cincinnati-metadata-v0","metadata":{"release.openshift.io/architecture":"riscv64"}}',
      },
      /releases for "riscv64" are not known/,
    ],
    ['boot images that are not YAML', { [BOOT_IMAGES]: 'a: [' }, /coreos-bootimages\.yaml is not YAML/],
    [
      'boot images that are no object',
      { [BOOT_IMAGES]: '- a' },
      /coreos-bootimages\.yaml is YAML, but not an object/,
    ],
    ['a stream that is not JSON', { [BOOT_IMAGES]: 'data:\n  stream: x' }, /data\.stream of .* is not JSON/],
  ]
  for (const [what, files, said] of cases)
    it(what, async () => {
      await assert.rejects(read(withFiles(files)), (error: unknown) => {
        assert.ok(error instanceof PlanError, String(error))
        assert.ok(error.message.includes(NAME), error.message)
        assert.match(error.message, said)
        return error.hint !== undefined
      })
    })

  it('an image that is no release', async () => {
    const image = buildImage()
    await assert.rejects(scene(image).read(image.manifest.digest), (error: unknown) => {
      assert.ok(error instanceof PlanError)
      assert.match(error.message, /is no release: it has no release-manifests\/image-references/)
      return true
    })
  })

  it('nothing is kept of it', async () => {
    const release = withFiles({ [REFERENCES]: '{' })
    const { kept, read } = scene(release.payload)
    await assert.rejects(read(release.payload.manifest.digest), MirrorformError)
    assert.equal(kept.size, 0)
  })
})
