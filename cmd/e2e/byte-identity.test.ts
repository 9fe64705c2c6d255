/**
 * What an apply puts into a registry is, byte for byte, what the source has: for every kind of thing registries hold,
 * whatever the two registries know of referrers, as another tool sees it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { referrersTag } from '../../lib/oci/attachment-tags.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import {
  type Built,
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildIndex,
  buildMultiArch,
  bytesFromSeed,
} from '../../testdata/images.ts'
import { mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { copyOut, rawDigest, skopeo } from '../../testdata/skopeo.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const single = buildImage({ seed: 'single' })
const multi = buildMultiArch({ seed: 'multi', platforms: ['linux/amd64', 'linux/arm64', 'linux/arm/v7'] })
const dockerList = buildMultiArch({ seed: 'list', mediaTypes: 'docker' })
const artifact = buildArtifact({
  artifactType: 'application/vnd.example.model.v1',
  blobs: [bytesFromSeed('model', 5000)],
})
const signature = buildCosignSignature(multi.manifest.digest)
const sbom = buildArtifact({
  artifactType: 'application/spdx+json',
  subject: single,
  blobs: [Buffer.from('{"spdxVersion":"SPDX-2.3"}')],
})
/** What a client leaves behind in a registry without the referrers API (distribution-spec 1.1, "Referrers Tag Schema"). */
const sbomList = buildIndex([sbom])
const sbomTag = referrersTag(single.manifest.digest)

const IMAGES: readonly (readonly [name: string, image: Built])[] = [
  ['apps/single:1.0', single],
  ['apps/multi:2.0', multi],
  ['apps/list:3.0', dockerList],
  ['models/artifact:v1', artifact],
]

interface ListedManifests {
  readonly manifests: readonly { readonly digest: string; readonly artifactType?: string }[]
}

async function fill(url: string, withFallbackTag: boolean): Promise<void> {
  for (const [name, image] of IMAGES) {
    const [repository = '', tag] = name.split(':')
    await pushToServer(url, repository, tag, image)
  }
  await pushToServer(url, 'apps/multi', signature.tag, signature)
  await pushToServer(url, 'apps/single', undefined, sbom)
  if (withFallbackTag) await pushToServer(url, 'apps/single', sbomTag, sbomList)
}

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await fill(a.url, true)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('every kind of image arrives byte for byte, and other tools can copy it on', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/mirror/one`)
    scene.want(...IMAGES.map(([name]) => `${a.host}/${name}`))
    const { document } = await scene.plan()
    assert.equal(document.summary.add, 4)
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    for (const [name, image] of [
      ...IMAGES,
      [`apps/multi:${signature.tag}`, signature],
      [`apps/single:${sbomTag}`, sbomList],
    ] as const) {
      const place = `docker://${b.host}/mirror/one/${name}`
      assert.equal(await rawDigest(scene, place), image.manifest.digest, name)
      assert.equal(await rawDigest(scene, `docker://${a.host}/${name}`), image.manifest.digest, name)
      // skopeo 1.9 copies images, and refuses what is none.
      if (image !== artifact && image !== sbomList)
        await copyOut(scene, place, scene.path(name.replace(/\W/g, '-')))
    }
    const byDigest = `docker://${b.host}/mirror/one/apps/single@${sbom.manifest.digest}`
    assert.equal(await rawDigest(scene, byDigest), sbom.manifest.digest)
    const verified = await scene.at('verify', ['--deep', '--json'])
    assert.equal(verified.code, 0, verified.output)
    const { findings, deep } = JSON.parse(verified.stdout)
    assert.deepEqual({ findings, deep }, { findings: [], deep: true })
  })

  test('referrers of a registry that lists them reach one that does not, under the fallback tag', async t => {
    const source = await startTestRegistry(t)
    await fill(source.url, false)
    const scene = mirrorScene(t, `docker://${b.host}/mirror/two`)
    scene.want(`${source.host}/apps/single:1.0`, `${source.host}/apps/multi:2.0`)
    await scene.apply()
    const list = await skopeo(
      scene,
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${b.host}/mirror/two/apps/single:${sbomTag}`,
    )
    const { manifests }: ListedManifests = JSON.parse(list.toString())
    assert.deepEqual(
      manifests.map(({ digest, artifactType }) => [digest, artifactType]),
      [[sbom.manifest.digest, 'application/spdx+json']],
    )
    const prefix = `docker://${b.host}/mirror/two/apps`
    assert.equal(await rawDigest(scene, `${prefix}/single@${sbom.manifest.digest}`), sbom.manifest.digest)
    assert.equal(await rawDigest(scene, `${prefix}/multi:${signature.tag}`), signature.manifest.digest)
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    assert.equal((await scene.plan()).code, 0)
  })

  test('referrers under a fallback tag reach a registry that lists them', async t => {
    const target = await startTestRegistry(t)
    const scene = mirrorScene(t, `docker://${target.host}/three`)
    scene.want(`${a.host}/apps/single:1.0`, `${a.host}/apps/list:3.0`)
    await scene.apply()
    const listed = await fetch(`${target.url}/v2/three/apps/single/referrers/${single.manifest.digest}`)
    const { manifests } = (await listed.json()) as ListedManifests
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      [sbom.manifest.digest],
    )
    const list = `docker://${target.host}/three/apps/list:3.0`
    assert.equal(await rawDigest(scene, list), dockerList.manifest.digest)
    await copyOut(scene, list, scene.path('list'))
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
    const state = scene.read(STATE)
    assert.equal((await scene.plan()).code, 0)
    await scene.apply()
    assert.equal(scene.read(STATE), state)
  })
})
