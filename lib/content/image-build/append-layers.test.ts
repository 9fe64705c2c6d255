import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { skipWithout } from '../../../testdata/docker-registry.ts'
import {
  type Built,
  buildArtifact,
  buildImage,
  buildIndex,
  buildMultiArch,
} from '../../../testdata/images.ts'
import { MemoryRegistry } from '../../../testdata/memory-registry.ts'
import { mirrorScene } from '../../../testdata/mirror-scene.ts'
import { pushToServer } from '../../../testdata/push.ts'
import { copyOut, rawDigest } from '../../../testdata/skopeo.ts'
import { startTestRegistry } from '../../../testdata/test-registry.ts'
import type { MadeImage } from '../../graph/graph.ts'
import { digestOf } from '../../oci/digest.ts'
import { isRecord } from '../../oci/json.ts'
import { blobsOf, parseManifest } from '../../oci/manifest.ts'
import { parsePlatform } from '../../oci/platform.ts'
import { parseRepositoryPath } from '../../oci/reference.ts'
import { imageConfig, platformImage } from '../image-files/platform-image.ts'
import { readImageFiles } from '../image-files/read-image-files.ts'
import { SIGNAL, textsOf } from '../image-files/testing/archives.ts'
import { appendLayers } from './append-layers.ts'
import { buildLayer } from './build-layer.ts'
import { type JsonObject, loadBase } from './load-base.ts'

const LAYER = buildLayer([
  { path: 'configs/a/catalog.json', bytes: Buffer.from('{}') },
  { path: '.wh.etc', bytes: new Uint8Array() },
])
const ALL = { wanted: () => true, maxFileBytes: 100_000, maxTotalBytes: 100_000 }
const same = (config: JsonObject) => config

const withCommand = (config: JsonObject): JsonObject => ({
  ...config,
  config: { ...(isRecord(config.config) ? config.config : {}), Cmd: ['serve', '/configs'] },
})

function registryWith(image: Built) {
  const registry = new MemoryRegistry('registry.example')
  registry.hold('acme/base', undefined, image)
  const reader = registry.repository(parseRepositoryPath('acme/base'))
  const load = (...platforms: readonly string[]) =>
    loadBase(reader, image.manifest.digest, platforms.map(parsePlatform), undefined, SIGNAL)
  return { registry, reader, load }
}

/** As the builders of test images give it: ready to be pushed over its base. */
function asBuilt(made: MadeImage): Built {
  const manifests = made.manifests.map(({ mediaType, text }) => {
    const bytes = Buffer.from(text)
    const manifest = { mediaType, bytes, digest: digestOf(bytes) }
    return { manifest, descriptor: { ...manifest, size: bytes.length }, blobs: made.blobs, children: [] }
  })
  const root = manifests.at(-1)
  assert.equal(root?.manifest.digest, made.root)
  assert.ok(root)
  return { ...root, children: manifests.slice(0, -1) }
}

const rows: readonly (readonly [string, Built])[] = [
  ['an OCI image', buildImage({ annotations: { kept: 'yes' }, config: { Labels: { kept: 'yes' } } })],
  ['a Docker image', buildImage({ mediaTypes: 'docker' })],
  ['an OCI index', buildMultiArch({ files: { 'etc/a': '1' } })],
  ['a Docker list', buildMultiArch({ mediaTypes: 'docker' })],
]

