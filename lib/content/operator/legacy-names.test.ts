/** The names of `oc adm catalog mirror`, by the examples its behaviour is written down with. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../../oci/digest.ts'
import { parseReference } from '../../oci/reference.ts'
import { fnvTag, legacyTag, mountPath, shortDigestTag } from './legacy-names.ts'

const CORPUS = resolve(import.meta.dirname, '../../..', process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')
const ETCD = 'quay.io/coreos/etcd-operator@sha256:'

for (const [written, mountPoint, max, expected] of [
  ['quay.io/example/image:tag', '', 2, 'example/image:tag'],
  ['quay.io/example/image:tag', 'org', 2, 'org/example-image:tag'],
  ['quay.io/my/image:1', 'my-org/sub-org', 3, 'my-org/sub-org/my-image:1'],
  ['quay.io/my/image:1', 'my-org/sub-org', 4, 'my-org/sub-org/my/image:1'],
  ['quay.io/my/image:1', 'my-org/sub-org', 0, 'my-org/sub-org/my/image:1'],
  [
    `${ETCD}db563baa8194fcfe39d1df744ed70024b0f1f9e9b55b5923c2f3a413c44dc6b8`,
    '',
    2,
    'coreos/etcd-operator:b56e2636',
  ],
  [
    `${ETCD}c0301e4686c3ed4206e370b42de5a3bd2229b9fb4906cf85f3f30650424abec2`,
    '',
    2,
    'coreos/etcd-operator:2f1eb95',
  ],
  ['quay.io/example/image:tag', 'local/index', 0, 'local/index/example/image:tag'],
  [
    'quay.io/test/etcd.0.9.0:latest',
    'local/index/example/image',
    0,
    'local/index/example/image/test/etcd.0.9.0:latest',
  ],
  ['ubuntu', 'org', 2, 'org/library-ubuntu:latest'],
] as const)
  test(`${written} below "${mountPoint}" with at most ${max} components is ${expected}`, () => {
    const reference = parseReference(written)
    const repository = mountPath(mountPoint, reference.path, max)
    assert.equal(`${repository}:${legacyTag(written, reference)}`, expected)
  })

test('an index on disk keeps the path of its folder when it goes on to a registry', () => {
  assert.equal(mountPath('', 'local/index/example/image', 2), 'local/index-example-image')
})

test('the tag of an image with a digest is the FNV-1a hash of the reference as it is written', () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
  assert.equal(fnvTag(`registry.redhat.io/openshift4/ose-kube-rbac-proxy@${digest}`), 'efcf635e')
})

test('images of catalogs in OCI layouts are tagged with the first six digits of their digest', () => {
  assert.equal(shortDigestTag(digestOf('')), 'e3b0c4')
})

test('a folded path never has more components than asked for, and loses none of their text', () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,6}$/)
  const path = fc.array(component, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(path, path, fc.integer({ min: 2, max: 12 }), (mountPoint, image, max) => {
      const mounted = mountPath(mountPoint.join('/'), image.join('/'), max)
      assert.ok(mounted.split('/').length <= max)
      assert.deepEqual(mounted.split(/[/-]/), [...mountPoint, ...image])
    }),
  )
})

test('every tag of that kind in real mapping files is the one that is computed', {
  skip: existsSync(CORPUS) ? false : 'the corpus is not here',
}, () => {
  const files = globSync('{golden,mirrorset}/**/*mapping.txt', { cwd: CORPUS })
  const pairs = files
    .flatMap(file => readFileSync(resolve(CORPUS, file), 'utf8').split('\n'))
    .map(line => /^(.+@sha256:[0-9a-f]{64})=.*:([0-9a-f]{5,8})$/.exec(line))
    .flatMap(found => (found === null ? [] : [[found[1] ?? '', found[2] ?? ''] as const]))
  assert.ok(pairs.length > 200, String(pairs.length))
  for (const [source, tag] of pairs) assert.equal(fnvTag(source), tag, source)
})
