/** oc-mirror's lists of images to delete: what is read of them, and what is refused with its place. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { ConfigError, parseDeleteList } from './index.ts'

const CORPUS = resolve(import.meta.dirname, '../..', process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')
const REAL = join(CORPUS, 'disc/openshift__oc-mirror__tests_unit_testdata_delete_delete-images.yaml')

describe('a DeleteImageList', () => {
  it('names images, each with its line', () => {
    const text = `apiVersion: mirror.openshift.io/v2alpha1
kind: DeleteImageList
items:
- imageName: registry.redhat.io/ubi9/ubi:latest
  imageReference: docker://reg.lan:5000/ns/ubi9/ubi:latest
  type: generic
- imageReference: reg.lan:5000/ns/app@sha256:${'1'.repeat(64)}
  relatedBlobs: []
`
    assert.deepEqual(parseDeleteList({ path: 'l.yaml', text }), [
      { reference: 'reg.lan:5000/ns/ubi9/ubi:latest', place: 'l.yaml:4' },
      { reference: `reg.lan:5000/ns/app@sha256:${'1'.repeat(64)}`, place: 'l.yaml:7' },
    ])
  })

  it('of oc-mirror itself is read', { skip: !existsSync(REAL) && `no ${REAL}` }, () => {
    const [first, ...rest] = parseDeleteList({ path: 'l.yaml', text: readFileSync(REAL, 'utf8') })
    assert.match(first?.reference ?? '', /^localhost:5000\/myregistry\/openshift\/release:4\.15\.12-/)
    assert.deepEqual(rest, [])
  })

  for (const [what, text, message] of [
    ['another kind', 'kind: Pod\nitems: []\n', 'l.yaml:1:7: the kind is Pod, not DeleteImageList'],
    ['no kind', 'items: []\n', 'l.yaml:1:1: the kind is missing, not DeleteImageList'],
    [
      'an item without a reference',
      'kind: DeleteImageList\nitems:\n- imageName: a\n',
      'l.yaml:3:3: this item has no imageReference',
    ],
    ['something that is no YAML', 'kind: "x\n', 'l.yaml:1:9: Missing closing "quote'],
  ] as const)
    it(`with ${what} is refused`, () => {
      assert.throws(
        () => parseDeleteList({ path: 'l.yaml', text }),
        (error: unknown) => error instanceof ConfigError && error.message.startsWith(message),
      )
    })
})
