/** Policies that become mirror sets, as `oc adm migrate icsp` makes them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../config/index.ts'
import { migratePolicies } from './migrate-icsp.ts'

const POLICY = `apiVersion: operator.openshift.io/v1alpha1
kind: ImageContentSourcePolicy
metadata:
  labels:
    operators.openshift.org/catalog: "true"
  name: image-0
spec:
  repositoryDigestMirrors:
  - mirrors:
    - localhost:5000/coreos/etcd-operator
    source: quay.io/coreos/etcd-operator
`
const SET = `apiVersion: config.openshift.io/v1
kind: ImageDigestMirrorSet
metadata:
  labels:
    operators.openshift.org/catalog: "true"
  name: image-0
spec:
  imageDigestMirrors:
  - mirrors:
    - localhost:5000/coreos/etcd-operator
    source: quay.io/coreos/etcd-operator
`

const migrate = (...texts: readonly string[]) =>
  migratePolicies(texts.map((text, at) => ({ path: `policy-${at}.yaml`, text })))

describe('a policy', () => {
  it('becomes a mirror set of the same name, labels and entries', () => {
    assert.deepEqual(migrate(POLICY), [{ name: 'imagedigestmirrorset_image-0.yaml', text: SET }])
  })

  it('is found among several documents, and in a List of oc get', () => {
    const list = `kind: List\nitems:\n- ${POLICY.trimEnd().replaceAll('\n', '\n  ')}\n`
    assert.deepEqual(
      migrate(`---\n${POLICY}---\nkind: ConfigMap\n`, list).map(({ name }) => name),
      ['imagedigestmirrorset_image-0.yaml', 'imagedigestmirrorset_image-0.2.yaml'],
    )
    assert.equal(migrate(list)[0]?.text, SET)
  })

  it('has a file of its own, however policies are called', () => {
    const second = POLICY.replace('name: image-0', 'name: image-0.2')
    const names = migrate(second, POLICY, POLICY).map(({ name }) => name)
    assert.equal(new Set(names).size, 3, names.join(' '))
  })

  it('whose name would lead out of the folder is refused', () => {
    for (const name of ['../../image-0', 'a/b', '..', 'A'])
      assert.throws(
        () => migrate(POLICY.replace('image-0', name)),
        /no ImageContentSourcePolicy can be called/,
      )
  })

  it('that is not there, has no name or cannot be read is an error that names the place', () => {
    const entry = POLICY.replace('source: quay', 'sauce: quay')
    for (const text of ['kind: ConfigMap\n', 'a: [', POLICY.replace('name: image-0', 'x: y'), entry])
      assert.throws(
        () => migrate(text),
        error => error instanceof ConfigError && /^policy-0\.yaml:\d+:\d+: /.test(error.message),
      )
  })
})
