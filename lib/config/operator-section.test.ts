/** `mirror.operators` as data: every field of the format, and the combination that makes no sense. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, type OperatorSection, parseImageSet } from './index.ts'

const read = (section: string): readonly OperatorSection[] =>
  parseImageSet({ path: 'isc.yaml', text: `kind: ImageSetConfiguration\nmirror:\n${section}` }).operators ??
  []

function refused(section: string): readonly string[] {
  try {
    read(section)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, message }) => `${line} ${message}`)
  }
  return []
}

describe('a catalog of an image set', () => {
  it('is read with everything that the format has', () => {
    const [section, folder] = read(`  operators:
  - catalog: registry.example.com/olm/index:v1
    full: false
    skipDependencies: true
    targetCatalog: ns/catalog
    targetTag: v9
    targetCatalogSourceTemplate: cs.yaml
    platforms: [{os: linux, architecture: x86_64}]
    packages:
    - name: widget
      defaultChannel: stable
      minVersion: "1.1"
      maxVersion: v2
    - name: gadget
      channels: [{name: alpha, minVersion: 0.1.0}, {name: beta}]
      bundles: [{name: gadget.v0.2.0}]
  - catalog: oci:///srv/catalogs/mine
`)
    assert.deepEqual(section?.source, {
      kind: 'registry',
      reference: { host: 'registry.example.com', path: 'olm/index', tag: 'v1' },
    })
    const { source: _, packages, ...rest } = section ?? assert.fail('no section')
    assert.deepEqual(rest, {
      catalog: 'registry.example.com/olm/index:v1',
      full: false,
      skipDependencies: true,
      targetCatalog: 'ns/catalog',
      targetTag: 'v9',
      targetCatalogSourceTemplate: 'cs.yaml',
      platforms: [{ os: 'linux', architecture: 'amd64' }],
      place: 'isc.yaml:4',
    })
    assert.deepEqual(packages, [
      {
        name: 'widget',
        defaultChannel: 'stable',
        minVersion: '1.1',
        maxVersion: 'v2',
        channels: [],
        bundles: [],
        place: 'isc.yaml:12',
      },
      {
        name: 'gadget',
        channels: [{ name: 'alpha', minVersion: '0.1.0' }, { name: 'beta' }],
        bundles: ['gadget.v0.2.0'],
        place: 'isc.yaml:16',
      },
    ])
    assert.deepEqual(folder?.source, { kind: 'layout', folder: '/srv/catalogs/mine' })
    assert.deepEqual(folder?.packages, [])
  })

  it('that is wanted whole cannot have a range, which is told where the range stands', () => {
    assert.deepEqual(
      refused(`  operators:
  - catalog: a.io/x/idx:v1
    full: true
    packages:
    - name: widget
      maxVersion: 1.0.0
    - name: gadget
      channels:
      - name: alpha
        minVersion: 1.0.0
`),
      [
        '8 the package "widget" has a version range in a catalog with full: true',
        '12 the package "gadget" has a version range in a catalog with full: true',
      ],
    )
  })

  it('is not there where the section is empty', () => {
    assert.equal(
      parseImageSet({ path: 'a', text: 'kind: ImageSetConfiguration\nmirror: {operators: []}\n' }).operators,
      undefined,
    )
  })
})
