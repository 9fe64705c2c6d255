import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  additional,
  held,
  mirrorOf,
  plainDigest,
  release,
  type SampleMirror,
  withSignatures,
  workedExample,
} from '../../testdata/mirror-states.ts'
import { ResourceError } from '../errors.ts'
import { parseTarget } from '../target.ts'
import { makeResources, type ResourceOptions, restartsNodes } from './index.ts'

const PLAIN: ResourceOptions = { maxNestedPaths: 0, icsp: false, templates: [] }

function textsOf(
  mirror: SampleMirror,
  options: Partial<ResourceOptions> = {},
): Readonly<Record<string, string>> {
  const { files } = makeResources(mirror, { ...PLAIN, ...options })
  return Object.fromEntries(
    files.map(({ path, text }) => [path, text.replace(/^# Made by mirrorform .*\n/, '')]),
  )
}

function withGraph(to: string): SampleMirror {
  const { target, images } = workedExample(to)
  const graph = mirrorOf(
    to,
    held(
      `registry.access.redhat.com/ubi9/ubi@${plainDigest('9')}`,
      `${to.slice('docker://'.length)}/openshift/graph-image:latest`,
      { kind: 'graphData' },
    ),
  )
  return { target, images: [...images, ...graph.images] }
}

test('with graph data there is an UpdateService for the places of the mirror', () => {
  assert.equal(
    textsOf(withGraph('docker://reg.lan/ns'))['updateService.yaml'],
    `---
apiVersion: updateservice.operator.openshift.io/v1
kind: UpdateService
metadata:
  name: update-service-oc-mirror
  namespace: openshift-update-service
spec:
  graphDataImage: reg.lan/ns/openshift/graph-image:latest
  releases: reg.lan/ns/openshift/release-images
  replicas: 2
`,
  )
})

test('an UpdateService names folded paths as they are at the mirror', () => {
  const mirror = mirrorOf(
    'docker://reg.lan/ns',
    held(
      `quay.io/o/r@${plainDigest('a')}`,
      'reg.lan/ns/openshift-release-images:4.16.2-x86_64',
      release('4.16.2'),
    ),
    held(`q.io/ubi9/ubi@${plainDigest('9')}`, 'reg.lan/ns/openshift-graph-image:latest', {
      kind: 'graphData',
    }),
  )
  const text = textsOf(mirror, { maxNestedPaths: 2 })['updateService.yaml'] ?? ''
  assert.match(text, /graphDataImage: reg\.lan\/ns\/openshift-graph-image:latest/)
  assert.match(text, /releases: reg\.lan\/ns\/openshift-release-images\n/)
})

test('graph data without any release is told, and the rest is made', () => {
  const mirror = mirrorOf(
    'docker://reg.lan',
    held(`q.io/ubi9/ubi@${plainDigest('9')}`, 'reg.lan/openshift/graph-image:latest', { kind: 'graphData' }),
    held('q.io/a/b:1', 'reg.lan/a/b:1', additional('q.io/a/b:1')),
  )
  const { files, notes } = makeResources(mirror, PLAIN)
  assert.deepEqual(notes, ['The mirror holds graph data and no release: there is no UpdateService.'])
  assert.ok(files.some(({ path }) => path === 'itms-oc-mirror.yaml'))
})

test('for older clusters there is a policy in place of mirror sets, and no ClusterCatalog', () => {
  const texts = textsOf(workedExample(), { icsp: true })
  assert.deepEqual(
    Object.keys(texts).filter(path => !path.startsWith('nodes/')),
    [
      'cs-demo-index-v1.yaml',
      'imageContentSourcePolicy.yaml',
      'install-config/imageContentSources.yaml',
      'signature-configmap.json',
      'signature-configmap.yaml',
    ],
  )
  assert.equal(
    texts['imageContentSourcePolicy.yaml'],
    `---
apiVersion: operator.openshift.io/v1alpha1
kind: ImageContentSourcePolicy
metadata:
  name: generic-0
spec:
  repositoryDigestMirrors:
  - mirrors:
    - reg.lan/ns/ubi8
    source: registry.redhat.io/ubi8
---
apiVersion: operator.openshift.io/v1alpha1
kind: ImageContentSourcePolicy
metadata:
  labels:
    operators.openshift.org/catalog: "true"
  name: operator-0
spec:
  repositoryDigestMirrors:
  - mirrors:
    - reg.lan/ns/acme
    source: quay.io/acme
  - mirrors:
    - reg.lan/ns/acme
    source: registry.example.com/acme
---
apiVersion: operator.openshift.io/v1alpha1
kind: ImageContentSourcePolicy
metadata:
  name: release-0
spec:
  repositoryDigestMirrors:
  - mirrors:
    - reg.lan/ns/openshift/release-images
    source: quay.io/openshift-release-dev/ocp-release
  - mirrors:
    - reg.lan/ns/openshift/release
    source: quay.io/openshift-release-dev/ocp-v4.0-art-dev
`,
  )
  assert.match(texts['install-config/imageContentSources.yaml'] ?? '', /^imageContentSources:\n- mirrors:\n/)
})

test('a policy that leaves tags out says which images that is', () => {
  const { notes } = makeResources(workedExample(), { ...PLAIN, icsp: true })
  assert.deepEqual(notes, [
    'An ImageContentSourcePolicy is for pulls by digest only: by their tags, images of registry.redhat.io/ubi8 are not taken from the mirror.',
  ])
})

test('an empty mirror needs nothing', () => {
  assert.deepEqual(makeResources(mirrorOf('docker://reg.lan'), PLAIN), { files: [], notes: [] })
})

test('the order in which images are given plays no part', () => {
  const { target, images } = withGraph('docker://reg.lan/ns')
  assert.deepEqual(textsOf({ target, images: images.toReversed() }), textsOf({ target, images }))
})

test('one more image adds its lines and changes no other', () => {
  const { target, images } = workedExample()
  const more = mirrorOf(
    'docker://reg.lan/ns',
    held('quay.io/tools/audit:3', 'reg.lan/ns/tools/audit:3', additional('quay.io/tools/audit:3')),
  )
  const before = textsOf({ target, images })
  const after = textsOf({ target, images: [...images, ...more.images] })
  const changed = Object.keys(after).filter(path => after[path] !== before[path])
  assert.deepEqual(changed, ['itms-oc-mirror.yaml', 'nodes/registries.conf.d/mirrorform.conf'])
  const lines = (text = '') => text.split('\n')
  const added = lines(after['itms-oc-mirror.yaml'])
  const entry = ['  - mirrors:', '    - reg.lan/ns/tools', '    source: quay.io/tools']
  const at = added.indexOf('    source: quay.io/tools') - 2
  assert.deepEqual(added.toSpliced(at, 3), lines(before['itms-oc-mirror.yaml']))
  assert.deepEqual(added.slice(at, at + 3), entry)
})

test('mirror sets that grow too long are continued in further objects', () => {
  const images = Array.from({ length: 4000 }, (_, nth) =>
    held(
      `registry.example.com/namespace-${nth}/app@${plainDigest('d')}`,
      `reg.lan/mirror/namespace-${nth}/app:1`,
      additional('x'),
    ),
  )
  const { files } = makeResources(mirrorOf('docker://reg.lan/mirror', ...images), PLAIN)
  const objects = files.find(({ path }) => path === 'idms-oc-mirror.yaml')?.objects ?? []
  assert.deepEqual(
    objects.map(({ metadata }) => metadata.name),
    ['idms-generic-0', 'idms-generic-1'],
  )
  for (const object of objects) assert.ok(Buffer.byteLength(JSON.stringify(object)) <= 250_000)
})

test('signatures that grow too many are continued in further ConfigMaps, each in files of its own', () => {
  const images = Array.from({ length: 300 }, (_, nth) =>
    withSignatures(
      held(
        `quay.io/o/r@sha256:${nth.toString(16).padStart(64, '0')}`,
        `reg.lan/openshift/release-images:4.16.${nth}-x86_64`,
        release(`4.16.${nth}`),
      ),
      'x'.repeat(900),
    ),
  )
  const { files } = makeResources(mirrorOf('docker://reg.lan', ...images), PLAIN)
  const signatures = files.filter(({ path }) => path.startsWith('signature-'))
  assert.deepEqual(
    signatures.map(({ path, objects }) => [path, objects[0]?.metadata.name]),
    [
      ['signature-configmap-1.json', 'mirrored-release-signatures-1'],
      ['signature-configmap-1.yaml', 'mirrored-release-signatures-1'],
      ['signature-configmap.json', 'mirrored-release-signatures'],
      ['signature-configmap.yaml', 'mirrored-release-signatures'],
    ],
  )
})

test('a payload with several signatures keeps all of them, numbered', () => {
  const mirror = mirrorOf(
    'docker://reg.lan',
    withSignatures(
      held(
        `quay.io/o/r@${plainDigest('a')}`,
        'reg.lan/openshift/release-images:4.16.2-x86_64',
        release('4.16.2'),
      ),
      'one',
      'two',
    ),
  )
  const object = JSON.parse(textsOf(mirror)['signature-configmap.json'] ?? '{}')
  const name = `sha256-${'a'.repeat(64)}`
  assert.deepEqual(Object.keys(object.binaryData), [`${name}-1`, `${name}-2`])
})

test('signatures are named by the algorithm of the digest that they are about', () => {
  const payload = `quay.io/ord/rel@sha512:${'a'.repeat(128)}`
  const signed = withSignatures(held(payload, 'reg.lan/ns/rel:4.16.1-x86_64', release('4.16.1')), 'one')
  const { files } = makeResources(mirrorOf('docker://reg.lan/ns', signed), PLAIN)
  const text = files.find(({ path }) => path === 'signature-configmap.yaml')?.text ?? ''
  assert.match(text, /^ {2}sha512-a{128}-1: /m)
})

test('objects say which state they are from only where that is asked for', () => {
  const annotations = { 'mirrorform.dev/state': plainDigest('5') }
  const { files } = makeResources(workedExample(), { ...PLAIN, annotations })
  const objects = files.flatMap(file => file.objects)
  assert.ok(objects.length > 0)
  for (const { metadata } of objects) assert.deepEqual(metadata.annotations, annotations)
  const plain = makeResources(workedExample(), PLAIN).files.flatMap(file => file.objects)
  for (const { metadata } of plain) assert.equal(metadata.annotations, undefined)
})

test('mirror sets are what restarts nodes', () => {
  const { files } = makeResources(workedExample(), PLAIN)
  assert.deepEqual(
    files.filter(restartsNodes).map(({ path }) => path),
    ['idms-oc-mirror.yaml', 'itms-oc-mirror.yaml'],
  )
})

test('an index with fewer platforms is told, because its digest is not that of the source', () => {
  const mirror = mirrorOf('docker://reg.lan', held('q.io/a/b:1', 'reg.lan/a/b:1', additional('q.io/a/b:1')))
  const images = mirror.images.map(image => ({ ...image, sourceDigest: plainDigest('5') }))
  const { notes } = makeResources({ ...mirror, images }, PLAIN)
  assert.match(notes.join('\n'), /index of fewer platforms for q\.io\/a\/b:1:/)
})

test('a mirror that no cluster can pull from is refused', () => {
  for (const to of ['oci:///srv/layout', 'file:///srv/archive', 'docker://[fd00::5]:5000/ns'])
    assert.throws(
      () => makeResources({ target: parseTarget(to), images: [] }, PLAIN),
      (error: unknown) => error instanceof ResourceError && error.hint !== undefined,
      to,
    )
})
