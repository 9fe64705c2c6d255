import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EXAMPLE, remarksOf, select, versionsOf, type Wish } from '../../../../testdata/release-choice.ts'
import { payloadOf, sketchGraph } from '../../../../testdata/update-graphs.ts'
import { formatReference } from '../../../oci/reference.ts'
import type { GraphRelease } from '../update-graph/index.ts'
import type { ReleaseChoice } from './index.ts'

const keptOf = (choice: ReleaseChoice, channel: string) =>
  choice.selections
    .find(({ title }) => title.includes(` ${channel} `))
    ?.kept.map(({ name, why }) => `${name}: ${why}`)

describe('releases of the worked example', () => {
  const from = (name: string, min?: string, max?: string): Wish => ({
    name,
    ...(min !== undefined && { minVersion: min }),
    ...(max !== undefined && { maxVersion: max }),
  })
  const rows: readonly (readonly [string, readonly Wish[], string])[] = [
    [
      'the shortest path takes the higher of two neighbours',
      [{ ...from('stable-4.15', '4.15.0', '4.15.9'), shortestPath: true }],
      '4.15.0 4.15.5 4.15.9',
    ],
    ['a channel alone is its head', [from('stable-4.16')], '4.16.4'],
    [
      'full is every release, those of the minor before included',
      [{ ...from('stable-4.16'), full: true }],
      '4.15.5 4.15.9 4.16.0 4.16.2 4.16.4',
    ],
    [
      'maxVersion alone begins with the first of the channel',
      [from('stable-4.16', undefined, '4.16.0')],
      '4.15.5 4.15.9 4.16.0',
    ],
    [
      'maxVersion alone with shortestPath is a way from the first',
      [{ ...from('stable-4.16', undefined, '4.16.2'), shortestPath: true }],
      '4.15.5 4.16.0 4.16.2',
    ],
    ['minVersion alone ends with the head', [from('stable-4.16', '4.16.2')], '4.16.2 4.16.4'],
    ['both are a range', [from('stable-4.16', '4.15.9', '4.16.2')], '4.15.9 4.16.0 4.16.2'],
    ['both the same are one release', [from('stable-4.16', '4.16.0', '4.16.0')], '4.16.0'],
    [
      'full changes nothing where a version is given',
      [{ ...from('stable-4.16', '4.16.2'), full: true }],
      '4.16.2 4.16.4',
    ],
    ['shortestPath alone is the head', [{ ...from('stable-4.16'), shortestPath: true }], '4.16.4'],
    [
      'two channels are joined by the way between them',
      [from('stable-4.15', '4.15.0', '4.15.3'), from('stable-4.16', '4.16.0', '4.16.4')],
      '4.15.0 4.15.3 4.15.5 4.15.9 4.16.0 4.16.2 4.16.4',
    ],
    ['two heads are joined too', [from('stable-4.15'), from('stable-4.16')], '4.15.9 4.16.2 4.16.4'],
    [
      'the order of the channels is of no importance',
      [from('stable-4.16', '4.16.0', '4.16.4'), from('stable-4.15', '4.15.0', '4.15.3')],
      '4.15.0 4.15.3 4.15.5 4.15.9 4.16.0 4.16.2 4.16.4',
    ],
    [
      'a channel that reaches below the others is joined in itself',
      [{ ...from('stable-4.16'), full: true }, from('stable-4.15', '4.15.9')],
      '4.15.5 4.15.9 4.16.0 4.16.2 4.16.4',
    ],
    ['no channels are no releases', [], ''],
  ]
  for (const [name, wishes, expected] of rows)
    it(name, () => assert.equal(versionsOf(select(EXAMPLE, wishes)), expected))

  it('say why each is kept', () => {
    const choice = select(EXAMPLE, [
      { name: 'stable-4.15', minVersion: '4.15.0', maxVersion: '4.15.3' },
      { name: 'stable-4.16', minVersion: '4.16.0' },
    ])
    const way = 'on the way from channel stable-4.15 to channel stable-4.16'
    assert.deepEqual(keptOf(choice, 'stable-4.15'), [
      '4.15.0: requested as minVersion',
      '4.15.3: requested as maxVersion',
      `4.15.5: ${way}`,
      `4.15.9: ${way}`,
    ])
    assert.deepEqual(keptOf(choice, 'stable-4.16'), [
      `4.15.9: ${way}`,
      '4.16.0: requested as minVersion',
      '4.16.2: between minVersion and the head of the channel',
      '4.16.4: head of the channel',
    ])
    assert.deepEqual(remarksOf(choice), [])
    assert.deepEqual(
      choice.selections.map(({ title }) => title),
      ['channel stable-4.15 (x86_64)', 'channel stable-4.16 (x86_64)'],
    )
    const shared = choice.releases.find(({ version }) => version === '4.15.9')
    assert.deepEqual(shared?.channels, ['stable-4.15', 'stable-4.16'])
    assert.equal(shared?.why, way)
    assert.equal(shared?.payload && formatReference(shared.payload), payloadOf('4.15.9'))
  })

  it('say what stood for a bound that was not written', () => {
    const wish = { name: 'stable-4.15', full: true }
    assert.deepEqual(keptOf(select(EXAMPLE, [wish]), 'stable-4.15'), [
      '4.15.0: first of the channel',
      '4.15.3: between the first of the channel and the head of the channel',
      '4.15.5: between the first of the channel and the head of the channel',
      '4.15.9: head of the channel',
    ])
    const path = { name: 'stable-4.15', minVersion: '4.15.0', shortestPath: true }
    assert.equal(
      keptOf(select(EXAMPLE, [path]), 'stable-4.15')?.[1],
      '4.15.5: on the shortest way from 4.15.0 to 4.15.9',
    )
  })
})

