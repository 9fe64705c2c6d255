import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manifestsInMemory } from '../../../testdata/caches-in-memory.ts'
import {
  type Built,
  buildArtifact,
  buildImage,
  buildIndex,
  buildMultiArch,
} from '../../../testdata/images.ts'
import { MemoryRegistry } from '../../../testdata/memory-registry.ts'
import { parseRepositoryPath } from '../../oci/reference.ts'
import type { ManifestCache } from '../../provider.ts'
import { ImageFault } from './image-fault.ts'
import { imageConfig, platformImage } from './platform-image.ts'
import { SIGNAL } from './testing/archives.ts'

function sceneOf(image: Built) {
  const registry = new MemoryRegistry('registry.example')
  registry.hold('acme/app', undefined, image)
  const reader = registry.repository(parseRepositoryPath('acme/app'))
  const choose = (platforms: readonly string[], cache?: ManifestCache) =>
    platformImage(reader, image.manifest.digest, platforms, cache, SIGNAL)
  return { registry, reader, choose }
}

const attestation = buildImage({ seed: 'att', platform: { os: 'unknown', architecture: 'unknown' } })
const multi = buildMultiArch({ platforms: ['linux/arm64', 'linux/amd64'] })
const [arm64, amd64] = multi.children
const single = buildImage({ config: { Labels: { version: '4.16.8', count: 3 }, Cmd: ['x'] } })

describe('the image of one platform', () => {
  const rows: readonly (readonly [string, Built, readonly string[], Built | undefined])[] = [
    ['the image itself, whatever its platform', single, ['linux/s390x'], single],
    ['the first preferred one that is there', multi, ['linux/s390x', 'linux/amd64', 'linux/arm64'], amd64],
    ['the first of the index when none is there', multi, ['linux/s390x'], arm64],
    [
      'the first of the index without preference, attestations aside',
      buildIndex([attestation, ...multi.children]),
      [],
      arm64,
    ],
    ['found through indexes in indexes', buildIndex([buildIndex([multi])]), ['linux/amd64'], amd64],
  ]
  for (const [what, image, platforms, found] of rows)
    it(`is ${what}`, async () => {
      const { digest } = await sceneOf(image).choose(platforms)
      assert.equal(digest, found?.manifest.digest)
    })

  it('is not found in an index without images, or behind too many indexes', async () => {
    await assert.rejects(sceneOf(buildIndex([attestation])).choose([]), ImageFault)
    let deep = multi
    for (let depth = 0; depth < 5; depth++) deep = buildIndex([deep])
    await assert.rejects(sceneOf(deep).choose([]), /more than 5 indexes lie in each other/)
  })

  it('is not asked for again when an earlier run kept its manifests', async () => {
    const { registry, choose } = sceneOf(multi)
    const cache = manifestsInMemory()
    await choose(['linux/amd64'], cache)
    assert.deepEqual(registry.counts(), { 'GET manifest': 2 })
    await choose(['linux/amd64'], cache)
    assert.deepEqual(registry.counts(), { 'GET manifest': 2 })
  })
})

describe('the config of an image', () => {
  it('is read whole, with its labels', async () => {
    const { reader, choose } = sceneOf(single)
    const { labels, json } = await imageConfig(reader, (await choose([])).manifest, SIGNAL)
    assert.deepEqual(labels, { version: '4.16.8' })
    assert.deepEqual(json.config, { Labels: { version: '4.16.8', count: 3 }, Cmd: ['x'] })
  })

  it('has no labels where it says none, and is missed where there is none', async () => {
    const { reader, choose } = sceneOf(buildArtifact({ artifactType: 'application/x' }))
    const { manifest } = await choose([])
    assert.deepEqual((await imageConfig(reader, manifest, SIGNAL)).labels, {})
    const { config: _, ...without } = manifest
    await assert.rejects(imageConfig(reader, without, SIGNAL), /has no config/)
  })
})
