import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'smol-toml'
import { parseAllDocuments, parse as parseYaml } from 'yaml'
import { clusterFaults } from '../../testdata/cluster-schemas.ts'
import {
  held,
  mirrorOf,
  plainDigest,
  type SampleMirror,
  workedExample,
} from '../../testdata/mirror-states.ts'
import { makeResources, type ResourceOptions, type Resources } from './index.ts'

const PLAIN: ResourceOptions = { maxNestedPaths: 0, icsp: false, templates: [] }

function everything(): SampleMirror {
  const { target, images } = workedExample('docker://reg.lan:5000/ns')
  const graph = mirrorOf(
    'docker://reg.lan:5000/ns',
    held(`q.io/ubi9/ubi@${plainDigest('9')}`, 'reg.lan:5000/ns/openshift/graph-image:latest', {
      kind: 'graphData',
    }),
  )
  return { target, images: [...images, ...graph.images] }
}

function objectsOf({ files }: Resources) {
  return files.flatMap(({ objects }) => objects)
}

test('every object is one that the APIs of a cluster take', () => {
  const kinds = new Set<string>()
  for (const options of [
    PLAIN,
    { ...PLAIN, icsp: true },
    { ...PLAIN, annotations: { 'mirrorform.dev/state': 'x' } },
  ])
    for (const object of objectsOf(makeResources(everything(), options))) {
      kinds.add(object.kind)
      assert.deepEqual(clusterFaults(object), [], object.kind)
    }
  assert.deepEqual([...kinds].toSorted(), [
    'CatalogSource',
    'ClusterCatalog',
    'ConfigMap',
    'ImageContentSourcePolicy',
    'ImageDigestMirrorSet',
    'ImageTagMirrorSet',
    'UpdateService',
  ])
})

test('what stands in a file is what the objects are', () => {
  for (const { path, text, objects } of makeResources(everything(), PLAIN).files.filter(
    file => file.objects.length > 0,
  )) {
    const read = path.endsWith('.json')
      ? [JSON.parse(text)]
      : parseAllDocuments(text, { version: '1.1' }).map(document => document.toJS())
    assert.deepEqual(read, objects, path)
  }
})

test('files of nodes and installers are read as what they are', () => {
  const { files } = makeResources(everything(), PLAIN)
  const others = files.filter(({ objects }) => objects.length === 0)
  assert.ok(others.length >= 6)
  for (const { path, text } of others)
    assert.doesNotThrow(() => (/\.(?:toml|conf)$/.test(path) ? parse(text) : parseYaml(text)), path)
})

const REFUSED: readonly (readonly [
  what: string,
  object: Parameters<typeof clusterFaults>[0] & Record<string, unknown>,
])[] = [
  [
    'a mirror with a tag',
    {
      apiVersion: 'config.openshift.io/v1',
      kind: 'ImageDigestMirrorSet',
      metadata: { name: 'x' },
      spec: { imageDigestMirrors: [{ source: 'quay.io/a', mirrors: ['reg.lan/a:1'] }] },
    },
  ],
  [
    'the same mirror twice',
    {
      apiVersion: 'config.openshift.io/v1',
      kind: 'ImageTagMirrorSet',
      metadata: { name: 'x' },
      spec: { imageTagMirrors: [{ source: 'quay.io/a', mirrors: ['reg.lan/a', 'reg.lan/a'] }] },
    },
  ],
  [
    'a name with capitals',
    {
      apiVersion: 'config.openshift.io/v1',
      kind: 'ImageTagMirrorSet',
      metadata: { name: 'X' },
      spec: {},
    },
  ],
  [
    'a catalog without a tag',
    {
      apiVersion: 'olm.operatorframework.io/v1',
      kind: 'ClusterCatalog',
      metadata: { name: 'x' },
      spec: { source: { type: 'Image', image: { ref: 'reg.lan/index' } } },
    },
  ],
]

for (const [what, object] of REFUSED)
  test(`the schemas of these tests refuse ${what}`, () => {
    assert.notDeepEqual(clusterFaults(object), [])
  })
