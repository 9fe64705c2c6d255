/** Manifests of every kind, ours and those of real tools. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SyntaxFault } from '../errors.ts'
import { digestOf } from './digest.ts'
import { artifactTypeOf, blobsOf, type Manifest, parseManifest } from './manifest.ts'
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  OCI_ARTIFACT,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-types.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'oci',
)

function descriptor(text: string, mediaType = 'application/x') {
  return { mediaType, digest: digestOf(text), size: text.length }
}

function parse(json: unknown, stated = 'application/octet-stream'): Manifest {
  return parseManifest({ mediaType: stated, bytes: Buffer.from(JSON.stringify(json)) }, 'quay.io/a/b:1')
}

const IMAGE = {
  schemaVersion: 2,
  config: descriptor('config'),
  layers: [descriptor('one'), descriptor('two')],
}
const INDEX = {
  schemaVersion: 2,
  manifests: [{ ...descriptor('child', OCI_MANIFEST), platform: { os: 'linux', architecture: 'amd64' } }],
}

describe('a manifest', () => {
  for (const mediaType of [OCI_MANIFEST, DOCKER_MANIFEST])
    it(`of type ${mediaType} is an image with config and layers`, () => {
      const manifest = parse({ ...IMAGE, mediaType })
      assert.deepEqual(manifest, { kind: 'image', mediaType, config: IMAGE.config, layers: IMAGE.layers })
    })

  for (const mediaType of [OCI_INDEX, DOCKER_LIST])
    it(`of type ${mediaType} is an index`, () => {
      assert.deepEqual(parse({ ...INDEX, mediaType }), {
        kind: 'index',
        mediaType,
        manifests: INDEX.manifests,
      })
    })

  it('without a media type is what the server says, else what its fields show', () => {
    assert.equal(parse(IMAGE, DOCKER_MANIFEST).mediaType, DOCKER_MANIFEST)
    assert.equal(parse(IMAGE).mediaType, OCI_MANIFEST)
    assert.equal(parse(INDEX).mediaType, OCI_INDEX)
    assert.equal(parse({ ...INDEX, mediaType: '' }, 'text/plain').kind, 'index')
  })

  it('states its own media type over that of the server', () => {
    assert.equal(parse({ ...IMAGE, mediaType: OCI_MANIFEST }, DOCKER_MANIFEST).mediaType, OCI_MANIFEST)
  })

  it('of the withdrawn artifact type has blobs and no config', () => {
    const manifest = parse({
      mediaType: OCI_ARTIFACT,
      artifactType: 'application/y',
      blobs: [descriptor('b')],
    })
    assert.ok(manifest.kind === 'image' && manifest.config === undefined)
    assert.deepEqual(blobsOf(manifest), [descriptor('b')])
    assert.equal(artifactTypeOf(manifest), 'application/y')
  })

  it('of an OCI 1.1 artifact has its type and its subject', () => {
    const manifest = parse({
      ...IMAGE,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.example',
      config: descriptor('{}', OCI_EMPTY),
      subject: descriptor('subject', OCI_INDEX),
      annotations: { a: 'b', wrong: 1 },
    })
    assert.equal(manifest.artifactType, 'application/vnd.example')
    assert.deepEqual(manifest.subject, descriptor('subject', OCI_INDEX))
    assert.deepEqual(manifest.annotations, { a: 'b' })
  })

  it('of an older artifact has the type of its config', () => {
    assert.equal(
      artifactTypeOf(parse({ ...IMAGE, config: descriptor('c', 'application/cfg') })),
      'application/cfg',
    )
    assert.equal(artifactTypeOf(parse(INDEX)), undefined)
  })

  it('lists its config among its blobs, first', () => {
    const manifest = parse(IMAGE)
    assert.ok(manifest.kind === 'image')
    assert.deepEqual(blobsOf(manifest), [IMAGE.config, ...IMAGE.layers])
  })

  const REFUSED: readonly (readonly [sentence: string, json: unknown, stated: string, reason: RegExp])[] = [
    [
      'of schema 1 by its version',
      { schemaVersion: 1, fsLayers: [] },
      '',
      /schema 1 manifests are not carried/,
    ],
    ['of schema 1 by its type', {}, DOCKER_SCHEMA1, /schema 1 manifests are not carried/],
    ['of signed schema 1', {}, DOCKER_SCHEMA1_SIGNED, /schema 1 manifests are not carried/],
    [
      'of an unknown type',
      { mediaType: 'application/z' },
      '',
      /unknown manifest media type "application\/z"/,
    ],
    ['that is no object', [], '', /not a JSON object/],
    ['whose layers are no list', { ...IMAGE, layers: {} }, OCI_MANIFEST, /"layers" is not a list/],
    ['whose manifests are missing', {}, OCI_INDEX, /"manifests" is not a list/],
    [
      'with a wrong layer',
      { ...IMAGE, layers: [{}] },
      OCI_MANIFEST,
      /quay.io\/a\/b:1: layers\[0\] has no mediaType/,
    ],
    ['with a wrong config', { ...IMAGE, config: 1 }, OCI_MANIFEST, /config is not a descriptor object/],
    ['with a wrong subject', { ...IMAGE, subject: {} }, OCI_MANIFEST, /subject has no mediaType/],
    [
      'that is index and image',
      { ...IMAGE, ...INDEX },
      OCI_MANIFEST,
      /is an image and has "manifests" as well/,
    ],
    ['that is image and index', { ...IMAGE, ...INDEX }, OCI_INDEX, /is an index and has "config" as well/],
  ]
  for (const [sentence, json, stated, reason] of REFUSED)
    it(`${sentence} is refused`, () => {
      assert.throws(
        () => parse(json, stated),
        (error: Error) => error instanceof SyntaxFault && reason.test(error.message),
      )
    })

  it('of schema 1 is refused with advice', () => {
    assert.throws(() => parse({ schemaVersion: 1 }), { hint: /newer tag, or rebuild/ })
  })

  it('of any bytes at all is read or refused with a SyntaxFault', () => {
    const field = fc.constantFrom(
      'schemaVersion',
      'mediaType',
      'config',
      'layers',
      'manifests',
      'subject',
      'blobs',
    )
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(OCI_INDEX, OCI_MANIFEST, IMAGE.layers, IMAGE.config, 1, 2),
    )
    const object = fc.dictionary(field, value).map(json => Buffer.from(JSON.stringify(json)))
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), object),
        fc.constantFrom(OCI_INDEX, OCI_MANIFEST, ''),
        (bytes, stated) => {
          try {
            parseManifest({ bytes, mediaType: stated }, 'x')
          } catch (error) {
            assert.ok(error instanceof SyntaxFault, String(error))
          }
        },
      ),
    )
  })
})

describe('the manifests of the corpus', { skip: !existsSync(CORPUS) && `no ${CORPUS}` }, () => {
  const read = (name: string) =>
    parseManifest({ mediaType: '', bytes: readFileSync(join(CORPUS, name)) }, name)
  const REAL: readonly (readonly [name: string, kind: Manifest['kind'], children: number])[] = [
    ['containers__image__internal_manifest_oci1.index.everything.json', 'index', 1],
    ['containers__image__internal_manifest_oci1.index.zstd-selection2.json', 'index', 10],
    ['containers__image__internal_manifest_ocilist-variants.json', 'index', 6],
    ['containers__image__internal_manifest_schema2list-variants.json', 'index', 4],
    ['containers__image__internal_manifest_v2list.everything.json', 'index', 1],
    ['containers__image__internal_manifest_ociv1nomime.image.index.json', 'index', 2],
    ['containers__image__internal_manifest_ociv1nomime.manifest.json', 'image', 4],
    ['containers__image__internal_manifest_ociv1.manifest.json', 'image', 4],
    ['containers__image__oci1-all-media-types.json', 'image', 7],
    ['containers__image__oci1.encrypted.json', 'image', 6],
    ['containers__image__schema2.json', 'image', 6],
    ['containers__image__schema2-invalid-media-type.json', 'image', 6],
  ]
  for (const [name, kind, children] of REAL)
    it(`${name} is an ${kind} of ${children}`, () => {
      const manifest = read(name)
      assert.equal(manifest.kind, kind)
      assert.equal(manifest.kind === 'index' ? manifest.manifests.length : blobsOf(manifest).length, children)
    })

  for (const [name, reason] of [
    ['containers__image__internal_manifest_v2s1.manifest.json', /schema 1/],
    ['containers__image__internal_manifest_v2s1-invalid-signatures.manifest.json', /schema 1/],
    ['containers__image__internal_manifest_unknown-version.manifest.json', /unknown manifest media type/],
    ['containers__image__internal_manifest_ociv1.artifact.json', /config has an invalid digest ""/],
    ['containers__image__internal_manifest_non-json.manifest.json', /not JSON/],
  ] as const)
    it(`${name} is refused`, () => assert.throws(() => read(name), { name: 'SyntaxFault', message: reason }))

  it('are read or refused with a SyntaxFault, every file', () => {
    for (const file of readdirSync(CORPUS, { withFileTypes: true, recursive: true })) {
      if (!file.isFile()) continue
      const bytes = readFileSync(join(file.parentPath, file.name))
      try {
        parseManifest({ mediaType: '', bytes }, file.name)
      } catch (error) {
        assert.ok(error instanceof SyntaxFault, `${file.name}: ${error}`)
      }
    }
  })
})