describe('an image that mirrorform makes of a base and layers', () => {
  for (const [what, base] of rows)
    it(`is ${what} like its base, with the layers and the new config on every platform`, async () => {
      const { registry, reader, load } = registryWith(base)
      const loaded = await load()
      const made = appendLayers(loaded, [LAYER], withCommand, { 'made.by': 'mirrorform' })
      assert.deepEqual(appendLayers(await load(), [LAYER], withCommand, { 'made.by': 'mirrorform' }), made)
      registry.hold('acme/base', undefined, asBuilt(made))
      const root = made.manifests.at(-1)
      assert.equal(root?.mediaType, base.manifest.mediaType)
      assert.equal(root?.text.includes('made.by'), !root?.mediaType.includes('docker'))
      assert.equal(loaded.images.length, base.children.length || 1)
      for (const platform of base.children.length > 0 ? ['linux/amd64', 'linux/arm64'] : ['linux/amd64']) {
        const image = await platformImage(reader, made.root, [platform], undefined, SIGNAL)
        const before = await platformImage(reader, base.manifest.digest, [platform], undefined, SIGNAL)
        const [files, old] = [
          await readImageFiles(reader, image.manifest, ALL, SIGNAL),
          textsOf(await readImageFiles(reader, before.manifest, ALL, SIGNAL)),
        ]
        const left = Object.entries(old).filter(([path]) => !path.startsWith('etc/'))
        assert.deepEqual(textsOf(files), { ...Object.fromEntries(left), 'configs/a/catalog.json': '{}' })
        const [config, oldConfig] = [
          await imageConfig(reader, image.manifest, SIGNAL),
          await imageConfig(reader, before.manifest, SIGNAL),
        ]
        assert.deepEqual(config.json, withAdded(withCommand(oldConfig.json)))
        assert.deepEqual(image.manifest.layers.slice(0, -1), before.manifest.layers)
        assert.equal(image.manifest.layers.at(-1)?.mediaType, before.manifest.layers[0]?.mediaType)
        assert.ok(
          blobsOf(image.manifest).every(({ digest }) => registry.content('acme/base').blobs.has(digest)),
        )
      }
    })

  function withAdded(config: JsonObject): JsonObject {
    const rootfs = isRecord(config.rootfs) ? config.rootfs : {}
    const [ids, history] = [rootfs.diff_ids, config.history].map(list => (Array.isArray(list) ? list : []))
    const entry = { created: '1970-01-01T00:00:00Z', created_by: 'mirrorform', comment: 'files added' }
    return {
      ...config,
      rootfs: { ...rootfs, diff_ids: [...(ids ?? []), LAYER.diffId] },
      history: [...(history ?? []), entry],
    }
  }

  it('keeps everything of its base that it does not touch, in its order', async () => {
    const base = buildImage({
      annotations: { b: '1', a: '2' },
      artifactType: 'x/y',
      subject: buildImage({ seed: 9 }),
    })
    const made = appendLayers(await registryWith(base).load(), [LAYER], same)
    const [before, after] = [Buffer.from(base.manifest.bytes).toString(), made.manifests[0]?.text ?? '']
    const blank = (text: string) =>
      text.replace(/"config":.*?\}/, 'config').replace(/"layers":\[.*?\]/, 'layers')
    assert.equal(blank(after), blank(before))
  })

  it('without layers and changes is its base', async () => {
    for (const [, base] of rows) {
      const made = appendLayers(await registryWith(base).load(), [], same)
      assert.equal(made.root, base.manifest.digest)
    }
  })

  it('has only the chosen platforms, and no attestations', async () => {
    const images = buildMultiArch({ platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] }).children
    const attestation = buildImage({ seed: 'att', platform: { os: 'unknown', architecture: 'unknown' } })
    const { load } = registryWith(buildIndex([...images, attestation]))
    const listed = async (...platforms: readonly string[]) => {
      const made = appendLayers(await load(...platforms), [LAYER], same)
      const index = JSON.parse(made.manifests.at(-1)?.text ?? '') as {
        manifests: { platform: { architecture: string } }[]
      }
      return index.manifests.map(({ platform }) => platform.architecture)
    }
    assert.deepEqual(await listed(), ['amd64', 'arm64', 's390x'])
    assert.deepEqual(await listed('linux/s390x', 'linux/amd64'), ['amd64', 's390x'])
    await assert.rejects(listed('linux/ppc64le'), /has no image for platform linux\/ppc64le/)
  })

  it('carries no copy of content that is not there any more', async () => {
    const base = buildIndex([buildImage()])
    const text = Buffer.from(base.manifest.bytes).toString().replace('"size"', '"data":"e30=","size"')
    const bytes = Buffer.from(text)
    const { load } = registryWith({ ...base, manifest: { ...base.manifest, bytes, digest: digestOf(bytes) } })
    assert.doesNotMatch(appendLayers(await load(), [LAYER], same).manifests.at(-1)?.text ?? '', /"data"/)
  })

  it('is made of nothing but container images', async () => {
    const artifact = buildArtifact({ artifactType: 'application/x' })
    await assert.rejects(registryWith(artifact).load(), /its config names no layers/)
    await assert.rejects(registryWith(buildIndex([buildMultiArch()])).load(), /an index inside an index/)
    await assert.rejects(registryWith(buildIndex([])).load(), /the index lists no image/)
    const old = { ...buildImage(), manifest: schema1() }
    await assert.rejects(registryWith(old).load(), /Docker schema 1 manifests are not carried/)
  })

  function schema1() {
    const bytes = Buffer.from('{"schemaVersion":1,"fsLayers":[],"history":[]}')
    const mediaType = 'application/vnd.docker.distribution.manifest.v1+json'
    return { mediaType, bytes, digest: digestOf(bytes) }
  }

  it('is a valid image for other tools, with its digest', { skip: skipWithout('skopeo') }, async t => {
    const server = await startTestRegistry(t)
    const scene = mirrorScene(t, 'oci://unused')
    for (const [at, [, base]] of rows.entries()) {
      await pushToServer(server.url, `made/${at}`, 'base', base)
      const made = asBuilt(appendLayers(await registryWith(base).load(), [LAYER], withCommand))
      assert.ok(parseManifest(made.manifest, 'made'))
      await pushToServer(server.url, `made/${at}`, 'v1', made)
      const place = `docker://${server.host}/made/${at}:v1`
      assert.equal(await rawDigest(scene, place), made.manifest.digest)
      await copyOut(scene, place, scene.path(`copy-${at}`))
    }
  })
})
