/** What an image set of oc-mirror v1 may say and what it may not: one row for each rule of v1alpha2. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, type ImageSet, type OperatorSection, parseImageSet } from '../index.ts'

const HEAD = 'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v1alpha2\n'
const HEX = 'ab'.repeat(32)

function load(body: string): ImageSet {
  return parseImageSet({ path: 'isc.yaml', text: HEAD + body })
}

/** Each problem as `line:column message`, counted from the line after the two of HEAD. */
function refused(body: string): readonly string[] {
  try {
    load(body)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, column, message }) => `${line - 2}:${column} ${message}`)
  }
  return []
}

function catalogOf(fields: string): OperatorSection {
  return load(`mirror:\n  operators:\n  - {${fields}}\n`).operators?.[0] ?? assert.fail('it has no operators')
}

describe('an image set of oc-mirror v1', () => {
  it('is read whole and says that it is one', () => {
    const imageSet = load(`archiveSize: 4
storageConfig:
  local: {path: ./metadata}
  registry: {imageURL: registry.example/m}
mirror:
  platform:
    graph: true
    architectures: [s390x]
    channels:
    - {name: stable-4.12, type: ocp, minVersion: 4.12.1, maxVersion: 4.12.9, shortestPath: true}
    - {name: okd, type: okd, full: true}
    - {name: stable-4.13, type: whatever}
  operators:
  - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.12
    full: true
    skipDependencies: true
    originalRef: x
    packages:
    - {name: a, minVersion: 1.0.0-5, defaultChannel: stable, channels: []}
    - name: b
      channels: [{name: stable, minBundle: b.v1.2.3}]
  additionalImages:
  - name: quay.io/a/b:1
  blockedImages:
  - name: alpine
  samples:
  - name: ruby
`)
    const section = imageSet.operators?.[0]
    assert.deepEqual(imageSet.v1, { storage: { kind: 'local', path: './metadata', place: 'isc.yaml:5' } })
    assert.equal(imageSet.archiveSize, 4)
    assert.deepEqual(imageSet.platform?.v1, { rules: 'v1' })
    assert.deepEqual(imageSet.platform?.architectures, ['s390x'])
    assert.deepEqual(
      imageSet.platform?.channels.map(({ product }) => product),
      ['ocp', 'okd', 'ocp'],
    )
    assert.deepEqual([section?.full, section?.skipDependencies], [true, true])
    assert.deepEqual(section?.packages, [
      {
        name: 'a',
        defaultChannel: 'stable',
        minVersion: '1.0.0-5',
        channels: [],
        bundles: [],
        place: 'isc.yaml:21',
      },
      {
        name: 'b',
        channels: [{ name: 'stable', minBundle: 'b.v1.2.3' }],
        bundles: [],
        place: 'isc.yaml:22',
      },
    ])
    assert.deepEqual(imageSet.blocked, [{ kind: 'sourcePattern', pattern: 'alpine', text: 'alpine' }])
    assert.deepEqual(imageSet.samples, [{ name: 'ruby', place: 'isc.yaml:29' }])
  })

  it('may leave out all but its kind and version, and then asks for nothing', () => {
    assert.deepEqual(load(''), {
      path: 'isc.yaml',
      archiveSize: 500,
      additionalImages: [],
      blocked: [],
      v1: {},
    })
  })

  it('may be JSON', () => {
    const text = `{"kind":"ImageSetConfiguration","apiVersion":"mirror.openshift.io/v1alpha2","mirror":{"additionalImages":[{"name":"a"}]}}`
    assert.equal(parseImageSet({ path: 'isc.json', text }).additionalImages.length, 1)
  })

  it('keeps its metadata in an image, latest where it has no tag', () => {
    const { v1 } = load(
      'storageConfig:\n  registry:\n    imageURL: registry.example:5000/m\n    skipTLS: true\n',
    )
    assert.deepEqual(v1?.storage, {
      kind: 'registry',
      reference: { host: 'registry.example:5000', path: 'm', tag: 'latest' },
      skipTls: true,
      place: 'isc.yaml:4',
    })
  })

  it('names a place where it keeps metadata at all', () => {
    const refusals = ['local: {}', 'registry: {skipTLS: true}'].map(text =>
      refused(`storageConfig:\n  ${text}\n`).join(),
    )
    assert.deepEqual(refusals, [
      '2:10 storageConfig.local has no path',
      '2:13 storageConfig.registry has no imageURL',
    ])
  })

  it('has keys in any case, and problems where they stand', () => {
    const written =
      'Kind: ImageSetConfiguration\nAPIVERSION: mirror.openshift.io/v1alpha2\nMirror:\n  additionalimages:\n  - NAME: quay.io/a/b:1\n'
    const imageSet = parseImageSet({ path: 'isc.yaml', text: written })
    assert.deepEqual(
      imageSet.additionalImages.map(({ name, place }) => [name, place]),
      [['quay.io/a/b:1', 'isc.yaml:5']],
    )
    assert.deepEqual(refused('MIRROR:\n  AdditionalImages:\n  - NAME: A\n'), [
      '3:11 "A" is not an image reference: "library/A" is not a repository path',
    ])
  })

  it('may name a package and a channel twice, as v1 does, when both ask for the same', () => {
    const { packages } = catalogOf(
      'catalog: r.io/c:v1, packages: [{name: a, channels: [{name: x}, {name: x}]}, {name: b}, {name: a, defaultChannel: y, channels: [{name: y, minVersion: 1.0.0}]}]',
    )
    assert.deepEqual(
      packages.map(({ name, channels, defaultChannel }) => [
        name,
        defaultChannel,
        channels.map(each => each.name),
      ]),
      [
        ['a', 'y', ['x', 'y']],
        ['b', undefined, []],
      ],
    )
  })
})

