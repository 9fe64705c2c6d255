/** Which images of a state a delete set means, and what stays because something else asks for it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDeleteSet } from '../../config/index.ts'
import type { Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import { parseRepositoryPath, parseTag, type RepositoryPath } from '../../oci/reference.ts'
import type { StateImage } from '../../state.ts'
import { destinationKey } from '../../target.ts'
import { bundleVersion } from './bundle-version.ts'
import { selectDeletes } from './index.ts'

const CATALOG = 'registry.example.com/olm/demo-index:v1'
const PAYLOAD = 'quay.io/openshift-release-dev/ocp-release'
const hex = (digit: string) => `sha256:${digit.repeat(64)}` as Digest

function held(at: string, ...origins: readonly Origin[]): StateImage {
  const colon = at.lastIndexOf(':')
  const destination = {
    repository: parseRepositoryPath(`ocp/${at.slice(0, colon)}`),
    tag: parseTag(at.slice(colon + 1)),
  }
  const source = at.startsWith('openshift/release-images') ? `${PAYLOAD}@${hex('9')}` : `quay.io/${at}`
  const digest = source.endsWith(hex('9')) ? hex('9') : hex('1')
  return { destination, source, digest, platforms: [], omitted: [], attachments: [], origins }
}

const release = (version: string, channels: readonly string[], component?: string): Origin => ({
  kind: 'release',
  version,
  architecture: 'x86_64',
  channels,
  ...(component !== undefined && { component }),
})
const bundle = (name: string, version: string, channels: readonly string[] = ['stable']): Origin => ({
  kind: 'bundle',
  catalog: CATALOG,
  package: name,
  bundle: `${name}.v${version}`,
  channels,
})
const image = (name: string): Origin => ({ kind: 'additionalImage', name })
const chart = (version: string): Origin => ({
  kind: 'chart',
  repository: 'https://charts.example.com/',
  chart: 'podinfo',
  version,
})

const STATE: readonly StateImage[] = [
  held('olm/demo-index:v1', { kind: 'catalog', catalog: CATALOG }),
  held('acme/widget:1', bundle('widget', '1.0.0', ['alpha', 'stable'])),
  held('acme/widget:2', bundle('widget', '2.0.0')),
  held('acme/proxy:1', bundle('widget', '1.0.0'), bundle('widget', '2.0.0'), bundle('gadget', '0.2.0')),
  held('openshift/release-images:4.16.2-x86_64', release('4.16.2', ['stable-4.16'])),
  held('openshift/release:4.16.2-x86_64-etcd', release('4.16.2', ['stable-4.16'], 'etcd')),
  held('openshift/release:4.16.5-x86_64-etcd', release('4.16.5', ['fast-4.16', 'stable-4.16'], 'etcd')),
  held('openshift/graph-image:latest', { kind: 'graphData' }),
  held('ubi9/ubi:latest', image('registry.redhat.io/ubi9/ubi')),
  held('base/ubi:9', image('registry.redhat.io/ubi9/ubi')),
  held('tool:1', image('quay.io/tool:1'), chart('5.0.0')),
  held('podinfo:6', chart('6.0.0')),
  held('ruby:3.3', { kind: 'sample', name: 'ruby:3.3-ubi9' }),
]

const placeOf = (repository: RepositoryPath) => parseRepositoryPath(`ocp/${repository}`)

function select(below: object) {
  const text = JSON.stringify({ kind: 'DeleteImageSetConfiguration', delete: below }, undefined, 1)
  const { going, staying, notes } = selectDeletes([parseDeleteSet({ path: 'd.yaml', text })], STATE, placeOf)
  const names = (images: readonly Pick<StateImage, 'destination'>[]) =>
    images.map(({ destination }) => destinationKey(destination).replace(/^ocp\//, ''))
  return { going: names(going), staying: names(staying), notes, kept: staying }
}

const operators = (...packages: readonly object[]) => ({ operators: [{ catalog: CATALOG, packages }] })
const channels = (...all: readonly object[]) => ({ platform: { channels: all } })

describe('a delete set means', () => {
  const rows: readonly (readonly [
    sentence: string,
    below: object,
    going: readonly string[],
    staying?: readonly string[],
  ])[] = [
    ['nothing where it names nothing', {}, []],
    [
      'a release by channel and range, with its components',
      channels({ name: 'stable-4.16', minVersion: '4.16.0', maxVersion: '4.16.4' }),
      ['openshift/release-images:4.16.2-x86_64', 'openshift/release:4.16.2-x86_64-etcd'],
    ],
    [
      'every release of a channel without a range, but for what another channel asks for',
      channels({ name: 'stable-4.16' }),
      ['openshift/release-images:4.16.2-x86_64', 'openshift/release:4.16.2-x86_64-etcd'],
      ['openshift/release:4.16.5-x86_64-etcd'],
    ],
    [
      'nothing of an architecture that is not named',
      { platform: { architectures: ['arm64'], channels: [{ name: 'stable-4.16' }] } },
      [],
    ],
    [
      'a release by the name of its payload, whatever channels asked for it',
      { platform: { release: `${PAYLOAD}:4.16.2-x86_64` } },
      ['openshift/release-images:4.16.2-x86_64', 'openshift/release:4.16.2-x86_64-etcd'],
    ],
    [
      'a release by the digest of its payload',
      { platform: { release: `${PAYLOAD}@${hex('9')}` } },
      ['openshift/release-images:4.16.2-x86_64', 'openshift/release:4.16.2-x86_64-etcd'],
    ],
    [
      'a whole catalog with everything in it, the catalog included',
      { operators: [{ catalog: CATALOG }] },
      ['olm/demo-index:v1', 'acme/widget:1', 'acme/widget:2', 'acme/proxy:1'],
    ],
    [
      'the same catalog where it is pinned by digest, by its tag',
      {
        operators: [{ catalog: `registry.example.com/olm/demo-index@${hex('2')}`, targetTag: 'v1' }],
      },
      ['olm/demo-index:v1', 'acme/widget:1', 'acme/widget:2', 'acme/proxy:1'],
    ],
    [
      'a package, and of what bundles share only what no other needs',
      operators({ name: 'widget' }),
      ['acme/widget:1', 'acme/widget:2'],
      ['acme/proxy:1'],
    ],
    [
      'bundles by version',
      operators({ name: 'widget', minVersion: '2.0.0' }),
      ['acme/widget:2'],
      ['acme/proxy:1'],
    ],
    [
      'bundles by channel: what another channel has stays for that one',
      operators({ name: 'widget', channels: [{ name: 'alpha', maxVersion: '1' }] }),
      [],
      ['acme/widget:1'],
    ],
    [
      'bundles by name',
      operators({ name: 'widget', bundles: [{ name: 'widget.v2.0.0' }] }),
      ['acme/widget:2'],
      ['acme/proxy:1'],
    ],
    [
      'several packages together, and then also what only they shared',
      operators({ name: 'widget' }, { name: 'gadget' }),
      ['acme/widget:1', 'acme/widget:2', 'acme/proxy:1'],
    ],
    [
      'an image wherever it went, however its name is written',
      { additionalImages: [{ name: 'docker://registry.redhat.io/ubi9/ubi:latest' }] },
      ['ubi9/ubi:latest', 'base/ubi:9'],
    ],
    [
      'an image at the place that is named',
      {
        additionalImages: [{ name: 'registry.redhat.io/ubi9/ubi', targetRepo: 'base/ubi', targetTag: '9' }],
      },
      ['base/ubi:9'],
    ],
    [
      'charts of a repository',
      { helm: { repositories: [{ name: 'acme', url: 'https://charts.example.com' }] } },
      ['podinfo:6'],
      ['tool:1'],
    ],
    [
      'one version of a chart, and not the image that somebody else wants as well',
      {
        helm: {
          repositories: [
            { url: 'https://charts.example.com', charts: [{ name: 'podinfo', version: '5.0.0' }] },
          ],
        },
      },
      [],
      ['tool:1'],
    ],
    [
      'versions of a chart by a range',
      {
        helm: {
          repositories: [
            { url: 'https://charts.example.com', charts: [{ name: 'podinfo', version: '>=6, <7' }] },
          ],
        },
      },
      ['podinfo:6'],
    ],
    ['samples by their stream', { samples: [{ name: 'ruby' }] }, ['ruby:3.3']],
  ]
  for (const [sentence, below, going, staying = []] of rows)
    it(sentence, () => {
      const { notes, ...found } = select(below)
      assert.deepEqual([found.going, found.staying], [going, staying])
    })

  it('an image that stays is left with exactly what still asks for it', () => {
    const [proxy] = select(operators({ name: 'widget' })).kept
    assert.deepEqual(proxy?.origins, [bundle('gadget', '0.2.0')])
    const [one] = select(operators({ name: 'widget', channels: [{ name: 'alpha' }] })).kept
    assert.deepEqual(one?.origins, [bundle('widget', '1.0.0', ['stable'])])
  })

  it('the update graph data only with the last release', () => {
    const some = select({ platform: { graph: true, channels: [{ name: 'stable-4.16' }] } })
    assert.ok(!some.going.includes('openshift/graph-image:latest'))
    assert.match(some.notes.join('\n'), /the update graph data stays: release 4\.16\.5 needs it/)
    const all = select({
      platform: { graph: true, channels: [{ name: 'stable-4.16' }, { name: 'fast-4.16' }] },
    })
    assert.ok(all.going.includes('openshift/graph-image:latest'))
  })

  it('nothing that is not there, and says so with the line', () => {
    const { going, notes } = select({
      additionalImages: [{ name: 'quay.io/other:1' }],
      operators: [{ catalog: CATALOG, packages: [{ name: 'nothing' }, { name: 'gadget' }] }],
    })
    assert.deepEqual(going, [])
    assert.deepEqual(notes, [
      `d.yaml:13: nothing in the state is there for package nothing of ${CATALOG}`,
      'd.yaml:5: nothing in the state is there for additional image quay.io/other:1',
    ])
  })
})

it('an entry that names what an earlier one has taken is not said to name nothing', () => {
  const twice = parseDeleteSet({
    path: 'd.yaml',
    text: JSON.stringify({
      kind: 'DeleteImageSetConfiguration',
      delete: { platform: { channels: [{ name: 'fast-4.16' }] } },
    }),
  })
  const { going, notes } = selectDeletes([twice, twice], STATE, placeOf)
  assert.deepEqual([going, notes], [[], []])
})

describe('an entry that means more than it may seem is told with its line and what it means', () => {
  const rows: readonly (readonly [sentence: string, below: object, note: RegExp | undefined])[] = [
    [
      'a channel without versions',
      channels({ name: 'stable-4.16' }),
      /^d\.yaml:\d+: release channel stable-4\.16 names no version, .* is meant, 4\.16\.2, 4\.16\.5$/,
    ],
    ['a channel without versions that is full', channels({ name: 'stable-4.16', full: true }), undefined],
    ['a channel of which one release is held', channels({ name: 'fast-4.16' }), undefined],
    [
      'the shortest path',
      channels({ name: 'stable-4.16', minVersion: '4.16.0', maxVersion: '4.16.9', shortestPath: true }),
      /says shortestPath, which no state knows: .* 4\.16\.2, 4\.16\.5$/,
    ],
    [
      'a package without versions',
      operators({ name: 'widget' }),
      /package widget of .* newest alone: .*, widget\.v1\.0\.0, widget\.v2\.0\.0$/,
    ],
    ['a package with versions', operators({ name: 'widget', minVersion: '1.0.0' }), undefined],
    ['a whole catalog', { operators: [{ catalog: CATALOG }] }, undefined],
    [
      'an image at several places',
      { additionalImages: [{ name: 'registry.redhat.io/ubi9/ubi' }] },
      /names neither targetRepo nor targetTag: .*, ocp\/ubi9\/ubi:latest, ocp\/base\/ubi:9$/,
    ],
    [
      'an image at one of its places',
      { additionalImages: [{ name: 'registry.redhat.io/ubi9/ubi', targetRepo: 'base/ubi' }] },
      undefined,
    ],
  ]
  for (const [sentence, below, note] of rows)
    it(`${sentence}${note === undefined ? ' is not' : ''}`, () => {
      const { notes } = select(below)
      assert.equal(notes.length, note === undefined ? 0 : 1, notes.join())
      if (note !== undefined) assert.match(notes[0] ?? '', note)
    })
})

describe('the version of a bundle is read from its name', () => {
  for (const [name, version] of [
    ['web-terminal.v1.9.0', '1.9.0'],
    ['elasticsearch-operator.5.1.0-96', '5.1.0-96'],
    ['3scale-operator.v0.11.0-mas', '0.11.0-mas'],
    ['web-terminal.v1.3.0-0.1648543464.p', '1.3.0+0.1648543464.p'],
    ['demo.v1.2', '1.2.0'],
    ['nothing', undefined],
    ['demo.latest', undefined],
  ] as const)
    it(`${name}: ${version ?? 'none'}`, () => assert.equal(bundleVersion(name)?.raw, version))
})
