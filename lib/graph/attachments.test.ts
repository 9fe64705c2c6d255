import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Built,
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildIndex,
  buildMultiArch,
} from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { resolveFrom, stateHolding } from '../../testdata/resolving.ts'
import { cosignTag, referrersTag } from '../oci/attachment-tags.ts'
import { parseManifest } from '../oci/manifest.ts'
import { digestTag } from '../oci/reference.ts'
import { closureOf } from './graph.ts'

const APP = 'src.example/app:1'

/** An image for two platforms whose root and first child are signed, with an SBOM as a referrer that is signed itself. */
function signedImage() {
  const index = buildMultiArch()
  const [child] = index.children
  assert.ok(child)
  const sbom = buildArtifact({ artifactType: 'application/spdx+json', subject: index })
  const ofChild = buildArtifact({ artifactType: 'application/vnd.example.scan', subject: child })
  const ofSbom = buildArtifact({ artifactType: 'application/vnd.example.signature', subject: sbom })
  const signatures = [index, child].map(({ manifest }) => buildCosignSignature(manifest.digest))
  return { index, child, sbom, ofChild, ofSbom, signatures }
}

type Signed = ReturnType<typeof signedImage>

function hold(registry: MemoryRegistry, { index, signatures, sbom, ofChild, ofSbom }: Signed): void {
  registry.hold('app', '1', index)
  for (const signature of signatures) registry.hold('app', signature.tag, signature)
  for (const referrer of [sbom, ofChild, ofSbom]) registry.hold('app', undefined, referrer)
}

async function attachmentsOf(registry: MemoryRegistry, over: Parameters<typeof resolveFrom>[2] = {}) {
  const { graph, failures } = await resolveFrom([registry], [APP], over)
  assert.deepEqual(failures, [])
  const [image] = graph.images
  assert.ok(image)
  return { graph, image, found: new Map(image.attachments.map(({ digest, tag }) => [digest, tag])) }
}

function referrersIndex(subject: Built, referrers: readonly Built[]) {
  return { list: buildIndex(referrers), tag: referrersTag(subject.manifest.digest) }
}

describe('what travels with an image', () => {
  for (const [name, tagPage] of [
    ['the list of tags', Number.POSITIVE_INFINITY],
    ['asking for each tag, where the list is incomplete', 1],
  ] as const)
    it(`signatures of root and child, their referrers, and referrers of referrers are found by ${name}`, async () => {
      const registry = new MemoryRegistry('src.example', { tagPage })
      const signed = signedImage()
      hold(registry, signed)
      const { image, graph, found } = await attachmentsOf(registry)
      const expected = [...signed.signatures, signed.sbom, signed.ofChild, signed.ofSbom]
      assert.deepEqual(new Set(found.keys()), new Set(expected.map(({ manifest }) => manifest.digest)))
      for (const { manifest, tag } of signed.signatures) assert.equal(found.get(manifest.digest), tag)
      assert.equal(found.get(signed.sbom.manifest.digest), undefined)
      assert.equal(closureOf(graph, image).length, 3 + expected.length)
    })

  it('attestations and SBOMs under their own tags are found', async () => {
    const registry = new MemoryRegistry('src.example')
    const digest = registry.hold('app', '1', buildImage())
    const kinds = ['att', 'sbom'] as const
    for (const kind of kinds) registry.hold('app', cosignTag(digest, kind), buildImage({ seed: kind }))
    const { found } = await attachmentsOf(registry)
    assert.deepEqual(
      [...found.values()],
      kinds.map(kind => cosignTag(digest, kind)),
    )
  })

  it('without the referrers API the tag that lists them is found, and what it lists travels', async () => {
    const registry = new MemoryRegistry('src.example', { abilities: { referrersApi: 'no' } })
    const signed = signedImage()
    hold(registry, signed)
    const { list, tag } = referrersIndex(signed.index, [signed.sbom])
    registry.hold('app', tag, list)
    const { image, graph, found } = await attachmentsOf(registry)
    assert.equal(found.get(list.manifest.digest), tag)
    assert.ok(closureOf(graph, image).includes(signed.sbom.manifest.digest))
  })

  it('a mirror that tags an image with its own digest has no list of referrers there', async () => {
    const registry = new MemoryRegistry('src.example', { abilities: { referrersApi: 'no' } })
    for (const image of [buildMultiArch(), buildImage()]) {
      const digest = registry.hold('app', '1', image)
      registry.hold('app', digestTag(digest), image)
      assert.deepEqual((await attachmentsOf(registry)).image.attachments, [])
    }
  })

  it('policy "ignore" asks for nothing', async () => {
    const registry = new MemoryRegistry('src.example')
    hold(registry, signedImage())
    const { image } = await attachmentsOf(registry, { attachments: 'ignore' })
    assert.deepEqual(image.attachments, [])
    assert.deepEqual(registry.counts(), { 'HEAD manifest': 1, 'GET manifest': 3 })
  })
})

