import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CatalogModel } from '../model.ts'
import type { OperatorSelection } from './request.ts'
import {
  DEMO,
  filter,
  outcome,
  STREAMS,
  sketchCatalog,
  sketchPackage,
  type Wish,
} from './testing/sample-catalogs.ts'

type Ask = NonNullable<Wish['packages']>[number]

const refusal = (model: CatalogModel, ask: Ask, selection: OperatorSelection = 'documented') =>
  outcome(() => filter(model, { packages: [ask] }, selection))
const logging = (minVersion: string, maxVersion: string): Ask => ({ name: 'logging', minVersion, maxVersion })

describe('a question that cannot be answered', () => {
  const rows: readonly (readonly [string, CatalogModel, Ask, RegExp])[] = [
    [
      'an unknown channel',
      DEMO,
      { name: 'widget', channels: [{ name: 'stabel' }] },
      /channel "stabel" is not in the catalog\nHint: did you mean "stable"\?/,
    ],
    [
      'an unknown default channel',
      DEMO,
      { name: 'widget', defaultChannel: 'slow' },
      /defaultChannel "slow" is not in the catalog\nHint: channels: fast, stable/,
    ],
    [
      'an unknown bundle',
      DEMO,
      { name: 'widget', bundles: ['widget.v1.1.9'] },
      /bundle "widget\.v1\.1\.9" is not in the catalog\nHint: did you mean "widget\.v1/,
    ],
    [
      'a bundle of another channel',
      DEMO,
      { name: 'widget', bundles: ['widget.v2.1.0'], channels: [{ name: 'stable' }] },
      /in none of the channels looked at\nHint: add channel fast/,
    ],
    [
      'a package of which part of the name is written',
      STREAMS,
      { name: 'storage-operator' },
      /did you mean "storage"\?/,
    ],
    [
      'a channel named twice',
      DEMO,
      { name: 'widget', channels: [{ name: 'fast' }, { name: 'fast' }] },
      /channel "fast" is named twice/,
    ],
    [
      'text that is no version',
      DEMO,
      { name: 'widget', minVersion: 'latest' },
      /minVersion "latest" is not a version/,
    ],
    [
      'a range the wrong way round',
      DEMO,
      { name: 'widget', minVersion: '2.0.0', maxVersion: '1.0.0' },
      /minVersion 2\.0\.0 is above maxVersion 1\.0\.0/,
    ],
    [
      'bundles and a range',
      DEMO,
      { name: 'widget', minVersion: '1.0.0', bundles: ['widget.v1.1.0'] },
      /bundles by name cannot be mixed with minVersion 1\.0\.0/,
    ],
    [
      'a range of another channel than the default',
      DEMO,
      { name: 'widget', minVersion: '2.0.1' },
      /nothing left with minVersion 2\.0\.1: it has 1\.0\.0, 1\.1\.0, 1\.1\.1, 1\.2\.0, 2\.0\.0\nHint: choose a range that has some of its versions, or set defaultChannel: fast/,
    ],
    [
      'a range of which only prereleases are left',
      STREAMS,
      logging('5.8.1-0', '5.8.1-0'),
      /has nothing left with minVersion 5\.8\.1-0 and maxVersion 5\.8\.1-0: it has 5\.8\.0, 5\.8\.1-0\.1, 5\.8\.1, 5\.9\.0\+2/,
    ],
    [
      'bundles with a gap between them',
      DEMO,
      { name: 'widget', bundles: ['widget.v1.0.0', 'widget.v1.2.0'] },
      /with the bundles named it has 2 heads .*\nHint: name widget\.v1\.1\.0 as well/,
    ],
    [
      'a default channel that is not named',
      STREAMS,
      { name: 'storage', channels: [{ name: 'stable-4.16' }] },
      /the default channel stable-4\.17 is not among the channels named\nHint: set defaultChannel: stable-4\.16, or add channel stable-4\.17/,
    ],
  ]
  for (const [name, model, ask, expected] of rows) it(name, () => assert.match(refusal(model, ask), expected))

  it('everything that is wrong is told at once, each with its place and its remedy', () => {
    const packages = [
      { name: 'wigdet', place: 'set.yaml:7' },
      { name: 'gadget', minVersion: '3.0.0', place: 'set.yaml:9' },
      { name: 'widget', channels: [{ name: 'slow' }], place: 'set.yaml:12' },
    ]
    assert.equal(
      outcome(() => filter(DEMO, { packages }, 'documented')),
      [
        'refused: set.yaml:7: catalog C: package "wigdet" is not in the catalog',
        'set.yaml:9: catalog C: package gadget: the default channel alpha has nothing left with minVersion 3.0.0: it has 0.1.0, 0.2.0',
        'set.yaml:12: catalog C: package widget: channel "slow" is not in the catalog',
        'Hint: did you mean "widget"?; --allow-missing-packages leaves it out',
        'package gadget: choose a range that has some of its versions',
        'package widget: channels: fast, stable',
      ].join('\n'),
    )
  })

  it('a package named twice is refused', () => {
    const packages = [{ name: 'widget' }, { name: 'widget' }]
    assert.match(
      outcome(() => filter(DEMO, { packages }, 'documented')),
      /package widget: it is named twice/,
    )
  })
})

