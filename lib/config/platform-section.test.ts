/** `mirror.platform`: what it comes down to, and which contradictions are refused where they are written. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, type PlatformSection, parseImageSet, type ReleaseChannel } from './index.ts'

const HEAD = 'kind: ImageSetConfiguration\nmirror:\n  platform:\n'
const HEX = 'ab'.repeat(32)

/** @param lines below `platform:`, not indented */
function load(...lines: string[]): PlatformSection | undefined {
  const text = HEAD + lines.map(line => `    ${line}\n`).join('')
  return parseImageSet({ path: 'isc.yaml', text }).platform
}

/** Each problem as `line message`, counted from the line after those of HEAD. */
function refused(...lines: string[]): readonly string[] {
  try {
    load(...lines)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, message, hint }) =>
      [`${line - 3} ${message}`, ...(hint === undefined ? [] : [hint])].join(' | '),
    )
  }
}

describe('a platform section', () => {
  it('has every default filled in', () => {
    assert.deepEqual(load('channels:', '- name: stable-4.16'), {
      graph: false,
      channels: [
        {
          name: 'stable-4.16',
          product: 'ocp',
          shortestPath: false,
          full: false,
          place: 'isc.yaml:5',
        },
      ],
      architectures: ['amd64'],
      platforms: [],
      kubeVirtContainer: false,
    } satisfies PlatformSection)
  })

  it('says of each channel its product, its range and where it stands', () => {
    const section = load(
      'channels:',
      '- {name: stable-4.16, minVersion: v4.16.2, maxVersion: 4.16.8, shortestPath: true}',
      '- {name: 4-scos-stable, type: okd, full: true, minVersion: 4.18.0-okd-scos.8}',
    )
    assert.deepEqual(section?.channels, [
      {
        name: 'stable-4.16',
        product: 'ocp',
        minVersion: '4.16.2',
        maxVersion: '4.16.8',
        shortestPath: true,
        full: false,
        place: 'isc.yaml:5',
      },
      {
        name: '4-scos-stable',
        product: 'okd',
        minVersion: '4.18.0-okd-scos.8',
        shortestPath: false,
        full: true,
        place: 'isc.yaml:6',
      },
    ] satisfies readonly ReleaseChannel[])
  })

  it('takes each architecture once, in the order of the file', () => {
    assert.deepEqual(load('graph: true', 'architectures: [arm64, amd64, arm64, multi]')?.architectures, [
      'arm64',
      'amd64',
      'multi',
    ])
  })

  it('with platforms means the multi payload, of which only they are taken', () => {
    const section = load('channels: [{name: a-4.16}]', 'platforms: [{os: linux, architecture: aarch64}]')
    assert.deepEqual(section?.architectures, ['multi'])
    assert.deepEqual(section?.platforms, [{ os: 'linux', architecture: 'arm64' }])
  })

  it('may name one release image by tag or by digest', () => {
    const [tag, digest] = ['quay.io/a/release:4.16.8-x86_64', `quay.io/a/release@sha256:${HEX}`]
    assert.deepEqual(load(`release: ${tag}`)?.release, {
      name: tag,
      reference: { host: 'quay.io', path: 'a/release', tag: '4.16.8-x86_64' },
    })
    assert.equal(load(`release: ${digest}`, 'kubeVirtContainer: true')?.release?.reference.digest?.length, 71)
  })

  it('that asks for nothing is none', () => {
    assert.equal(load('graph: false', 'channels: []', 'architectures: [amd64]'), undefined)
    assert.equal(load('kubeVirtContainer: true'), undefined)
  })
})

const REFUSED: readonly (readonly [
  sentence: string,
  lines: readonly string[],
  problems: readonly (string | RegExp)[],
])[] = [
  [
    'a range whose ends are the wrong way round',
    ['channels:', '- name: stable-4.16', '  minVersion: 4.16.10', '  maxVersion: 4.16.9'],
    [/^3 minVersion 4\.16\.10 is above maxVersion 4\.16\.9 \| a range begins/],
  ],
  [
    'a version in parts, with what is meant',
    ['channels:', '- {name: stable-4.16, minVersion: "4.16", maxVersion: four}'],
    [
      /^2 mirror\.platform\.channels\[0\]\.minVersion: "4\.16" is not the version .* write all three numbers: 4\.16\.0$/,
      /^2 mirror\.platform\.channels\[0\]\.maxVersion: "four" is not the version .* write a semantic version/,
    ],
  ],
  [
    'a channel that stands twice, and a product that does not exist',
    ['channels:', '- {name: stable-4.16}', '- {name: stable-4.16, type: opc}'],
    [
      /^3 the release channel "stable-4\.16" stands here twice/,
      /^3 .*type must be one of "ocp", "okd", not "opc"/,
    ],
  ],
  ['a channel without a name', ['channels:', '- {full: true}'], [/^2 this release channel has no name/]],
  [
    'an architecture that does not exist, or is called otherwise',
    ['architectures: [mips, aarch64, x86_64]'],
    [
      /^1 mirror\.platform\.architectures\[0\] must be one of "amd64"[^|]*$/,
      /^1 .*not "aarch64" \| did you mean "arm64"\?$/,
      /^1 .*not "x86_64" \| did you mean "amd64"\?$/,
    ],
  ],
  [
    'architectures beside platforms',
    ['architectures: [arm64]', 'platforms: [{os: linux, architecture: arm64}]'],
    [/^1 mirror\.platform\.architectures and mirror\.platform\.platforms cannot be used together/],
  ],
  [
    'a release that is no reference',
    ['release: "quay.io/A:1"'],
    [/^1 "quay\.io\/A:1" is not an image reference: "A" is not a repository path/],
  ],
  [
    'a release with neither tag nor digest',
    ['release: quay.io/a/release'],
    [/^1 the release "quay\.io\/a\/release" has neither tag nor digest \| name the version/],
  ],
]

describe('a platform section is refused for', () => {
  for (const [sentence, lines, problems] of REFUSED)
    it(sentence, () => {
      const found = refused(...lines)
      assert.equal(found.length, problems.length, found.join('\n'))
      for (const [at, expected] of problems.entries()) assert.match(found[at] ?? '', new RegExp(expected))
    })
})
