/** What an image set may say and what it may not: one row for each rule of the format. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, type ImageSet, type Problem, parseImageSet } from './index.ts'

const HEX = 'ab'.repeat(32)
const HEAD = 'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\n'

function load(body: string): ImageSet {
  return parseImageSet({ path: 'isc.yaml', text: HEAD + body })
}

function problemsOf(body: string): readonly Problem[] {
  try {
    load(body)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

/** Each problem as `line:column kind message`, counted from the line after the two of HEAD. */
function refused(body: string): readonly string[] {
  return problemsOf(body).map(
    problem => `${problem.line - 2}:${problem.column} ${problem.kind} ${problem.message}`,
  )
}

describe('an image set that loads', () => {
  it('may be empty, and then asks for nothing and has volumes of 500 GiB', () => {
    for (const body of ['mirror: {}\n', 'archiveSize: 0\nmirror: {}\n'])
      assert.deepEqual(load(body), {
        path: 'isc.yaml',
        archiveSize: 500,
        additionalImages: [],
        blocked: [],
      })
  })

  it('keeps the archive size it is given', () => {
    assert.equal(load('archiveSize: 4\nmirror: {}\n').archiveSize, 4)
  })

  it('has its additional images parsed, latest where neither tag nor digest is written', () => {
    const { additionalImages } = load(`mirror:
  additionalImages:
  - name: registry.redhat.io/ubi9/ubi
  - name: docker://quay.io/a/b:1@sha256:${HEX}
    targetRepo: c/i
    targetTag: "4.20"
    platforms: [{os: linux, architecture: x86_64}]
  - name: alpine
  - name: oci:///srv/layout
  - name: oci://layouts/App:v1
    targetRepo: app
`)
    assert.deepEqual(additionalImages, [
      {
        name: 'registry.redhat.io/ubi9/ubi',
        source: {
          kind: 'registry',
          reference: { host: 'registry.redhat.io', path: 'ubi9/ubi', tag: 'latest' },
        },
        platforms: [],
        place: 'isc.yaml:5',
      },
      {
        name: `docker://quay.io/a/b:1@sha256:${HEX}`,
        source: {
          kind: 'registry',
          reference: { host: 'quay.io', path: 'a/b', tag: '1', digest: `sha256:${HEX}` },
        },
        targetRepo: 'c/i',
        targetTag: '4.20',
        platforms: [{ os: 'linux', architecture: 'amd64' }],
        place: 'isc.yaml:6',
      },
      {
        name: 'alpine',
        source: {
          kind: 'registry',
          reference: { host: 'docker.io', path: 'library/alpine', tag: 'latest' },
        },
        platforms: [],
        place: 'isc.yaml:10',
      },
      {
        name: 'oci:///srv/layout',
        source: { kind: 'layout', folder: '/srv/layout' },
        platforms: [],
        place: 'isc.yaml:11',
      },
      {
        name: 'oci://layouts/App:v1',
        source: { kind: 'layout', folder: 'layouts/App', tag: 'v1' },
        targetRepo: 'app',
        platforms: [],
        place: 'isc.yaml:12',
      },
    ])
  })

  it('takes blocked images as plain references, plain patterns and name objects, which are always patterns', () => {
    const { blocked } = load(`mirror:
  blockedImages:
  - docker.io/library/alpine
  - .*aws.*
  - name: quay.io/a/b
`)
    assert.deepEqual(blocked, [
      {
        kind: 'reference',
        reference: { host: 'docker.io', path: 'library/alpine' },
        text: 'docker.io/library/alpine',
      },
      { kind: 'pattern', pattern: '.*aws.*', text: '.*aws.*' },
      { kind: 'pattern', pattern: 'quay.io/a/b', text: 'quay.io/a/b' },
    ])
  })

  it('may name sections it cannot mirror yet as long as they ask for nothing', () => {
    load(`mirror:
  operators:
  helm: {repositories: [], local: []}
  samples: []
`)
  })

  it('may use anchors and merge keys', () => {
    const { additionalImages } = load(`mirror:
  additionalImages:
  - &first {name: quay.io/a/b:1, targetRepo: c/i}
  - <<: *first
    name: quay.io/a/b:2
`)
    assert.deepEqual(
      additionalImages.map(image => [image.name, image.targetRepo]),
      [
        ['quay.io/a/b:1', 'c/i'],
        ['quay.io/a/b:2', 'c/i'],
      ],
    )
  })

  it('may be JSON, begin with a byte order mark and end its lines as Windows does', () => {
    const text =
      '\ufeff{\r\n "kind": "ImageSetConfiguration",\r\n "mirror": {"additionalImages": [{"name": "a"}]}}\r\n'
    assert.equal(parseImageSet({ path: 'isc.json', text }).additionalImages.length, 1)
  })
})

