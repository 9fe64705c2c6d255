import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildCosignSignature, buildImage, buildMultiArch } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { resolveFrom, stateHolding } from '../../testdata/resolving.ts'
import { PlanError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import { DOCKER_SCHEMA1 } from '../oci/media-types.ts'
import type { Tag } from '../oci/reference.ts'
import { closureOf } from './graph.ts'
import { resolveError } from './resolve.ts'

function source(): MemoryRegistry {
  return new MemoryRegistry('src.example')
}

describe('what resolving costs', () => {
  it('an unchanged image costs one HEAD, the question for attachments, and no manifest', async () => {
    const registry = source()
    registry.hold('team/app', '1', buildMultiArch())
    const { graph } = await resolveFrom([registry], ['src.example/team/app:1'])
    registry.forgetRequests()
    const again = await resolveFrom([registry], ['src.example/team/app:1'], { state: stateHolding(graph) })
    assert.deepEqual(registry.counts(), { 'HEAD manifest': 1, 'GET tags': 1, 'GET referrers': 1 })
    assert.deepEqual(again.graph.images, graph.images)
  })

  it('with refresh off an image whose source is written as before costs nothing', async () => {
    const registry = source()
    registry.hold('team/app', '1', buildMultiArch())
    const { graph } = await resolveFrom([registry], ['src.example/team/app:1'])
    registry.forgetRequests()
    const state = stateHolding(graph)
    const again = await resolveFrom([registry], ['src.example/team/app:1'], { state, refresh: false })
    assert.deepEqual(registry.requests, [])
    assert.deepEqual(again.graph.images, graph.images)
  })

  it('with refresh off an image from a new source is resolved', async () => {
    const [old, other] = [source(), new MemoryRegistry('other.example')]
    old.hold('team/app', '1', buildImage({ seed: 'old' }))
    const digest = other.hold('team/app', '1', buildImage({ seed: 'new' }))
    const { graph } = await resolveFrom([old], ['src.example/team/app:1'])
    const state = stateHolding(graph)
    const again = await resolveFrom([old, other], ['other.example/team/app:1'], { state, refresh: false })
    assert.equal(again.graph.images[0]?.digest, digest)
  })

  it('a reference by digest needs no HEAD', async () => {
    const registry = source()
    const digest = registry.hold('team/app', undefined, buildImage())
    const { graph } = await resolveFrom([registry], [`src.example/team/app@${digest}`], {
      attachments: 'ignore',
    })
    assert.equal(graph.images[0]?.digest, digest)
    assert.deepEqual(registry.counts(), { 'GET manifest': 1 })
  })

  it('a manifest that many images share is fetched once', async () => {
    const registry = source()
    const index = buildMultiArch()
    for (const tag of ['1', '2', '3']) registry.hold('team/app', tag, index)
    registry.hold('team/other', '1', index)
    const wanted = ['team/app:1', 'team/app:2', 'team/app:3', 'team/other:1'].map(n => `src.example/${n}`)
    await resolveFrom([registry], wanted, { attachments: 'ignore' })
    assert.equal(registry.counts()['GET manifest'], 3)
  })

  it('one source that lost a shared manifest does not spoil another that has it', async () => {
    const [broken, whole] = [source(), new MemoryRegistry('other.example')]
    const image = buildImage()
    broken.hold('a', '1', image)
    broken.before = request => {
      if (request.method === 'GET' && request.what === 'manifest') throw new Error('the disk is gone')
    }
    whole.hold('b', '1', image)
    const { graph, failures } = await resolveFrom([broken, whole], ['src.example/a:1', 'other.example/b:1'])
    assert.deepEqual(
      graph.images.map(({ source: from }) => from),
      ['other.example/b:1'],
    )
    assert.match(String(failures[0]?.error), /disk is gone/)
  })
})

describe('what cannot be resolved', () => {
  it('a tag that does not exist is named, with what to try', async () => {
    const { failures } = await resolveFrom([source()], ['src.example/team/app:nope'])
    const error = resolveError(failures)
    assert.ok(error instanceof PlanError)
    assert.equal(error.message, 'src.example/team/app:nope does not exist')
    assert.match(error.hint ?? '', /list-tags/)
  })

  it('all failures come back together, in the order of the images, and the others are resolved', async () => {
    const registry = source()
    registry.hold('team/ok', '1', buildImage())
    const wanted = ['z/gone:1', 'team/ok:1', 'a/gone:1'].map(name => `src.example/${name}`)
    const { graph, failures } = await resolveFrom([registry], wanted)
    assert.equal(graph.images.length, 1)
    assert.equal(
      resolveError(failures).message,
      'src.example/a/gone:1 does not exist\nsrc.example/z/gone:1 does not exist',
    )
  })

  it('a schema 1 image is refused with advice', async () => {
    const registry = source()
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 1, name: 'old', fsLayers: [] }))
    const digest = digestOf(bytes)
    registry.content('old').manifests.set(digest, { digest, mediaType: DOCKER_SCHEMA1, bytes })
    registry.content('old').tags.set('1' as Tag, digest)
    const { failures } = await resolveFrom([registry], ['src.example/old:1'])
    const error = resolveError(failures)
    assert.match(error.message, /schema 1 manifests are not carried/)
    assert.match(error.hint ?? '', /newer tag/)
  })

  it('an image without signatures is refused where the policy requires them', async () => {
    const registry = source()
    registry.hold('plain', '1', buildImage({ seed: 'plain' }))
    const signed = registry.hold('signed', '1', buildImage({ seed: 'signed' }))
    const signature = buildCosignSignature(signed)
    registry.hold('signed', signature.tag, signature)
    const { graph, failures } = await resolveFrom(
      [registry],
      ['src.example/plain:1', 'src.example/signed:1'],
      {
        attachments: 'required',
      },
    )
    assert.equal(graph.images[0]?.digest, signed)
    assert.match(resolveError(failures).message, /plain:1 has no signature/)
  })
})

