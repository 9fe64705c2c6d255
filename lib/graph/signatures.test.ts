import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Built,
  buildArtifact,
  buildCosignSignature,
  buildImage,
  buildMultiArch,
} from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { resolveFrom, stateHolding } from '../../testdata/resolving.ts'
import { cosignTag, referrersTag } from '../oci/attachment-tags.ts'
import { digestOf } from '../oci/digest.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import { resolveError } from './resolve.ts'

const image = buildImage({ seed: 'image' })
const referrer = (artifactType: string, subject: Built = image) => buildArtifact({ artifactType, subject })
const NOTATION = 'application/vnd.cncf.notary.signature'
const SBOM = 'application/spdx+json'

function sourceWith(hold: (registry: MemoryRegistry) => void, referrersApi: 'yes' | 'no' = 'yes') {
  const registry = new MemoryRegistry('src.example', { abilities: { referrersApi } })
  registry.hold('app', '1', image)
  hold(registry)
  return registry
}

describe('an image is signed, where signatures are required,', () => {
  const signature = buildCosignSignature(image.manifest.digest)
  const attestation = cosignTag(image.manifest.digest, 'att')
  const rows: readonly (readonly [string, boolean, (registry: MemoryRegistry) => void])[] = [
    ['by the tag of a cosign signature', true, source => source.hold('app', signature.tag, signature)],
    [
      'not by that of an attestation',
      false,
      source => source.hold('app', attestation, buildImage({ seed: 'att' })),
    ],
    [
      'by a Notary Project signature that refers to it',
      true,
      source => source.hold('app', undefined, referrer(NOTATION)),
    ],
    [
      'by a sigstore bundle',
      true,
      source => source.hold('app', undefined, referrer('application/vnd.dev.sigstore.bundle.v0.3+json')),
    ],
    [
      'by a cosign signature that refers to it',
      true,
      source => source.hold('app', undefined, referrer('application/vnd.dev.cosign.artifact.sig.v1+json')),
    ],
    ['not by an SBOM', false, source => source.hold('app', undefined, referrer(SBOM))],
    [
      'not by the signature of its SBOM',
      false,
      source => {
        const sbom = referrer(SBOM)
        source.hold('app', undefined, sbom)
        source.hold('app', undefined, referrer(NOTATION, sbom))
      },
    ],
  ]
  for (const [what, isSigned, hold] of rows)
    it(what, async () => {
      const { graph, failures } = await resolveFrom([sourceWith(hold)], ['src.example/app:1'], {
        attachments: 'required',
      })
      assert.equal(graph.images.length, isSigned ? 1 : 0)
      if (!isSigned) assert.match(resolveError(failures).message, /app:1 has no signature/)
    })

  it('by a list of referrers, where the source has no API for them', async () => {
    for (const type of [NOTATION, SBOM]) {
      const registry = sourceWith(source => {
        const { manifest } = referrer(type)
        const { digest, mediaType, bytes } = manifest
        source.hold('app', undefined, referrer(type))
        const manifests = [{ mediaType, digest, size: bytes.length, artifactType: type }]
        const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }))
        const held = { digest: digestOf(list), mediaType: OCI_INDEX, bytes: list }
        source.content('app').manifests.set(held.digest, held)
        source.content('app').tags.set(referrersTag(image.manifest.digest), held.digest)
      }, 'no')
      const { failures } = await resolveFrom([registry], ['src.example/app:1'], { attachments: 'required' })
      assert.equal(failures.length, type === NOTATION ? 0 : 1)
    }
  })

  it('by what signs one of its platforms, also when nothing has changed since', async () => {
    const index = buildMultiArch()
    const [child] = index.children
    assert.ok(child)
    const registry = sourceWith(source => {
      source.hold('multi', '1', index)
      source.hold('multi', undefined, referrer(NOTATION, child))
    })
    const options = { attachments: 'required', targetReferrersApi: 'no' } as const
    const { graph, failures } = await resolveFrom([registry], ['src.example/multi:1'], options)
    assert.deepEqual(failures, [])
    const again = await resolveFrom([registry], ['src.example/multi:1'], {
      ...options,
      state: stateHolding(graph),
    })
    assert.deepEqual([again.failures, again.graph.images], [[], graph.images])
  })
})

describe('what refers to an image that is mirrored by its digest', () => {
  const name = `app@${image.manifest.digest}`

  it('cannot be listed under the tag the image has itself, which the plan says', async t => {
    const { source, plan } = memoryMirror(t, { 'app:1': image }, { abilities: { referrersApi: 'no' } })
    source.hold('app', undefined, referrer(NOTATION))
    const { notes } = await plan([name])
    assert.match(notes.join(), /^ocp\/app: an image there has the very tag that would list what refers to it/)
  })

  it('needs no list where the registry has the API, nor where nothing refers to it', async t => {
    const withApi = memoryMirror(t, { 'app:1': image })
    withApi.source.hold('app', undefined, referrer(NOTATION))
    assert.deepEqual((await withApi.plan([name])).notes, [])
    const without = memoryMirror(t, { 'app:1': image }, { abilities: { referrersApi: 'no' } })
    assert.deepEqual((await without.plan([name])).notes, [])
  })
})
