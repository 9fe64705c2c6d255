/** The rules for operators and releases that need no network, as oc-mirror v2 and its documentation have them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, parseImageSet } from './index.ts'
import { isTolerantVersion } from './version-text.ts'

/** The rule problems below `mirror:`, as `line message` counted from the line after it. */
function broken(section: string): readonly string[] {
  try {
    parseImageSet({ path: 'isc.yaml', text: `kind: ImageSetConfiguration\nmirror:\n${section}` })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const others = error.problems.filter(({ kind }) => kind !== 'unsupported')
    return others.map(problem => `${problem.line - 2} ${problem.message}`)
  }
  return []
}

const CATALOG = 'registry.redhat.io/redhat/redhat-operator-index'

const ROWS: readonly (readonly [sentence: string, section: string, problems: readonly string[]])[] = [
  [
    'the whole format of a catalog is recognised, bundles included',
    `  operators:
  - catalog: ${CATALOG}:v4.16
    full: false
    skipDependencies: true
    targetCatalog: my-ns/my-catalog
    targetTag: v1
    targetCatalogSourceTemplate: /tmp/cs.yaml
    platforms: [{os: linux, architecture: amd64}]
    packages:
    - name: elasticsearch-operator
      defaultChannel: stable
      minVersion: '5.2.3-31'
      maxVersion: v6
    - name: 3scale-operator
      channels: [{name: stable, minVersion: 1.2.3}, {name: fast}]
      bundles: [{name: 3scale-operator.v0.10.0-mas}]
`,
    [],
  ],
  [
    'the whole format of releases, charts and samples is recognised',
    `  platform:
    graph: true
    channels: [{name: stable-4.16, type: okd, minVersion: 4.16.1, maxVersion: 4.16.8, shortestPath: true, full: false}]
    architectures: [amd64, multi]
    release: quay.io/a/release:4.16.8
    kubeVirtContainer: true
  helm:
    repositories: [{name: p, url: 'https://p.example/', charts: [{name: p, version: 5.0.0, imagePaths: ['{.spec.x}']}]}]
    local: [{name: q, path: ./q.tgz, platforms: [{os: linux, architecture: arm64}]}]
  samples: [{name: ruby}]
`,
    [],
  ],
  [
    'a catalog needs a reference with tag or digest',
    `  operators: [{catalog: ${CATALOG}}, {catalog: 'Bad'}, {packages: []}]\n`,
    [
      `1 the catalog "${CATALOG}" has neither tag nor digest`,
      '1 "Bad" is not an image reference: "library/Bad" is not a repository path',
      '1 "catalog" is missing in mirror.operators[2]',
    ],
  ],
  [
    'two catalogs may not end under one name',
    '  operators:\n  - {catalog: "a.io/x/idx:v1", targetCatalog: t}\n  - {catalog: "a.io/y/idx:v1", targetCatalog: t}\n',
    ['3 the catalog "a.io/t:v1" stands here twice'],
  ],
  [
    'two catalogs of different tags are two',
    '  operators:\n  - {catalog: "a.io/x/idx:v1"}\n  - {catalog: "a.io/x/idx:v2"}\n  - {catalog: "oci:///a"}\n  - {catalog: "oci:///b"}\n',
    [],
  ],
  [
    'targetCatalog is a path without tag, digest or host and port',
    '  operators: [{catalog: "a.io/x:1", targetCatalog: "ns/cat:v1", targetTag: "a b"}]\n',
    ['1 "ns/cat:v1" is not a repository path', '1 "a b" is not a tag'],
  ],
  [
    'packages and channels stand once',
    '  operators:\n  - catalog: a.io/x:1\n    packages:\n    - name: a\n      channels: [{name: s}, {name: s}]\n    - name: a\n',
    ['5 the channel "s" stands here twice', '6 the package "a" stands here twice'],
  ],
  [
    'versions are versions, if tolerantly read',
    '  operators:\n  - catalog: a.io/x:1\n    packages:\n    - name: a\n      minVersion: latest\n      maxVersion: v1.2\n    - name: b\n      channels: [{name: s, maxVersion: 1.x}]\n',
    [
      '5 mirror.operators[0].packages[0].minVersion: "latest" is not a version',
      '8 mirror.operators[0].packages[1].channels[0].maxVersion: "1.x" is not a version',
    ],
  ],
  [
    'a folder that cannot be a repository needs a targetCatalog',
    '  operators:\n  - {catalog: "oci:///srv/My Index"}\n  - {catalog: "oci:///srv/My Index", targetCatalog: mine}\n',
    ['2 the folder name "My Index" cannot be used as a repository path'],
  ],
  [
    'a range stands at the package or at its channels',
    '  operators:\n  - catalog: a.io/x:1\n    packages:\n    - name: a\n      minVersion: 1.0.0\n      channels: [{name: s, maxVersion: 2.0.0}]\n',
    ['4 the package "a" has a version range and so has one of its channels'],
  ],
]

describe('in an image set', () => {
  for (const [sentence, section, problems] of ROWS)
    it(sentence, () => assert.deepEqual(broken(section), problems))
})

describe('a version in a configuration file', () => {
  it('may be short, and may begin with v', () => {
    for (const text of [
      '1',
      'v1.2',
      '4.16.8',
      '5.2.3-31',
      '1.42.0-5-0.1687199951.p',
      '4.16.5-rhodf',
      '1.0.0+b.1',
    ])
      assert.ok(isTolerantVersion(text), text)
  })
  it('is refused when it is no version at all', () => {
    for (const text of ['', 'latest', '1.x', '1.2.3.4', '1-rc', '1.2-rc', '1.0.0-', '1.0.0-01', 'v', '1..2'])
      assert.ok(!isTolerantVersion(text), text)
  })
})
