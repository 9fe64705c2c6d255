/** Image sets written back with their catalogs pinned: everything else stays as its author wrote it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDigest } from '../oci/digest.ts'
import { parseImageSet, pinCatalogs } from './index.ts'

const ONE = parseDigest(`sha256:${'1'.repeat(64)}`)
const TWO = parseDigest(`sha256:${'2'.repeat(64)}`)
const pinned = (text: string, ...digests: (typeof ONE)[]) => pinCatalogs({ path: 'isc.yaml', text }, digests)

describe('an image set with pinned catalogs', () => {
  it('names digests and keeps tags as targetTag; comments and layout stay', () => {
    const text = `# our operators
kind: ImageSetConfiguration
mirror:
  operators:

    # from Red Hat
    -   catalog: registry.redhat.io/redhat/redhat-operator-index:v4.16  # the big one
        packages:
          - {name: web-terminal}   # only this
    - full: true
      catalog: "localhost:5000/mine/index:1.0"
      targetTag: kept
    - {catalog: a.io/b/c:v1, packages: [{name: x}]}
    - catalog: oci:///srv/index
`
    assert.equal(
      pinned(text, ONE, TWO, ONE, TWO),
      `# our operators
kind: ImageSetConfiguration
mirror:
  operators:

    # from Red Hat
    -   catalog: registry.redhat.io/redhat/redhat-operator-index@${ONE}  # the big one
        targetTag: "v4.16"
        packages:
          - {name: web-terminal}   # only this
    - full: true
      catalog: "localhost:5000/mine/index@${TWO}"
      targetTag: kept
    - {catalog: a.io/b/c@${ONE}, targetTag: "v1", packages: [{name: x}]}
    - catalog: oci:///srv/index
`,
    )
  })

  it('is an image set again, whose catalogs go where they went', () => {
    const json = JSON.stringify(
      { kind: 'ImageSetConfiguration', mirror: { operators: [{ catalog: 'a.io/b:4.20' }] } },
      undefined,
      2,
    )
    for (const text of [
      json,
      'kind: ImageSetConfiguration\r\nmirror:\r\n  operators:\r\n  - catalog: a.io/b:4.20',
    ]) {
      const again = pinned(text, ONE)
      const [section] = parseImageSet({ path: 'isc.yaml', text: again }).operators ?? []
      assert.deepEqual(section?.source, {
        kind: 'registry',
        reference: { host: 'a.io', path: 'b', digest: ONE },
      })
      assert.equal(section?.targetTag, '4.20')
      assert.equal(pinned(again, TWO), again, 'what is pinned stays pinned')
    }
  })

  it('is refused where a catalog is only repeated', () => {
    const text = `kind: ImageSetConfiguration
mirror:
  additionalImages: [{name: &name a.io/b:1}]
  operators:
  - catalog: *name
`
    assert.throws(
      () => pinned(text, ONE),
      /isc.yaml:5: the catalog a.io\/b:1 cannot be pinned where it stands/,
    )
  })

  it('may be one of oc-mirror v1, with keys in any case', () => {
    const text =
      'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v1alpha2\nMirror:\n  operators:\n  - CATALOG: r.io/a:v1\n'
    assert.equal(pinned(text, ONE), text.replace('r.io/a:v1', `r.io/a@${ONE}\n    targetTag: "v1"`))
  })
})
