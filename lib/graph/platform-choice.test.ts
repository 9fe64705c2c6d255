import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Built, buildImage, buildIndex, buildMultiArch } from '../../testdata/images.ts'
import { SyntaxFault } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import { type IndexManifest, parseManifest } from '../oci/manifest.ts'
import { omittedChildren, rewriteIndex } from './platform-choice.ts'

const PLATFORMS = ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v6', 'linux/arm/v7', 'windows/amd64']

function indexOf(built: Built): IndexManifest {
  const manifest = parseManifest(built.manifest, 'the index')
  assert.equal(manifest.kind, 'index')
  return manifest
}

/** An index as BuildKit makes it: each image followed by the attestation that is about it. */
function attested(platforms: readonly string[]): Built {
  const { children } = buildMultiArch({ platforms })
  const attestations = children.map((child, at) => {
    const built = buildImage({
      seed: `attestation ${at}`,
      platform: { os: 'unknown', architecture: 'unknown' },
    })
    const annotations = {
      'vnd.docker.reference.digest': child.manifest.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    }
    return { ...built, descriptor: { ...built.descriptor, annotations } }
  })
  return buildIndex([...children, ...attestations])
}

function keptBy(built: Built, platforms: readonly string[]): readonly number[] {
  const omitted = new Set(omittedChildren(indexOf(built), platforms, 'the image'))
  return built.children.flatMap(({ manifest }, at) => (omitted.has(manifest.digest) ? [] : [at]))
}

describe('the children that travel', () => {
  const built = buildMultiArch({ platforms: PLATFORMS })
  const rows: readonly (readonly [string, readonly string[], readonly number[]])[] = [
    ['no choice takes all', [], [0, 1, 2, 3, 4]],
    ['one platform takes its image', ['linux/amd64'], [0]],
    ['several platforms take several', ['linux/amd64', 'windows/amd64'], [0, 4]],
    ['a platform without variant takes any variant', ['linux/arm64'], [1]],
    ['a platform without variant takes all its variants', ['linux/arm'], [2, 3]],
    ['a variant takes only that variant', ['linux/arm/v7'], [3]],
    ['another name of an architecture is the same architecture', ['linux/x86_64'], [0]],
  ]
  for (const [name, platforms, kept] of rows)
    it(name, () => {
      assert.deepEqual(keptBy(built, platforms), kept)
    })

  it('a build attestation travels with the image it describes, and stays behind with the others', () => {
    const index = attested(['linux/amd64', 'linux/arm64'])
    assert.deepEqual(keptBy(index, ['linux/arm64']), [1, 3])
  })

  it('an entry without a platform travels with any choice', () => {
    const artifact = buildImage({ seed: 'no platform' })
    const { platform: _, ...descriptor } = artifact.descriptor
    const index = buildIndex([...built.children, { ...artifact, descriptor }])
    assert.deepEqual(keptBy(index, ['linux/amd64']), [0, 5])
  })

  it('a platform that is missing is refused, and the error names what is offered', () => {
    assert.throws(
      () =>
        omittedChildren(indexOf(attested(['linux/amd64', 'linux/arm/v7'])), ['linux/s390x'], 'quay.io/a/b:1'),
      error =>
        error instanceof SyntaxFault &&
        error.message === 'quay.io/a/b:1 has no image for platform linux/s390x' &&
        error.hint === 'it offers linux/amd64, linux/arm/v7',
    )
  })
})

describe('a rewritten index', () => {
  const built = buildIndex(buildMultiArch({ platforms: PLATFORMS }).children, {
    annotations: { 'org.opencontainers.image.version': '9' },
  })
  const omitted = omittedChildren(indexOf(built), ['linux/amd64', 'linux/arm/v7'], 'the image')
  const text = rewriteIndex(built.manifest, omitted)

  it('lists only what travels, and keeps every other field', () => {
    const bytes = new TextEncoder().encode(text)
    const manifest = parseManifest({ mediaType: built.manifest.mediaType, bytes }, 'the rewritten index')
    assert.equal(manifest.kind, 'index')
    assert.deepEqual(
      manifest.manifests.map(({ digest }) => digest),
      [0, 3].map(at => built.children[at]?.manifest.digest),
    )
    assert.deepEqual(manifest.annotations, { 'org.opencontainers.image.version': '9' })
  })

  it('has the same bytes every time, and another digest than the original', () => {
    assert.equal(rewriteIndex(built.manifest, omitted), text)
    assert.notEqual(digestOf(text), built.manifest.digest)
  })
})
