/** Signatures and referrers over the life of an image: they come later, change, and leave with what they belong to. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { referrersTag } from '../../lib/oci/attachment-tags.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import {
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildIndex,
  buildMultiArch,
} from '../../testdata/images.ts'
import { actionsOf, mirrorScene } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const image = buildImage({ seed: 'signed later' })
const multi = buildMultiArch({ seed: 'signed' })
const [child = multi] = multi.children

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  let b: DockerRegistry
  before(async () => {
    b = await startDockerRegistry()
  })
  after(() => b.close())

  async function tagsOf(repository: string): Promise<readonly string[]> {
    const answer = await fetch(`${b.url}/v2/${repository}/tags/list`)
    const { tags } = (await answer.json()) as { tags: readonly string[] | null }
    return (tags ?? []).toSorted()
  }

  test('a signature that comes later, or is made anew, is brought along, and nothing else', async t => {
    const source = await startTestRegistry(t)
    await pushToServer(source.url, 'app', '1', image)
    const scene = mirrorScene(t, `docker://${b.host}/later`)
    scene.want(`${source.host}/app:1`)
    await scene.apply()
    const signature = buildCosignSignature(image.manifest.digest)
    const sbom = buildArtifact({
      artifactType: 'application/spdx+json',
      subject: image,
      blobs: [Buffer.from('{"a":1}')],
    })
    for (const step of [
      () => pushToServer(source.url, 'app', signature.tag, signature),
      () => pushToServer(source.url, 'app', signature.tag, buildImage({ seed: 'signed anew' })),
      () => pushToServer(source.url, 'app', undefined, sbom),
    ]) {
      await step()
      const { document, plan } = await scene.plan()
      assert.deepEqual(actionsOf(document), { add: 1 })
      assert.match(document.changes[0]?.reason ?? '', /^new attachment/)
      assert.ok(!document.changes.some(({ digest }) => digest !== image.manifest.digest))
      assert.ok(plan.summary.blobsToTransfer <= 3)
      assert.equal((await scene.applySaved()).code, 0)
    }
    assert.equal((await scene.plan()).code, 0)
    assert.deepEqual(
      await tagsOf('later/app'),
      ['1', referrersTag(image.manifest.digest), signature.tag].toSorted(),
    )
    assert.equal((await scene.at('verify', ['--deep'])).code, 0)
  })

  test('with the image go its signature, its referrers, and the signatures of those', async t => {
    const source = await startTestRegistry(t, { referrersApi: false })
    const signature = buildCosignSignature(multi.manifest.digest)
    const sbom = buildArtifact({
      artifactType: 'application/spdx+json',
      subject: child,
      blobs: [Buffer.from('{"b":2}')],
    })
    const signedSbom = buildCosignSignature(sbom.manifest.digest)
    await pushToServer(source.url, 'app', '1', multi)
    await pushToServer(source.url, 'app', signature.tag, signature)
    await pushToServer(source.url, 'app', undefined, sbom)
    await pushToServer(source.url, 'app', referrersTag(child.manifest.digest), buildIndex([sbom]))
    await pushToServer(source.url, 'app', signedSbom.tag, signedSbom)
    const scene = mirrorScene(t, `docker://${b.host}/leaving`)
    scene.want(`${source.host}/app:1`)
    await scene.apply()
    assert.equal((await tagsOf('leaving/app')).length, 4)
    const { document } = await scene.plan('--destroy', '--allow-mass-delete')
    assert.deepEqual(actionsOf(document), { delete: 1 })
    assert.ok(document.summary.bytesReclaimable > 0)
    const applied = await scene.applySaved()
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(await tagsOf('leaving/app'), [])
  })

  test('--signatures decides whether they travel, and whether an image may come without', async t => {
    const source = await startTestRegistry(t)
    const signature = buildCosignSignature(image.manifest.digest)
    await pushToServer(source.url, 'app', '1', image)
    const scene = mirrorScene(t, `docker://${b.host}/policy`)
    scene.want(`${source.host}/app:1`)
    const unsigned = await scene.at('plan', ['--signatures', 'required'])
    assert.equal(unsigned.code, 1)
    assert.match(unsigned.stderr, /app:1[\s\S]*sign/)
    await pushToServer(source.url, 'app', signature.tag, signature)
    await scene.apply('--signatures', 'ignore')
    assert.deepEqual(await tagsOf('policy/app'), ['1'])
    await scene.apply('--signatures', 'required')
    assert.deepEqual(await tagsOf('policy/app'), ['1', signature.tag].toSorted())
  })
})