describe('for a target without the referrers API', () => {
  it('the tag that lists the referrers is made, the same every time', async () => {
    const registry = new MemoryRegistry('src.example')
    const signed = signedImage()
    hold(registry, signed)
    const over = { targetReferrersApi: 'no' } as const
    const { graph, image } = await attachmentsOf(registry, over)
    const tag = referrersTag(signed.index.manifest.digest)
    const list = image.attachments.find(attachment => attachment.tag === tag)
    const text = list && graph.manifests.get(list.digest)?.text
    assert.ok(text)
    const bytes = new TextEncoder().encode(text)
    const made = parseManifest({ mediaType: 'application/vnd.oci.image.index.v1+json', bytes }, 'the list')
    assert.equal(made.kind, 'index')
    assert.deepEqual(made.manifests, [{ ...signed.sbom.descriptor, artifactType: 'application/spdx+json' }])
    const again = await attachmentsOf(registry, { ...over, state: stateHolding(graph) })
    assert.deepEqual(again.image.attachments, image.attachments)
  })

  it('it is not made where the image itself has that tag', async () => {
    const registry = new MemoryRegistry('src.example')
    const index = buildMultiArch()
    const digest = registry.hold('app', undefined, index)
    const sbom = buildArtifact({ artifactType: 'application/spdx+json', subject: index })
    registry.hold('app', undefined, sbom)
    const { graph } = await resolveFrom([registry], [`src.example/app@${digest}`], {
      targetReferrersApi: 'no',
    })
    const [image] = graph.images
    assert.equal(image?.destination.tag, digestTag(digest))
    assert.deepEqual(image?.attachments, [{ digest: sbom.manifest.digest, subject: digest }])
  })
})

describe('what changes later', () => {
  it('a signature added to an unchanged image is found, at the cost of its own manifest', async () => {
    const registry = new MemoryRegistry('src.example')
    const index = buildMultiArch()
    const digest = registry.hold('app', '1', index)
    const before = await attachmentsOf(registry)
    const signature = buildCosignSignature(digest)
    registry.hold('app', signature.tag, signature)
    registry.forgetRequests()
    const { found } = await attachmentsOf(registry, { state: stateHolding(before.graph) })
    assert.deepEqual([...found], [[signature.manifest.digest, signature.tag]])
    assert.equal(registry.counts()['GET manifest'], 1)
  })

  it('unchanged images cost one HEAD each, one listing for each repository, one question for each digest', async () => {
    const registry = new MemoryRegistry('src.example')
    const [one, two] = ['one', 'two'].map(seed => buildImage({ seed }))
    assert.ok(one && two)
    const names = ['a:1', 'a:2', 'a:latest', 'b:1', 'b:latest']
    for (const name of names) {
      const [repository = '', tag] = name.split(':')
      registry.hold(repository, tag, name === 'a:1' ? one : two)
    }
    const wanted = names.map(name => `src.example/${name}`)
    const { graph } = await resolveFrom([registry], wanted)
    registry.forgetRequests()
    const again = await resolveFrom([registry], wanted, { state: stateHolding(graph) })
    assert.deepEqual(again.graph.images, graph.images)
    assert.deepEqual(registry.counts(), { 'HEAD manifest': 5, 'GET tags': 2, 'GET referrers': 3 })
  })

  it('what is gone at the source is not dropped, because the state still answers for it', async () => {
    const registry = new MemoryRegistry('src.example')
    const signed = signedImage()
    hold(registry, signed)
    const before = await attachmentsOf(registry)
    for (const { tag } of signed.signatures) registry.content('app').tags.delete(tag)
    const state = stateHolding(before.graph)
    const { image } = await attachmentsOf(registry, { state })
    assert.deepEqual(image.attachments, before.image.attachments)
    const ignored = await attachmentsOf(registry, { state, attachments: 'ignore' })
    assert.deepEqual(ignored.image.attachments, before.image.attachments)
  })
})
