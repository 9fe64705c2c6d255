/** The hashes that oc-mirror v2 computes for the same entries (spec, filter hash, and its worked example). */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseImageSet } from '../../config/index.ts'
import { parseDigest } from '../../oci/digest.ts'
import { filterHash } from './filter-hash.ts'

const DIGEST = parseDigest(`sha256:${'0'.repeat(63)}1`)
const CATALOG = 'registry.example.com/olm/demo-index'

function hashOf(entry: string, catalog = `${CATALOG}:v1`): string {
  const text = `kind: ImageSetConfiguration\nmirror:\n  operators:\n  - catalog: ${catalog}\n${entry}`
  const [section] = parseImageSet({ path: 'isc.yaml', text }).operators ?? []
  assert.ok(section)
  return filterHash(section, DIGEST)
}

const VECTORS: readonly (readonly [what: string, entry: string, hash: string])[] = [
  ['a catalog without packages', '', 'b9318e7a2c9dce5f836b6cebeb6b42a6'],
  ['one package', '    packages: [{name: widget}]\n', '1e27d94ff70c9bde25ee9b84360ba14a'],
  [
    'a channel with a range, and a default channel',
    '    packages: [{name: widget, channels: [{name: stable, minVersion: 1.1.0, maxVersion: 1.2.0}], defaultChannel: stable}]\n',
    '97ef56b5d9b8d12532e8a4b641facb1b',
  ],
  [
    'everything of a package, for one platform',
    '    packages: [{name: widget}]\n    full: true\n    platforms: [{os: linux, architecture: amd64}]\n',
    '7a9e383782bbeba5ac21548c3e5d896d',
  ],
  [
    'the worked example',
    '    packages: [{name: widget, channels: [{name: stable}]}]\n',
    '0709c086a530f93e6339d5feb4527104',
  ],
]

describe('the filter hash', () => {
  for (const [what, entry, hash] of VECTORS)
    it(`of ${what} is that of oc-mirror v2`, () => assert.equal(hashOf(entry), hash))

  it('does not depend on the tag, nor on where the catalog goes', () => {
    const packages = '    packages: [{name: widget}]\n'
    const plain = hashOf(packages)
    assert.equal(hashOf(packages, `docker://${CATALOG}@${DIGEST}`), plain)
    assert.equal(hashOf(`${packages}    targetCatalog: a/b\n    targetTag: v7\n`), plain)
    assert.notEqual(hashOf(packages, 'registry.example.com:5000/olm/demo-index:v1'), plain)
  })

  it('is that of the text as Go writes it', () => {
    assert.notEqual(
      hashOf('    packages: [{name: "a<b"}]\n'),
      hashOf('    packages: [{name: "a\\\\u003cb"}]\n'),
    )
    assert.equal(hashOf('    packages: [{name: "a<b"}]\n').length, 32)
  })
})
