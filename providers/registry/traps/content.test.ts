/** Content that registries, or other tools, trip over: it travels as it is, or is refused in words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../lib/oci/digest.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../../../lib/oci/media-types.ts'
import { dialectScene } from '../../../testdata/dialect-scene.ts'
import * as dialects from '../../../testdata/dialects.ts'
import { type Built, buildCosignSignature, buildImage, bytesFromSeed } from '../../../testdata/images.ts'
import {
  json,
  openTestTarget,
  registryError,
  SIGNAL,
  startScriptedRegistry,
} from '../testing/scripted-registry.ts'

const CONFIG = Buffer.from('{}')
const LAYER = bytesFromSeed('layer', 20_000)

/** An image of the given layers, written by hand so that it can be unusual. */
function imageOf(
  layers: readonly (readonly [mediaType: string, bytes: Uint8Array, held?: boolean])[],
  more: Readonly<Record<string, unknown>> = { mediaType: OCI_MANIFEST },
): Built {
  const describe = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  })
  const text = JSON.stringify({
    schemaVersion: 2,
    ...more,
    config: describe('application/vnd.oci.image.config.v1+json', CONFIG),
    layers: layers.map(([mediaType, bytes]) => describe(mediaType, bytes)),
  })
  const manifest = { digest: digestOf(text), mediaType: OCI_MANIFEST, bytes: Buffer.from(text) }
  const held = [CONFIG, ...layers.filter(([, , isHeld]) => isHeld !== false).map(([, bytes]) => bytes)]
  return {
    manifest,
    descriptor: { mediaType: OCI_MANIFEST, digest: manifest.digest, size: text.length },
    blobs: new Map(held.map(bytes => [digestOf(bytes), bytes])),
    children: [],
  }
}

const TAR = 'application/vnd.oci.image.layer.v1.tar'
const AS_THEY_ARE: readonly (readonly [string, Built])[] = [
  ['zstd layers', imageOf([[`${TAR}+zstd`, LAYER]])],
  ['encrypted layers', imageOf([[`${TAR}+gzip+encrypted`, LAYER]])],
  [
    'the same layer twice',
    imageOf([
      [TAR, LAYER],
      [TAR, LAYER],
    ]),
  ],
  ['a manifest that does not name its own media type', imageOf([[TAR, LAYER]], {})],
]

for (const [what, image] of AS_THEY_ARE)
  test(`${what} travel byte for byte`, async t => {
    const { destination, push, plan, apply, held } = await dialectScene(t, dialects.quay())
    await push('app:1', image)
    assert.equal((await apply(await plan(['app:1']))).failed, 0)
    const there = await held('app').manifest(image.manifest.digest, SIGNAL)
    assert.deepEqual(Buffer.from(there.bytes), Buffer.from(image.manifest.bytes))
    const uploads = destination.requests.filter(({ method, what }) => method === 'PUT' && what === 'upload')
    assert.equal(uploads.length, 2, 'config and layer, each once')
    assert.equal(destination.requests.filter(({ method }) => method === 'PATCH').length, 0)
  })

test('a layer that may not be distributed is left where it is, and the image travels', async t => {
  const image = imageOf([
    [TAR, LAYER],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', bytesFromSeed('windows', 5000), false],
  ])
  const { push, plan, apply, held } = await dialectScene(t, dialects.distribution())
  await push('win:1', image)
  assert.equal((await apply(await plan(['win:1']))).failed, 0)
  assert.equal((await held('win').resolve('1' as never, SIGNAL))?.digest, image.manifest.digest)
})

const REFUSED: readonly (readonly [string, Built, dialects.Dialect, RegExp])[] = [
  [
    'Docker media types at a registry for OCI only',
    buildImage({ mediaTypes: 'docker' }),
    dialects.zot(),
    /may not take application\/vnd\.docker\..*does not convert/,
  ],
  [
    'a manifest without a media type of its own at ECR',
    imageOf([[TAR, LAYER]], {}),
    {
      faults: ({ method, what }) =>
        method === 'PUT' && what === 'manifest'
          ? dialects.refusal(400, 'MANIFEST_INVALID', 'Invalid JSON syntax')
          : undefined,
    },
    /does not convert/,
  ],
]

