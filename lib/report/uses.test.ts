import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  SAMPLE_TARGET,
  sampleDigest,
  sampleImage,
  sampleManifest,
  storeOf,
} from '../../testdata/sample-plans.ts'
import type { ImageContent, ManifestNode } from '../graph/graph.ts'
import { shortDigest } from '../oci/digest.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import { PLAIN_STYLE } from './style.ts'
import { findUses, type Route } from './uses.ts'
import { renderWhy } from './uses-text.ts'

const amd64 = sampleManifest('amd64', 4096)
const signature = sampleManifest('signature', 100)
const single = sampleManifest('single', 50)
const root = sampleDigest('root')
const arm64 = sampleDigest('arm64')
const foreign = sampleDigest('windows base layer')
const index: ManifestNode = {
  digest: root,
  mediaType: OCI_INDEX,
  size: 800,
  manifests: [amd64.node.digest, arm64],
  blobs: [],
}
const store = storeOf([
  { node: index, blobs: [] },
  { ...amd64, node: { ...amd64.node, foreign: [foreign] } },
  signature,
  single,
])
const multi: ImageContent = {
  ...sampleImage('ubi9/ubi:latest', 'root'),
  sourceDigest: sampleDigest('root at the source'),
  platforms: ['linux/amd64'],
  omitted: [arm64],
  attachments: [{ digest: signature.node.digest, subject: root }],
}
const other = sampleImage('tools/single:1', 'single')
const images = [multi, other]

function routes(query: string): readonly Route[] {
  return findUses(store, images, query, SAMPLE_TARGET).flatMap(use => use.routes)
}

test('a component is explained down to its release and channel', () => {
  const component: ImageContent = {
    ...other,
    origins: [
      {
        kind: 'release',
        version: '4.16.8',
        architecture: 'x86_64',
        channels: ['stable-4.16'],
        component: 'etcd',
      },
    ],
  }
  const uses = findUses(store, [component], single.node.digest, SAMPLE_TARGET)
  const text = renderWhy('etcd', uses, { style: PLAIN_STYLE, width: 120, target: SAMPLE_TARGET })
  assert.ok(text.endsWith('  wanted by component etcd of release 4.16.8 (x86_64), channel stable-4.16'), text)
})

describe('a digest is found wherever an image contains it', () => {
  const config = sampleDigest('amd64 config')
  const layer = sampleDigest('amd64 layer')
  const sigLayer = sampleDigest('signature layer')
  const child = amd64.node.digest
  const rows: readonly (readonly [string, string, Route])[] = [
    ['as root', root, { via: 'root', digest: root }],
    [
      'as root at the source',
      sampleDigest('root at the source'),
      { via: 'source-digest', digest: sampleDigest('root at the source') },
    ],
    ['as child of an index', child, { via: 'manifest', digest: child, path: [root, child] }],
    ['as config', config, { via: 'config', digest: config, path: [root, child, config] }],
    ['as layer', layer, { via: 'layer', digest: layer, path: [root, child, layer] }],
    ['as foreign layer', foreign, { via: 'foreign-layer', digest: foreign, path: [root, child, foreign] }],
    [
      'as attachment',
      signature.node.digest,
      { via: 'attachment', digest: signature.node.digest, path: [root, signature.node.digest] },
    ],
    [
      'as layer of an attachment',
      sigLayer,
      { via: 'layer', digest: sigLayer, path: [root, signature.node.digest, sigLayer] },
    ],
    ['as child left out by the platform choice', arm64, { via: 'omitted', digest: arm64 }],
  ]
  for (const [name, digest, route] of rows) test(name, () => assert.deepEqual(routes(digest), [route]))
})

test('the beginning of a digest is enough, with or without its algorithm', () => {
  const expected = routes(root)
  assert.deepEqual(routes(shortDigest(root)), expected)
  assert.deepEqual(routes(root.slice('sha256:'.length, 20)), expected)
  assert.deepEqual(routes(`quay.io/any/name@${root}`), expected)
  assert.deepEqual(routes(root.slice(0, 10)), [])
})

test('an image is found by its source and by its destination, with and without tag', () => {
  assert.deepEqual(routes('registry.redhat.io/ubi9/ubi:latest'), [{ via: 'source' }])
  assert.deepEqual(routes('registry.redhat.io/ubi9/ubi'), [{ via: 'source' }])
  for (const name of [
    'tools/single:1',
    'tools/single',
    'ocp/tools/single:1',
    'registry.enc1.example:5000/ocp/tools/single:1',
  ])
    assert.deepEqual(routes(name), [{ via: 'destination' }])
  assert.deepEqual(routes('registry.redhat.io/ubi9/ubi:9.4'), [])
})

test('a short Docker Hub name finds the image by its full one', () => {
  const image = { ...other, source: 'docker.io/library/alpine:3.20' }
  assert.deepEqual(findUses(store, [image], 'alpine:3.20')[0]?.routes, [{ via: 'source' }])
})

test('the answer names image, way, source and origin', () => {
  const layer = sampleDigest('amd64 layer')
  const rendering = { style: PLAIN_STYLE, width: 200, target: SAMPLE_TARGET }
  const text = renderWhy(layer, findUses(store, images, layer, SAMPLE_TARGET), rendering)
  assert.deepEqual(text.split('\n'), [
    `${layer} is in 1 image`,
    '',
    'registry.enc1.example:5000/ocp/ubi9/ubi:latest',
    `  layer: ${shortDigest(root)} → ${shortDigest(amd64.node.digest)} → ${layer}`,
    '  from registry.redhat.io/ubi9/ubi:latest',
    '  wanted by additional image registry.redhat.io/ubi9/ubi:latest',
  ])
  const placed = { ...rendering, linesOf: () => ['a.yaml:4', 'b.yaml:9'] }
  assert.match(
    renderWhy(layer, findUses(store, images, layer, SAMPLE_TARGET), placed),
    /wanted by additional image registry\.redhat\.io\/ubi9\/ubi:latest, in a\.yaml:4 and b\.yaml:9$/,
  )
  assert.equal(renderWhy('nowhere', [], rendering), 'Nothing here holds or is named nowhere.')
})