/** The section, its name in v1's metadata, and what of it goes to the destination; undefined where it is the source's. */
const NAMES: readonly (readonly [string, string, (string | undefined)?, string?])[] = [
  ['catalog: registry.com/ns/foo:v1.2', 'registry.com/ns/foo:v1.2'],
  ['catalog: registry.com/ns/foo:v1.2, targetName: bar', 'registry.com/ns/bar:v1.2', 'ns/bar'],
  [
    'catalog: registry.com/ns/foo:v1.2, targetCatalog: my-ns/cat, targetTag: v9',
    'registry.com/my-ns/cat:v9',
    'my-ns/cat',
    'v9',
  ],
  [
    'catalog: registry.com/ns/foo:v1.2, targetCatalog: my-ns/cat, targetName: bar',
    'registry.com/my-ns/cat:v1.2',
    'my-ns/cat',
  ],
  [`catalog: 'r.io/ns/foo@sha256:${HEX}'`, `r.io/ns/foo@sha256:${HEX}`],
  [`catalog: 'r.io/ns/foo@sha256:${HEX}', targetTag: v1`, 'r.io/ns/foo:v1', undefined, 'v1'],
  [`catalog: 'r.io/foo@sha256:${HEX}', targetName: b`, `r.io/b@sha256:${HEX}`, 'b'],
  ['catalog: oci:///srv/cat', '/srv/cat', 'srv/cat'],
  ['catalog: oci:///srv/cat, targetCatalog: a/b, targetTag: v1', 'a/b:v1', 'a/b', 'v1'],
]

describe('a catalog of oc-mirror v1', () => {
  for (const [fields, uniqueName, targetCatalog, targetTag] of NAMES)
    it(`{${fields}} is called ${uniqueName}`, () => {
      const section = catalogOf(fields)
      assert.deepEqual(
        [section.v1?.uniqueName, section.targetCatalog, section.targetTag],
        [uniqueName, targetCatalog, targetTag],
      )
    })
})