describe('platform choices', () => {
  const index = buildMultiArch({ platforms: ['linux/amd64', 'linux/arm64'] })
  const [amd64, arm64] = index.children.map(child => child.manifest.digest)

  it('sparse keeps the digest and leaves children out of the closure', async () => {
    const registry = source()
    registry.hold('app', '1', index)
    const { graph } = await resolveFrom([registry], ['src.example/app:1 linux/amd64'])
    const [image] = graph.images
    assert.ok(image)
    assert.deepEqual(image.omitted, [arm64])
    assert.deepEqual(closureOf(graph, image), [amd64, index.manifest.digest])
    assert.equal(registry.counts()['GET manifest'], 2)
  })

  it('rewrite records both digests and the text of the index it made', async () => {
    const registry = source()
    registry.hold('app', '1', index)
    const options = { platformIndex: 'rewrite', attachments: 'ignore' } as const
    const { graph } = await resolveFrom([registry], ['src.example/app:1 linux/amd64'], options)
    const [image] = graph.images
    assert.ok(image)
    assert.equal(image.sourceDigest, index.manifest.digest)
    const made = graph.manifests.get(image.digest)
    assert.equal(digestOf(made?.text ?? ''), image.digest)
    assert.deepEqual(made?.manifests, [amd64])
    registry.forgetRequests()
    const state = stateHolding(graph)
    const again = await resolveFrom([registry], ['src.example/app:1 linux/amd64'], { ...options, state })
    assert.deepEqual(again.graph.images, graph.images)
    assert.deepEqual(registry.counts(), { 'HEAD manifest': 1 })
  })

  it('a choice that leaves nothing out changes nothing, and images for one platform are unaffected', async () => {
    const registry = source()
    registry.hold('app', '1', index)
    registry.hold('single', '1', buildImage({ platform: { os: 'linux', architecture: 's390x' } }))
    const wanted = ['src.example/app:1 linux/amd64 linux/arm64', 'src.example/single:1 linux/amd64']
    const { graph, failures } = await resolveFrom([registry], wanted, { platformIndex: 'rewrite' })
    assert.deepEqual(failures, [])
    assert.deepEqual(
      graph.images.map(({ sourceDigest, omitted }) => [sourceDigest, omitted]),
      [
        [undefined, []],
        [undefined, []],
      ],
    )
  })

  it('a wider choice than the state holds loads the children that were left out', async () => {
    const registry = source()
    registry.hold('app', '1', index)
    const before = await resolveFrom([registry], ['src.example/app:1 linux/amd64'])
    const state = stateHolding(before.graph)
    const { graph } = await resolveFrom([registry], ['src.example/app:1'], { state })
    const [image] = graph.images
    assert.deepEqual(image && closureOf(graph, image), [amd64, arm64, index.manifest.digest])
    assert.ok(arm64 && graph.manifests.has(arm64))
  })
})
