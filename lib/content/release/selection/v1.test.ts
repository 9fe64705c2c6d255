/** Which releases an image set of oc-mirror v1 comes down to, where that differs from v2. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EXAMPLE, remarksOf, select, versionsOf, type Wish } from '../../../../testdata/release-choice.ts'
import { sketchGraph } from '../../../../testdata/update-graphs.ts'
import type { UpdateGraph } from '../update-graph/index.ts'
import type { ReleaseChoice } from './index.ts'

function selectV1(
  graphs: readonly UpdateGraph[],
  wishes: readonly Wish[],
  starts: Readonly<Record<string, string>> = {},
): ReleaseChoice {
  return select(graphs, wishes, { v1: { starts: new Map(Object.entries(starts)) } })
}

/** The vectors of oc-mirror v1: prereleases, which have an order of their own. */
const FOUR_ZERO = sketchGraph('stable-4.0', {
  updates: [
    '4.0.0-4 4.0.0-5',
    '4.0.0-5 4.0.0-6',
    '4.0.0-6 4.0.0-7',
    '4.0.0-6 4.0.0-8',
    '4.0.0-7 4.0.0-8',
    '4.0.0-0.okd-0',
  ],
})
const FOUR_ONE = sketchGraph('stable-4.1', { updates: ['4.0.0-8 4.1.0-6'] })
const FOUR_TWO = sketchGraph('stable-4.2', { updates: ['4.1.0-6 4.2.0-3'] })

const ROWS: readonly (readonly [
  sentence: string,
  graphs: readonly UpdateGraph[],
  wishes: readonly Wish[],
  starts: Readonly<Record<string, string>>,
  versions: string,
])[] = [
  ['a channel alone is its head, first', EXAMPLE, [{ name: 'stable-4.16' }], {}, '4.16.4'],
  [
    'later it is everything from what its first run took to the head',
    EXAMPLE,
    [{ name: 'stable-4.16' }],
    { 'stable-4.16': '4.16.0' },
    '4.16.0 4.16.2 4.16.4',
  ],
  [
    'what its first run took may be gone: the next one counts',
    EXAMPLE,
    [{ name: 'stable-4.16' }],
    { 'stable-4.16': '4.16.1' },
    '4.16.2 4.16.4',
  ],
  [
    'what its first run took may be above the head',
    EXAMPLE,
    [{ name: 'stable-4.16' }],
    { 'stable-4.16': '4.16.9' },
    '4.16.4',
  ],
  [
    'versions are compared as versions, not as text',
    [sketchGraph('stable-4.10', { updates: ['4.9.0 4.10.0', '4.10.0 4.10.3'] })],
    [{ name: 'stable-4.10' }],
    { 'stable-4.10': '4.9.0' },
    '4.9.0 4.10.0 4.10.3',
  ],
  [
    'what is recorded of another channel changes nothing',
    EXAMPLE,
    [{ name: 'stable-4.16' }],
    { 'stable-4.15': '4.15.0' },
    '4.16.4',
  ],
  [
    'nor where a version is given, or the whole channel',
    EXAMPLE,
    [{ name: 'stable-4.16', minVersion: '4.16.2' }],
    { 'stable-4.16': '4.16.0' },
    '4.16.2 4.16.4',
  ],
  [
    'with shortestPath it is the way from there to the head',
    EXAMPLE,
    [{ name: 'stable-4.16', shortestPath: true }],
    { 'stable-4.16': '4.16.0' },
    '4.16.0 4.16.4',
  ],
  [
    'a way inside a channel, highest first',
    [FOUR_ZERO],
    [{ name: 'stable-4.0', minVersion: '4.0.0-4', maxVersion: '4.0.0-8', shortestPath: true }],
    {},
    '4.0.0-4 4.0.0-5 4.0.0-6 4.0.0-8',
  ],
  [
    'a way through the channels of all minors between',
    [FOUR_ZERO, FOUR_ONE, FOUR_TWO],
    [
      { name: 'stable-4.0', minVersion: '4.0.0-5', maxVersion: '4.0.0-5' },
      { name: 'stable-4.2', minVersion: '4.2.0-3', maxVersion: '4.2.0-3' },
    ],
    {},
    '4.0.0-5 4.0.0-6 4.0.0-8 4.1.0-6 4.2.0-3',
  ],
]

