import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SourceMirrors } from '../../../config/index.ts'
import { digestOf } from '../../../oci/digest.ts'
import { formatReference, parseReference } from '../../../oci/reference.ts'
import { candidatesFor } from './candidates.ts'

const E = digestOf('etcd')
const ART = parseReference(`quay.io/openshift-release-dev/ocp-v4.0-art-dev@${E}`)

const never = { never: true }

function rule(source: string, mirrors: readonly string[], more = { never: false }): SourceMirrors {
  return { source, mirrors, ...more }
}

function placesOf(rules: readonly SourceMirrors[], reference = ART): readonly string[] {
  return candidatesFor(reference, rules).references.map(formatReference)
}

describe('a list of mirrors', () => {
  it('leads from a path above the repository to the same path at the mirror, then to the source', () => {
    assert.deepEqual(placesOf([rule('quay.io/openshift-release-dev', ['m:5000/ocp'])]), [
      `m:5000/ocp/ocp-v4.0-art-dev@${E}`,
      `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${E}`,
    ])
  })

  it('is asked rule by rule and mirror by mirror', () => {
    const source = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev'
    assert.deepEqual(placesOf([rule(source, ['a:1/x', 'b:1/y']), rule('quay.io', ['c:1'])]), [
      `a:1/x@${E}`,
      `b:1/y@${E}`,
      `c:1/openshift-release-dev/ocp-v4.0-art-dev@${E}`,
      `${source}@${E}`,
    ])
  })

  it('can say that the source is never asked', () => {
    assert.deepEqual(placesOf([rule('quay.io', ['c:1'], never)]), [
      `c:1/openshift-release-dev/ocp-v4.0-art-dev@${E}`,
    ])
  })

  it('is not for other paths that begin alike, nor for tags', () => {
    assert.deepEqual(placesOf([rule('quay.io/openshift', ['m:1/x'])]), [formatReference(ART)])
    assert.deepEqual(placesOf([rule('quay.io', ['m:1'])], parseReference('quay.io/a/b:1')), ['quay.io/a/b:1'])
  })
})
