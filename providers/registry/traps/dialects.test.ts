/**
 * The same images, mirrored into every kind of registry that the field has: planned, applied, read back and planned
 * again, with nobody telling mirrorform which kind it is.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialectScene } from '../../../testdata/dialect-scene.ts'
import * as dialects from '../../../testdata/dialects.ts'
import {
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildMultiArch,
  bytesFromSeed,
} from '../../../testdata/images.ts'
import { SIGNAL } from '../testing/scripted-registry.ts'

const SHARED = bytesFromSeed('shared layer', 50_000)
const APP = buildMultiArch({ seed: 'app', platforms: ['linux/amd64', 'linux/arm64'] })
const SIGNATURE = buildCosignSignature(APP.manifest.digest)
const SBOM = buildArtifact({ artifactType: 'application/spdx+json', subject: APP })
const ONE = buildImage({ layers: [SHARED, bytesFromSeed('one', 3000)] })
const TWO = buildImage({ layers: [SHARED, bytesFromSeed('two', 3000)] })
const NAMES = ['app:1', 'one:1', 'two:1']

const DIALECTS: readonly (readonly [string, dialects.Dialect])[] = [
  ['distribution', dialects.distribution()],
  ['Quay', dialects.quay()],
  ['Docker Hub', dialects.dockerHub()],
  ['GitLab', dialects.gitlab()],
  ['Harbor', dialects.harbor('mirror')],
  ['ECR', dialects.ecr({ repositories: ['mirror/app', 'mirror/one', 'mirror/two'], immutable: true })],
  ['GHCR', dialects.ghcr(40_000)],
  ['Artifact Registry', dialects.gar()],
  ['Artifactory', dialects.artifactory()],
  ['Nexus', dialects.nexus()],
  ['zot', dialects.zot()],
]

for (const [name, dialect] of DIALECTS)
  test(`a registry like ${name} takes images, signatures and referrers, and then has nothing left to plan`, async t => {
    const { destination, push, plan, apply, held } = await dialectScene(t, dialect)
    await push('app:1', APP)
    await push(`app:${SIGNATURE.tag}`, SIGNATURE)
    await push('app', SBOM)
    await push('one:1', ONE)
    await push('two:1', TWO)
    const result = await apply(await plan(NAMES))
    assert.deepEqual([result.done, result.failed], [3, 0])
    const app = held('app')
    for (const image of [APP, SIGNATURE, SBOM])
      assert.deepEqual(
        Buffer.from((await app.manifest(image.manifest.digest, SIGNAL)).bytes),
        Buffer.from(image.manifest.bytes),
      )
    assert.equal((await app.resolve('1' as never, SIGNAL))?.digest, APP.manifest.digest)
    destination.clearRequests()
    assert.deepEqual((await plan(NAMES)).changes, [])
    assert.ok(destination.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
  })