describe('releases of an image set of oc-mirror v1', () => {
  for (const [sentence, graphs, wishes, starts, versions] of ROWS)
    it(sentence, () => assert.equal(versionsOf(selectV1(graphs, wishes, starts)), versions))

  it('without a way between the two ends keep the ends, and the plan says so', () => {
    const graph = sketchGraph('stable-4.9', { updates: ['4.9.1 4.9.2', '4.9.3'] })
    const choice = selectV1(
      [graph],
      [{ name: 'stable-4.9', minVersion: '4.9.1', maxVersion: '4.9.3', shortestPath: true }],
    )
    assert.equal(versionsOf(choice), '4.9.1 4.9.3')
    assert.match(remarksOf(choice).join('\n'), /4\.9\.1.*4\.9\.3/)
  })

  it('say why: which was mirrored first, and which came since', () => {
    const [selection] = selectV1(EXAMPLE, [{ name: 'stable-4.16' }], { 'stable-4.16': '4.16.0' }).selections
    assert.deepEqual(
      selection?.kept.map(({ name, why }) => `${name}: ${why}`),
      [
        '4.16.0: first mirrored by oc-mirror v1',
        '4.16.2: between what oc-mirror v1 mirrored first and the head of the channel',
        '4.16.4: head of the channel',
      ],
    )
  })
})

describe('the way between channels of different kinds', () => {
  const stable12 = sketchGraph('stable-4.12', { updates: ['4.12.1 4.12.2'] })
  const stable13 = sketchGraph('stable-4.13', { updates: ['4.12.2 4.13.1'] })
  const stable14 = sketchGraph('stable-4.14', { updates: ['4.13.1 4.14.1', '4.14.1 4.14.2'] })
  const eus12 = sketchGraph('eus-4.12', { updates: ['4.12.1 4.12.2'] })
  const eus13 = sketchGraph('eus-4.13', { updates: ['4.12.2 4.13.7'] })
  const eus14 = sketchGraph('eus-4.14', { updates: ['4.12.2 4.13.5', '4.13.5 4.14.1', '4.14.1 4.14.2'] })
  const all = [stable12, stable13, stable14, eus12, eus13, eus14]
  const ends = (from: string, to: string): readonly Wish[] => [
    { name: from, minVersion: '4.12.1', maxVersion: '4.12.1' },
    { name: to, minVersion: '4.14.1', maxVersion: '4.14.1' },
  ]

  it('stays with the kind of the first, as oc-mirror v1 has it', () => {
    const choice = selectV1(all, ends('stable-4.12', 'eus-4.14'))
    assert.equal(versionsOf(choice), '4.12.1 4.12.2 4.13.1 4.14.1')
    assert.match(choice.selections.map(({ title }) => title).join(), /stable-4\.14/)
  })

  it('goes two minors at a time from an eus channel', () => {
    assert.equal(versionsOf(selectV1(all, ends('eus-4.12', 'eus-4.14'))), '4.12.1 4.12.2 4.13.5 4.14.1')
    assert.equal(versionsOf(selectV1(all, ends('eus-4.12', 'stable-4.14'))), '4.12.1 4.12.2 4.13.5 4.14.1')
  })

  it('ends in the last channel where that of the first kind does not exist', () => {
    const choice = selectV1([stable12, stable13, eus14], ends('stable-4.12', 'eus-4.14'))
    assert.match(remarksOf(choice).join('\n'), /blocked: 4\.13\.1 is not in channel eus-4\.14/)
  })
})