describe('a catalog that OLM would not serve', () => {
  const broken = (...lines: readonly string[]) =>
    sketchCatalog(sketchPackage('p', 'c', { c: lines }), sketchPackage('q', 'c', { c: ['1.0.0'] }))
  const rows: readonly (readonly [string, CatalogModel, RegExp])[] = [
    [
      'two heads',
      broken('1.0.0', '1.1.0'),
      /package p, channel c: it has 2 heads \(p\.v1\.0\.0, p\.v1\.1\.0\)/,
    ],
    [
      'no head',
      broken('1.0.0 replaces 1.1.0', '1.1.0 replaces 1.0.0'),
      /package p, channel c: it has no head/,
    ],
    ['no entries', broken(), /package p, channel c: it has no entries/],
    ['an entry twice', broken('1.0.0', '1.0.0'), /more than one entry has the same name \(p\.v1\.0\.0\)/],
    [
      'a default channel that is not there',
      sketchCatalog(sketchPackage('p', 'x', { c: ['1.0.0'] })),
      /package p: its default channel x is not in the catalog\n/,
    ],
    [
      'no default channel',
      sketchCatalog(sketchPackage('p', undefined, { a: ['1.0.0'], b: ['1.0.0'] })),
      /package p: it has no default channel/,
    ],
    ['no channels', sketchCatalog(sketchPackage('p', undefined, {})), /package p: it has no channels/],
    ['no packages', sketchCatalog(), /catalog C: it has no packages/],
  ]
  for (const [name, model, expected] of rows)
    it(`${name}: its head cannot be kept`, () =>
      assert.match(
        outcome(() => filter(model, {}, 'documented')),
        expected,
      ))

  it('other packages of it can be', () => {
    assert.equal(refusal(broken('1.0.0', '1.1.0'), { name: 'q' }), 'q 1.0.0')
    assert.match(
      outcome(() => filter(broken('1.0.0', '1.1.0'), {}, 'connected')),
      /Hint: list the packages you need/,
    )
  })

  it('full takes a package as it is and says so', () => {
    const { remarks } = filter(
      broken('1.0.0', '1.1.0'),
      { full: true, packages: [{ name: 'p' }] },
      'documented',
    )
    assert.match(
      remarks.join(),
      /channel c: it has 2 heads .*; it is taken from the catalog as it is \(full\)/,
    )
  })
})

describe('the change that cures a range', () => {
  const line = ['1.0.0', '1.1.0 replaces 1.0.0', '1.2.0 skips 1.1.0,1.0.0', '1.3.0 replaces 1.2.0']
  const hint = (model: CatalogModel, minVersion?: string, maxVersion?: string) => {
    const ask = { name: 'p', ...(minVersion && { minVersion }), ...(maxVersion && { maxVersion }) }
    return /Hint: (.*?), or choose --operator-selection connected/s.exec(refusal(model, ask))?.[1]
  }
  const one = (...lines: readonly string[]) => sketchCatalog(sketchPackage('p', 'c', { c: lines }))

  it('raises maxVersion to what joins the heads, and no further', () => {
    const model = one('1.0.0', '1.1.0', '1.2.0 replaces 1.1.0 skips 1.0.0', '1.3.0 replaces 1.2.0')
    assert.equal(hint(model, undefined, '1.1.0'), 'raise maxVersion to 1.2.0 (2 bundles become 3)')
    assert.equal(refusal(one(...line), { name: 'p', maxVersion: '1.1.0' }), 'p 1.0.0 1.1.0')
  })

  it('lowers minVersion to what leads from one to the other', () => {
    const model = one(
      '0.9.0',
      '1.1.0 replaces 0.9.0',
      '1.2.0',
      '0.9.1 replaces 1.1.0',
      '1.3.0 replaces 0.9.1 skips 1.2.0',
    )
    assert.equal(hint(model, '1.0.0'), 'lower minVersion to 0.9.1 (3 bundles become 4)')
  })

  it('takes prereleases where one of them is the link', () => {
    const model = one('1.0.0', '1.1.0-rc1 replaces 1.0.0', '1.1.0 replaces 1.1.0-rc1')
    assert.equal(hint(model, '1.0.0'), 'lower minVersion to 1.0.0-0 (2 bundles become 3)')
    assert.equal(hint(model, undefined, '1.1.0'), 'set minVersion to 0.0.0-0 (2 bundles become 3)')
  })

  it('changes both where one is not enough', () => {
    const model = one('1.0.0', '1.1.0', '0.9.5 replaces 1.0.0', '2.0.0 replaces 0.9.5 skips 1.1.0')
    assert.equal(
      hint(model, '1.0.0', '1.1.0'),
      'raise maxVersion to 2.0.0 and lower minVersion to 0.9.5 (2 bundles become 4)',
    )
  })

  it('is none where the catalog itself is at fault', () => {
    assert.match(
      refusal(one('1.0.0', '1.1.0'), { name: 'p', minVersion: '1.0.0' }),
      /Hint: the catalog itself is at fault/,
    )
  })
})
