import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { remarksOf, STABLE_15, STABLE_16, select, versionsOf } from '../../../../testdata/release-choice.ts'
import { sketchGraph } from '../../../../testdata/update-graphs.ts'

describe('a way between channels', () => {
  it('leads minor by minor through channels nobody listed', () => {
    const graphs = [
      sketchGraph('fast-4.14', { updates: ['4.14.1 4.14.2', '4.14.2 4.14.9'] }),
      sketchGraph('fast-4.15', { updates: ['4.14.9 4.15.4', '4.15.4 4.15.8', '4.14.9 4.15.1'] }),
      sketchGraph('stable-4.16', { updates: ['4.15.8 4.16.3', '4.16.3 4.16.7'] }),
    ]
    const choice = select(graphs, [
      { name: 'fast-4.14', minVersion: '4.14.2', maxVersion: '4.14.2' },
      { name: 'stable-4.16', minVersion: '4.16.3', maxVersion: '4.16.3' },
    ])
    assert.equal(versionsOf(choice), '4.14.2 4.14.9 4.15.4 4.15.8 4.16.3')
    assert.deepEqual(
      choice.selections.map(({ title }) => title),
      ['channel fast-4.14 (x86_64)', 'channel stable-4.16 (x86_64)', 'channel fast-4.15 (x86_64)'],
    )
    assert.deepEqual(remarksOf(choice), [])
  })

  it('from one EUS release to the next goes by the minor between, whose channel does not exist', () => {
    const graphs = [
      sketchGraph('eus-4.16', { updates: ['4.16.1 4.16.5'] }),
      sketchGraph('eus-4.18', { updates: ['4.16.5 4.17.3', '4.17.3 4.18.2', '4.16.1 4.16.5'] }),
    ]
    const choice = select(graphs, [{ name: 'eus-4.16' }, { name: 'eus-4.18' }])
    assert.equal(versionsOf(choice), '4.16.5 4.17.3 4.18.2')
    assert.deepEqual(remarksOf(choice), [])
  })

  it('of one minor release is the way inside the target', () => {
    const fast = sketchGraph('fast-4.16', { updates: ['4.16.0 4.16.4', '4.16.4 4.16.6', '4.16.2 4.16.6'] })
    const choice = select(
      [STABLE_16, fast],
      [{ name: 'stable-4.16', minVersion: '4.16.0', maxVersion: '4.16.0' }, { name: 'fast-4.16' }],
    )
    assert.equal(versionsOf(choice), '4.16.0 4.16.4 4.16.6')
  })

  it('that is blocked is named with the release that leads on, and what was asked for is kept', () => {
    const later = sketchGraph('stable-4.16', { updates: ['4.15.5 4.16.0', '4.16.0 4.16.4'] })
    const choice = select([STABLE_15, later], [{ name: 'stable-4.15' }, { name: 'stable-4.16' }])
    assert.equal(versionsOf(choice), '4.15.9 4.16.4')
    assert.deepEqual(remarksOf(choice), [
      'the way from channel stable-4.15 to channel stable-4.16 is blocked: 4.15.9 is not in channel stable-4.16; 4.15.5 is the highest release of channel stable-4.15 that leads to 4.16.4: give channel stable-4.16 minVersion: 4.15.5 and shortestPath: true',
    ])
  })

  it('that has no updates is named with the release where they end', () => {
    const later = sketchGraph('stable-4.16', { updates: ['4.15.9', '4.15.5 4.16.4'] })
    const choice = select([STABLE_15, later], [{ name: 'stable-4.15' }, { name: 'stable-4.16' }])
    assert.equal(versionsOf(choice), '4.15.9 4.16.4')
    assert.deepEqual(remarksOf(choice), [
      'no update path from 4.15.9 to 4.16.4 in channel stable-4.16 (x86_64): no update leads from 4.15.9 to a higher release up to 4.16.4',
    ])
  })

  it('is not looked for to or from OKD', () => {
    const okd = { ...STABLE_16, product: 'okd' as const }
    const choice = select(
      [STABLE_15, okd],
      [{ name: 'stable-4.15' }, { name: 'stable-4.16', product: 'okd' }],
    )
    assert.equal(versionsOf(choice), '4.15.9 4.16.4')
  })
})

describe('in every pair of channels', () => {
  const lower = ['4.1.0', '4.1.1', '4.1.2', '4.1.3']
  const upper = ['4.1.2', '4.1.3', '4.2.0', '4.2.1', '4.2.2']
  /** Upwards, so that a way stands in the order of versions. */
  const updatesAmong = (versions: readonly string[]) =>
    fc.array(
      fc
        .tuple(fc.nat({ max: versions.length - 2 }), fc.nat({ max: versions.length - 1 }))
        .map(([from, to]) => `${versions[from]} ${versions[Math.max(from + 1, to)]}`),
    )

  it('what is kept was asked for, or is on the way; each payload stands once, and the way is made of updates', () => {
    fc.assert(
      fc.property(
        updatesAmong(lower),
        updatesAmong(upper),
        fc.constantFrom(...lower),
        fc.constantFrom(...upper),
        (below, above, min, max) => {
          const graphs = [
            sketchGraph('stable-4.1', { updates: [...lower, ...below] }),
            sketchGraph('stable-4.2', { updates: [...upper, ...above] }),
          ]
          const choice = select(graphs, [
            { name: 'stable-4.1', minVersion: min, maxVersion: min },
            { name: 'stable-4.2', minVersion: max, maxVersion: max },
          ])
          const versions = choice.releases.map(({ version }) => version)
          assert.equal(new Set(versions).size, versions.length)
          assert.ok(versions.includes(min) && versions.includes(max))
          for (const { version, why } of choice.releases)
            assert.ok(version === min || version === max || why.startsWith('on the way from channel'))
          const offered = new Set([...below, ...above])
          for (const { kept } of remarksOf(choice).length === 0 ? choice.selections : []) {
            const way = kept.filter(({ why }) => why.startsWith('on the way')).map(({ name }) => name)
            for (const [at, name] of way.entries())
              assert.ok(at === 0 || offered.has(`${way[at - 1]} ${name}`) || name === max)
          }
        },
      ),
    )
  })
})
