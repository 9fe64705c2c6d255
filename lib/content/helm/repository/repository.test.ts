/** Indexes of repositories, versions, and addresses. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { indexText } from '../../../../testdata/charts.ts'
import { chartAddress, indexAddress, ociName, tagOfVersion, versionOfTag } from './addresses.ts'
import { readIndex } from './chart-index.ts'
import { chooseVersion } from './choose-versions.ts'

describe('an index', () => {
  it('has charts with versions, urls and the digests that are digests', () => {
    const digest = 'ab'.repeat(32)
    const index = readIndex(
      Buffer.from(
        indexText([
          { name: 'a', version: '1.0.0', digest },
          { name: 'a', version: '2.0.0', digest: 'sha256:1234', type: 'library' },
        ]),
      ),
      'index',
    )
    assert.deepEqual(index.versionsOf('a'), [
      { name: 'a', version: '1.0.0', isLibrary: false, urls: ['a-1.0.0.tgz'], sha256: digest },
      { name: 'a', version: '2.0.0', isLibrary: true, urls: ['a-2.0.0.tgz'] },
    ])
  })

  const TEXTS: readonly (readonly [string, string])[] = [
    [
      'as helm writes it',
      'apiVersion: v1\nentries:\n  a:\n  - version: 1.0.0\n    urls: [a.tgz]\n    description: |\n      x:\n      y\n  b:\n  - version: 2.0.0\ngenerated: "now"\n',
    ],
    [
      'as others write it',
      'entries:\n    a:\n      - urls:\n          - a.tgz\n        description: one\n          two\n        version: 1.0.0\n    b:\n      - version: "2.0.0"\n',
    ],
    [
      'with anchors',
      'entries:\n  a: &a\n  - version: 1.0.0\n    urls: [a.tgz]\n  b:\n  - version: 2.0.0\n    x: *a\n',
    ],
    ['on one line', 'entries: {a: [{version: 1.0.0, urls: [a.tgz]}], b: [{version: 2.0.0}]}\n'],
    [
      'with a name in quotes',
      'entries:\n  a:\n  - version: 1.0.0\n    urls: [a.tgz]\n  "b":\n  - version: 2.0.0\n',
    ],
    ['as JSON', '{"entries": {"a": [{"version": "1.0.0", "urls": ["a.tgz"]}], "b": [{"version": "2.0.0"}]}}'],
  ]
  for (const [sentence, text] of TEXTS)
    it(`${sentence} is read`, () => {
      const { names, versionsOf } = readIndex(Buffer.from(text), 'index')
      assert.deepEqual(names, ['a', 'b'])
      assert.deepEqual(versionsOf('a'), [{ name: 'a', version: '1.0.0', isLibrary: false, urls: ['a.tgz'] }])
      assert.deepEqual(
        versionsOf('b')?.map(({ version }) => version),
        ['2.0.0'],
      )
      assert.equal(versionsOf('c'), undefined)
    })

  it('with one broken entry still has the others', () => {
    const { versionsOf } = readIndex(
      Buffer.from('entries:\n  a:\n  - version: [\n  b:\n  - version: 2.0.0\n'),
      'index',
    )
    assert.equal(versionsOf('b')?.length, 1)
    assert.throws(() => versionsOf('a'), { name: 'ChartFault', message: /index: a is not YAML/ })
  })

  const REFUSED: readonly (readonly [string, string, RegExp])[] = [
    ['that is not YAML', 'a: [', /the index is not YAML/],
    ['that is a page', '<html><body>404: not here', /the index is (?:not YAML|no index of charts)/],
    ['without entries', 'apiVersion: v1\n', /has no entries/],
  ]
  for (const [sentence, text, message] of REFUSED)
    it(`${sentence} is refused`, () =>
      assert.throws(() => readIndex(Buffer.from(text), 'the index'), { name: 'ChartFault', message }))
})

const VERSIONS = ['1.2.0', 'v1.10.0', '2.0.0-rc.1', '1.9.0+b1', '1.9.0']
const CHOICES: readonly (readonly [string, string | undefined, string, string])[] = [
  ['nothing means the newest that is no pre-release', undefined, 'v1.10.0', 'newest'],
  ['a version as written', '1.9.0+b1', '1.9.0+b1', 'requested'],
  ['a version without its v', '1.10.0', 'v1.10.0', 'requested'],
  ['a pre-release by name', '2.0.0-rc.1', '2.0.0-rc.1', 'requested'],
  ['the newest of a range', '~1.9', '1.9.0+b1', 'newest of ~1.9'],
  ['the newest of two conditions', '>=1.0, <1.5', '1.2.0', 'newest of >=1.0, <1.5'],
]

describe('of the versions of a chart is taken', () => {
  for (const [sentence, asked, version, why] of CHOICES)
    it(sentence, () => assert.deepEqual(chooseVersion(VERSIONS, asked, 'a'), { version, why }))

  it('no other than is asked for, and what there is is named', () => {
    assert.throws(() => chooseVersion(VERSIONS, '1.2.1', 'the chart a'), {
      message: 'the chart a has no version 1.2.1',
      hint: /^there are 1\.2\.0, /,
    })
    assert.throws(() => chooseVersion(VERSIONS, '^3', 'the chart a'), {
      message: 'the chart a has no version in ^3',
    })
    assert.throws(() => chooseVersion([], undefined, 'the chart a'), {
      message: 'the chart a has no versions',
    })
  })
})

const ADDRESSES: readonly (readonly [repository: string, url: string, address: string])[] = [
  ['https://c.example/stable', 'a-1.tgz', 'https://c.example/stable/a-1.tgz'],
  ['https://c.example/stable/', 'charts/a-1.tgz', 'https://c.example/stable/charts/a-1.tgz'],
  ['https://c.example/stable/index.yaml', 'a-1.tgz', 'https://c.example/stable/a-1.tgz'],
  ['https://c.example/stable', '/a-1.tgz', 'https://c.example/a-1.tgz'],
  ['https://u:p@c.example/s?token=t', 'a.tgz', 'https://u:p@c.example/s/a.tgz?token=t'],
  ['https://u:p@c.example/s?token=t', 'https://c.example/x/a.tgz', 'https://u:p@c.example/x/a.tgz?token=t'],
  ['https://u:p@c.example/s?token=t', 'https://other.example/a.tgz', 'https://other.example/a.tgz'],
  ['https://c.example/s', 'oci://reg.example/charts/a:1', 'oci://reg.example/charts/a:1'],
]

describe('the address of a chart', () => {
  for (const [repository, url, address] of ADDRESSES)
    it(`${url} of ${repository} is ${address}`, () => assert.equal(chartAddress(repository, url), address))

  it('and of an index, and of charts in registries', () => {
    assert.equal(indexAddress('https://c.example'), 'https://c.example/index.yaml')
    assert.equal(ociName('oci://r.example/charts/', 'a'), 'oci://r.example/charts/a')
    assert.equal(ociName('oci://r.example/charts/a', 'a'), 'oci://r.example/charts/a')
    assert.equal(versionOfTag(tagOfVersion('1.0.0+x')), '1.0.0+x')
  })
})
