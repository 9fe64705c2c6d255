import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf } from '../../../oci/digest.ts'
import { formatReference, parseReference } from '../../../oci/reference.ts'
import { candidatesFor, parseMirrorList } from './mirror-list.ts'

const E = digestOf('etcd')
const ART = parseReference(`quay.io/openshift-release-dev/ocp-v4.0-art-dev@${E}`)

function idms(...entries: readonly string[]): string {
  return `apiVersion: config.openshift.io/v1\nkind: ImageDigestMirrorSet\nspec:\n  imageDigestMirrors:\n${entries.map(entry => `  - ${entry}\n`).join('')}`
}

function placesOf(text: string, reference = ART): readonly string[] {
  const entries = parseMirrorList('idms.yaml', text, 'ImageDigestMirrorSet')
  return candidatesFor(reference, entries).references.map(formatReference)
}

describe('a list of mirrors', () => {
  it('leads from a path above the repository to the same path at the mirror, then to the source', () => {
    const text = idms('{source: quay.io/openshift-release-dev, mirrors: [m:5000/ocp]}')
    assert.deepEqual(placesOf(text), [
      `m:5000/ocp/ocp-v4.0-art-dev@${E}`,
      `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${E}`,
    ])
  })

  it('is asked entry by entry and mirror by mirror, over all documents', () => {
    const source = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev'
    const text = `${idms(`{source: ${source}, mirrors: [a:1/x, b:1/y]}`)}---\n${idms('{source: quay.io, mirrors: [c:1]}')}`
    assert.deepEqual(placesOf(text), [
      `a:1/x@${E}`,
      `b:1/y@${E}`,
      `c:1/openshift-release-dev/ocp-v4.0-art-dev@${E}`,
      `${source}@${E}`,
    ])
  })

  it('can say that the source is never asked', () => {
    const text = idms('{source: quay.io, mirrors: [c:1], mirrorSourcePolicy: NeverContactSource}')
    assert.deepEqual(placesOf(text), [`c:1/openshift-release-dev/ocp-v4.0-art-dev@${E}`])
  })

  it('is not for other paths that begin alike, nor for tags', () => {
    const text = idms('{source: quay.io/openshift, mirrors: [m:1/x]}')
    assert.deepEqual(placesOf(text), [formatReference(ART)])
    const all = idms('{source: quay.io, mirrors: [m:1]}')
    assert.deepEqual(placesOf(all, parseReference('quay.io/a/b:1')), ['quay.io/a/b:1'])
  })

  it('is also read from an ImageContentSourcePolicy', () => {
    const text =
      'apiVersion: operator.openshift.io/v1alpha1\nkind: ImageContentSourcePolicy\nspec: {repositoryDigestMirrors: [{source: quay.io/a, mirrors: [m:1/a]}]}\n'
    assert.deepEqual(parseMirrorList('icsp.yaml', text, 'ImageContentSourcePolicy'), [
      { source: 'quay.io/a', mirrors: ['m:1/a'], never: false },
    ])
  })

  for (const [what, text, message] of [
    ['no YAML', 'kind: [', /idms\.yaml is not YAML/],
    ['an alias', 'a: &a 1\nb: *a\n', /idms\.yaml is not YAML as clusters take it/],
    ['another kind', 'kind: ConfigMap\n', /idms\.yaml has no ImageDigestMirrorSet with entries/],
    ['nothing', '', /has no ImageDigestMirrorSet/],
    [
      'an entry without source',
      idms('{mirrors: [m:1]}'),
      /an entry of an ImageDigestMirrorSet cannot be read/,
    ],
    [
      'policies that contradict each other',
      idms(
        '{source: q.io/a, mirrors: [m:1], mirrorSourcePolicy: NeverContactSource}',
        '{source: q.io/a, mirrors: [n:1]}',
      ),
      /different mirrorSourcePolicy values for q\.io\/a/,
    ],
  ] as const)
    it(`is refused with its name when it is ${what}`, () => {
      assert.throws(() => parseMirrorList('idms.yaml', text, 'ImageDigestMirrorSet'), {
        name: 'UsageError',
        message,
      })
    })
})