describe('prereleases', () => {
  const graph = sketchGraph('candidate-4.16', {
    updates: ['4.16.0-rc.9 4.16.0-rc.10', '4.16.0-rc.10 4.16.0', '4.16.0 4.16.1'],
  })
  it('are ordered by number and are part of a range', () => {
    const wish = { name: 'candidate-4.16', minVersion: '4.16.0-rc.10', maxVersion: '4.16.0' }
    assert.equal(versionsOf(select([graph], [wish])), '4.16.0-rc.10 4.16.0')
  })
})

describe('what cannot be chosen is an error', () => {
  const rows: readonly (readonly [string, readonly Wish[], RegExp, RegExp])[] = [
    [
      'a version that is not in the channel, with the nearest ones',
      [{ name: 'stable-4.16', minVersion: '4.16.1' }],
      /^imageset\.yaml:7: minVersion 4\.16\.1 is not in channel stable-4\.16 \(x86_64\)$/,
      /are 4\.15\.9, 4\.16\.0, 4\.16\.2, 4\.16\.4$/,
    ],
    [
      'one above the head',
      [{ name: 'stable-4.16', maxVersion: '4.16.9' }],
      /maxVersion 4\.16\.9 is not in/,
      /are 4\.16\.2, 4\.16\.4$/,
    ],
    [
      'minVersion above maxVersion',
      [{ name: 'stable-4.16', minVersion: '4.16.4', maxVersion: '4.16.0' }],
      /minVersion 4\.16\.4 is above maxVersion 4\.16\.0/,
      /lowest/,
    ],
    [
      'a channel that does not exist, with those that do',
      [{ name: 'stable-4.16' }, { name: 'stabel-4.16' }],
      /channel stabel-4\.16 \(x86_64\) from api\.openshift\.com has no releases/,
      /did you mean stable-4\.16/,
    ],
    [
      'no way for shortestPath',
      [
        { name: 'stable-4.15', minVersion: '4.15.3', maxVersion: '4.15.3' },
        { name: 'gap-4.1', minVersion: '4.1.0', shortestPath: true },
      ],
      /no update path from 4\.1\.0 to 4\.1\.5 in channel gap-4\.1 \(x86_64\): updates from 4\.1\.0 lead as far as 4\.1\.2, and none from there to 4\.1\.5/,
      /leave shortestPath out/,
    ],
  ]
  const gap = sketchGraph('gap-4.1', { updates: ['4.1.0 4.1.2', '4.1.3 4.1.5'] })
  for (const [name, wishes, message, hint] of rows)
    it(name, () => {
      assert.throws(
        () => select([...EXAMPLE, gap], wishes),
        (error: unknown) => {
          assert.ok(error instanceof Error && 'hint' in error)
          assert.match(error.message, message)
          assert.match(String(error.hint), hint)
          return true
        },
      )
    })

  it('one version with two payloads', () => {
    const stable = sketchGraph('stable-4.1', { updates: ['4.1.0 4.1.1'] })
    const [low, high] = stable.releases as [GraphRelease, GraphRelease]
    const fast = { ...stable, channel: 'fast-4.1', releases: [low, { ...high, payload: low.payload }] }
    assert.throws(
      () => select([stable, fast], [{ name: 'stable-4.1' }, { name: 'fast-4.1' }]),
      /4\.1\.1 has two payloads in the update graphs: \S+ \(stable-4\.1\) and \S+ \(fast-4\.1\)/,
    )
  })

  it('and all of them are named together', () => {
    const wishes = [
      { name: 'stable-4.15', minVersion: '4.15.1' },
      { name: 'stable-4.16', maxVersion: '4.16.1' },
    ]
    assert.throws(() => select(EXAMPLE, wishes), /4\.15\.1 is not in.*\n.*4\.16\.1 is not in/)
  })
})

describe('in every channel', () => {
  const versions = ['4.1.0-rc.1', '4.1.0', '4.1.1', '4.1.2', '4.1.3', '4.1.10']
  const arbitraryUpdates = fc.array(fc.tuple(fc.constantFrom(...versions), fc.constantFrom(...versions)))
  const place = fc.option(fc.nat({ max: versions.length - 1 }), { nil: undefined })

  it('what is kept lies in the range that was asked for, and a shortest path is made of updates', () => {
    fc.assert(
      fc.property(arbitraryUpdates, place, place, fc.boolean(), fc.boolean(), (updates, a, b, path, full) => {
        const graph = sketchGraph('stable-4.1', {
          updates: [...versions, ...updates.map(pair => pair.join(' '))],
        })
        const [min, max] = a !== undefined && b !== undefined && a > b ? [b, a] : [a, b]
        const wish: Wish = {
          name: 'stable-4.1',
          shortestPath: path,
          full,
          ...(min !== undefined && { minVersion: versions[min] ?? '' }),
          ...(max !== undefined && { maxVersion: versions[max] ?? '' }),
        }
        const lowest = min ?? (max !== undefined || full ? 0 : versions.length - 1)
        const highest = max ?? versions.length - 1
        let choice: ReleaseChoice
        try {
          choice = select([graph], [wish])
        } catch (error) {
          assert.ok(path)
          assert.match(String(error), /no update path/)
          return
        }
        const kept = choice.releases.map(({ version }) => versions.indexOf(version))
        assert.deepEqual(
          kept,
          kept.toSorted((x, y) => x - y),
        )
        assert.ok(kept.includes(lowest) && kept.includes(highest))
        if (path) return
        assert.deepEqual(
          kept,
          versions.flatMap((_, at) => (at >= lowest && at <= highest ? [at] : [])),
        )
      }),
    )
  })
})