const REFUSED: readonly (readonly [sentence: string, body: string, problems: readonly string[]])[] = [
  ['an unknown key', 'mirror:\n  additionalImage: []\n', ['2:3 unknown key "additionalImage" in mirror']],
  [
    'a key of v2',
    'mirror:\n  operators:\n  - {catalog: r.io/c:v1, platforms: []}\n',
    ['3:26 "platforms" belongs to oc-mirror v2, and this is an image set of v1 (apiVersion …/v1alpha2)'],
  ],
  ['a Kubernetes object around it', 'spec: {}\n', ['1:1 an image set has no "spec"']],
  [
    'two keys that differ by nothing but case',
    'mirror:\n  samples: []\n  Samples: []\n',
    ['3:3 duplicate key "Samples"'],
  ],
  [
    'a catalog that stands there twice by its name at the destination',
    'mirror:\n  operators:\n  - {catalog: r.io/a/x:v1, targetName: c}\n  - {catalog: r.io/b/y:v1, targetCatalog: a/c}\n',
    ['4:15 the catalog "r.io/a/c:v1" stands here twice'],
  ],
  [
    'a release channel that stands there twice, even with other versions',
    'mirror:\n  platform:\n    channels: [{name: c, minVersion: 4.1.0}, {name: c}]\n',
    ['3:53 the release channel "c" stands here twice'],
  ],
  [
    'a package without a name',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{minVersion: 1.0.0}]}]\n',
    ['2:47 "name" is missing in mirror.operators[0].packages[0]'],
  ],
  [
    'minVersion together with minBundle',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{name: a, minVersion: 1.0.0, minBundle: a.v1}]}]\n',
    ['2:76 minVersion and minBundle exclude each other'],
  ],
  [
    'a default channel that is not among the channels',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{name: a, defaultChannel: x, channels: [{name: y}]}]}]\n',
    ['2:73 the defaultChannel "x" is not among the channels of the package "a"'],
  ],
  [
    'a range at a package and at one of its channels',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{name: a, minVersion: 1.0.0, channels: [{name: y, maxVersion: 2.0.0}]}]}]\n',
    ['2:47 the package "a" has a version range and so has one of its channels'],
  ],
  [
    'a range whose end is no version, but not a minVersion alone, which v1 compares as text',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{name: a, maxVersion: x}, {name: b, minVersion: x}]}]\n',
    ['2:69 mirror.operators[0].packages[0].maxVersion: "x" is not a version'],
  ],
  [
    'a package that stands there twice, asking for different things',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{name: a}, {name: a, channels: [{name: y}]}]}]\n',
    ['2:58 the package "a" stands here twice, not asking for the same'],
  ],
  [
    'a channel of a package that stands there twice with other versions',
    'mirror:\n  operators: [{catalog: r.io/c:v1, packages: [{name: a, channels: [{name: y}, {name: y, minVersion: 1.0.0}]}]}]\n',
    ['2:47 the channel "y" of this package stands here twice, with other versions'],
  ],
  [
    'an architecture that the update graph does not know',
    'mirror:\n  platform: {architectures: [x86_64]}\n',
    [
      '2:30 mirror.platform.architectures[0] must be one of "amd64", "arm64", "ppc64le", "s390x", "multi", not "x86_64"',
    ],
  ],
  [
    'a product that v1 would take for another',
    'mirror:\n  platform: {channels: [{name: c, type: OKD}]}\n',
    ['2:41 the type "OKD" is taken for ocp by oc-mirror v1'],
  ],
  [
    'metadata in what is no image',
    'storageConfig:\n  registry:\n    imageURL: <registry>/x\n',
    ['3:15 "<registry>/x" is not an image reference: "<registry>/x" is not a repository path'],
  ],
  [
    'a target that is no name',
    'mirror:\n  operators:\n  - {catalog: r.io/a/x:v1, targetName: C}\n  - {catalog: r.io/b, targetCatalog: "h:5/c", targetTag: .x}\n',
    [
      '3:40 "a/C" is not a repository path',
      '4:38 "h:5/c" is not a repository path',
      '4:58 ".x" is not a tag',
    ],
  ],
  [
    'a folder that cannot be a name',
    'mirror:\n  operators: [{catalog: oci:///srv/My_Catalog}]\n',
    ['2:25 the folder "/srv/My_Catalog" cannot be used as a repository path'],
  ],
  [
    'a rule that is no regular expression',
    'mirror:\n  blockedImages: [{name: "(a"}]\n',
    ['2:26 "(a" is not a regular expression: missing closing ): `(a`'],
  ],
]

describe('an image set of oc-mirror v1 is refused for', () => {
  for (const [sentence, body, problems] of REFUSED)
    it(sentence, () => assert.deepEqual(refused(body), problems))
})