const REFUSED: readonly (readonly [sentence: string, body: string, problems: readonly string[]])[] = [
  [
    'an unknown key',
    'mirror:\n  additionalImage: []\n',
    ['2:3 schema unknown key "additionalImage" in mirror'],
  ],
  [
    'a key in another case',
    'mirror:\n  additionalimages: []\n',
    ['2:3 schema unknown key "additionalimages" in mirror'],
  ],
  [
    'an unknown key with nothing behind it',
    'mirror:\n  extra:\n',
    ['2:3 schema unknown key "extra" in mirror'],
  ],
  ['an empty mirror, which is written {}', 'mirror:\n', ['1:1 schema mirror has no value']],
  ['a missing mirror', 'archiveSize: 1\n', ['-1:1 schema "mirror" is missing in the file']],
  ['a duplicate key', 'mirror: {}\nmirror: {}\n', ['2:1 syntax duplicate key "mirror"']],
  [
    'a number where text belongs',
    'mirror:\n  additionalImages:\n  - name: quay.io/a/b\n    targetTag: 4.20\n',
    ['4:16 schema mirror.additionalImages[0].targetTag must be text, not the number 4.2'],
  ],
  ['a negative archive size', 'archiveSize: -1\nmirror: {}\n', ['1:14 schema archiveSize must be 0 or more']],
  [
    'an archive size that is no whole number',
    'archiveSize: 1.5\nmirror: {}\n',
    ['1:14 schema archiveSize must be a whole number, not the number 1.5'],
  ],
  [
    'an image without a name',
    'mirror:\n  additionalImages:\n  - targetTag: a\n  - name:\n',
    [
      '3:5 schema "name" is missing in mirror.additionalImages[0]',
      '4:5 schema mirror.additionalImages[1].name has no value',
    ],
  ],
  [
    'an image written as plain text',
    'mirror:\n  additionalImages:\n  - quay.io/a/b\n',
    ['3:5 schema mirror.additionalImages[0] must be an object, not the text "quay.io/a/b"'],
  ],
  [
    'a reference that is none',
    'mirror:\n  additionalImages:\n  - name: quay.io/A/b\n  - name: https://quay.io/a/b\n',
    [
      '3:11 rule "quay.io/A/b" is not an image reference: "A/b" is not a repository path',
      '4:11 rule "https://quay.io/a/b" is not an image reference: unknown transport "https://"',
    ],
  ],
  [
    'a layout by digest, without a folder, with one slash, or whose path is no repository',
    `mirror:\n  additionalImages:\n  - name: oci:///a@sha256:${HEX}\n  - name: oci://\n  - name: oci:/a\n  - name: oci://../a\n`,
    [
      `3:11 rule "oci:///a@sha256:${HEX}" names an OCI layout by digest, which is not possible`,
      '4:11 rule "oci://" names no folder',
      '5:11 rule "oci:/a" is not an image reference',
      '6:11 rule the folder "../a" cannot be used as a repository path',
    ],
  ],
  [
    'a target repository or tag that cannot be one',
    'mirror:\n  additionalImages:\n  - name: a\n    targetRepo: host:5000/x\n    targetTag: .x\n',
    ['4:17 rule "host:5000/x" is not a repository path', '5:16 rule ".x" is not a tag'],
  ],
  [
    'a platform without its two parts',
    'mirror:\n  additionalImages:\n  - name: a\n    platforms: [{os: linux}, {os: "", architecture: a}, linux/amd64]\n',
    [
      '4:17 schema "architecture" is missing in mirror.additionalImages[0].platforms[0]',
      '4:35 schema mirror.additionalImages[0].platforms[1].os must not be empty',
      '4:57 schema mirror.additionalImages[0].platforms[2] must be an object, not the text "linux/amd64"',
    ],
  ],
  [
    'a pattern that is no regular expression',
    'mirror:\n  blockedImages:\n  - (aws\n  - name: a(?=b)\n  - 12\n',
    [
      '3:5 rule "(aws" is not a regular expression: missing closing ): `(aws`',
      '4:11 rule "a(?=b)" is not a regular expression: invalid or unsupported Perl syntax: `(?=`',
      '5:5 schema mirror.blockedImages[2] must be text or an object, not the number 12',
    ],
  ],
  [
    'keys of oc-mirror v1, by that name',
    'storageConfig:\n  local: {path: /x}\nmirror: {}\n',
    ['1:1 schema "storageConfig" belongs to oc-mirror v1'],
  ],
  [
    'the delete section of another kind',
    'mirror: {}\ndelete: {}\n',
    ['2:1 schema "delete" is not allowed in an ImageSetConfiguration'],
  ],
  [
    'charts that cannot be found by what is said of them',
    "mirror:\n  helm:\n    repositories:\n    - name: a\n    - url: charts/x\n    - url: oci://reg.example/charts\n    - url: https://c.example\n      charts: [{version: 1.0.0}, {name: a, imagePaths: ['{.a']}]\n    local: [{name: x}]\n",
    [
      '4:7 rule this chart repository has no url',
      '5:12 rule this is not the address of a chart repository',
      '6:12 rule a registry has no list of its charts',
      '8:16 rule this chart has no name',
      '8:57 rule "{.a" is not a JSONPath expression: its braces do not close',
      '9:13 rule this chart on disk has no path',
    ],
  ],
]

describe('an image set is refused for', () => {
  for (const [sentence, body, problems] of REFUSED)
    it(sentence, () => assert.deepEqual(refused(body), problems))

  it('everything that is wrong with it in one run', () => {
    const kinds = problemsOf(
      'archiveSize: x\narchiveSize: 1\nmirror:\n  additionalImages: [{name: A}]\n',
    ).map(problem => problem.kind)
    assert.deepEqual(kinds, ['schema', 'syntax', 'rule'])
  })
})