for (const [what, image, dialect, hint] of REFUSED)
  test(`${what} fails its image, in words`, async t => {
    const { push, plan, apply, held } = await dialectScene(t, dialect)
    await push('odd:1', image)
    const result = await apply(await plan(['odd:1']))
    assert.equal(result.failed, 1)
    assert.match(result.results[0]?.hint ?? '', hint)
    assert.equal(await held('odd').resolve('1' as never, SIGNAL), undefined)
  })

test('a signature that the target cannot hold fails its own image, and may be left behind', async t => {
  const signed = buildImage({ seed: 'signed' })
  const signature = buildCosignSignature(signed.manifest.digest)
  const { push, plan, apply } = await dialectScene(t, {
    faults: ({ method, what, reference }) =>
      method === 'PUT' && what === 'manifest' && reference?.endsWith('.sig')
        ? dialects.refusal(400, 'MANIFEST_INVALID', 'manifest invalid')
        : undefined,
  })
  await push('signed:1', signed)
  await push(`signed:${signature.tag}`, signature)
  await push('plain:1', buildImage({ seed: 'plain' }))
  const names = ['signed:1', 'plain:1']
  const result = await apply(await plan(names))
  assert.deepEqual([result.done, result.failed], [1, 1])
  const unsigned = await apply(await plan(names, { attachments: 'ignore' }))
  assert.deepEqual([unsigned.done, unsigned.failed], [1, 0])
})

test('junk in a list of referrers is left out', async t => {
  const good = { mediaType: OCI_MANIFEST, digest: digestOf('sbom'), size: 7 }
  const junk = [{ path: '_uploads/x' }, null, { ...good, digest: '_uploads' }, 7]
  const registry = await startScriptedRegistry(t, ({ path }) =>
    path.includes('/referrers/')
      ? json({ schemaVersion: 2, manifests: [...junk, good] }, { 'content-type': OCI_INDEX })
      : undefined,
  )
  const { repository } = await openTestTarget(t, registry.host)
  assert.deepEqual(await repository.referrers(digestOf('subject'), SIGNAL), [good])
})

test('an immutable tag at another digest fails its image, and says what to do', async t => {
  const { push, plan, apply, held } = await dialectScene(t, dialects.ecr({ immutable: true }))
  const [first, second] = [buildImage({ seed: 1 }), buildImage({ seed: 2 })]
  await push('app:1', first)
  await apply(await plan(['app:1']))
  await push('app:1', second)
  const result = await apply(await plan(['app:1']))
  assert.equal(result.failed, 1)
  assert.match(result.results[0]?.hint ?? '', /does not let it move/)
  assert.equal((await held('app').resolve('1' as never, SIGNAL))?.digest, first.manifest.digest)
})

test('a manifest that a registry refuses because of its parts is not sent again and again', async t => {
  const registry = await startScriptedRegistry(t, ({ method }) =>
    method === 'PUT' ? registryError(400, 'MANIFEST_INVALID', 'manifest invalid') : undefined,
  )
  const { repository } = await openTestTarget(t, registry.host)
  await assert.rejects(repository.pushManifest(buildImage().manifest, 'v1' as never, SIGNAL), { status: 400 })
  const sent = registry.asked.filter(line => line.startsWith('PUT')).length
  assert.equal(sent, 2, 'once more: it may have been damaged on its way')
})

test('a manifest whose parts a replicated registry does not find yet is pushed again, but not for ever', async t => {
  for (const [misses, isTaken] of [
    [2, true],
    [3, false],
  ] as const) {
    let left: number = misses
    const registry = await startScriptedRegistry(t, ({ method }) =>
      method !== 'PUT'
        ? undefined
        : left-- > 0
          ? registryError(404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry')
          : { status: 201 },
    )
    const { repository, pauses } = await openTestTarget(t, registry.host)
    const pushed = repository.pushManifest(buildImage().manifest, 'v1' as never, SIGNAL)
    await (isTaken ? pushed : assert.rejects(pushed, { status: 404 }))
    assert.equal(registry.asked.filter(line => line.startsWith('PUT')).length, 3)
    assert.equal(pauses.length, 2)
  }
})
