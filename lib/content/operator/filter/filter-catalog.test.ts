import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CatalogModel } from '../model.ts'
import { filterCatalog } from './filter-catalog.ts'
import { filteredModel } from './filtered-model.ts'
import {
  channelsText,
  DEMO,
  filter,
  keptText,
  outcome,
  requestOf,
  STREAMS,
  sketchCatalog,
  sketchPackage,
  type Wish,
} from './testing/sample-catalogs.ts'

type Ask = NonNullable<Wish['packages']>[number]

const documented = (model: CatalogModel, ...packages: readonly Ask[]) =>
  outcome(() => filter(model, { packages }, 'documented'))
const connected = (model: CatalogModel, ...packages: readonly Ask[]) =>
  outcome(() => filter(model, { packages }, 'connected'))
const remarks = (selection: 'documented' | 'connected', model: CatalogModel, ...packages: readonly Ask[]) =>
  filter(model, { packages }, selection).remarks
const ranged = (minVersion: string, maxVersion: string): Ask => ({ name: 'logging', minVersion, maxVersion })

describe('what is kept of a catalog', () => {
  it('says why each bundle is kept', () => {
    const whys = (wish: Wish, selection: 'documented' | 'connected') =>
      filter(DEMO, wish, selection).packages.flatMap(({ bundles }) =>
        bundles.map(({ bundle, channels, why }) => `${bundle.version} [${channels.join(' ')}] ${why}`),
      )
    assert.deepEqual(whys({ packages: [{ name: 'widget' }] }, 'connected'), [
      '2.0.0 [stable] head of the default channel stable',
      '2.2.0-rc1 [fast] head of channel fast',
    ])
    assert.deepEqual(whys({ packages: [{ name: 'widget', minVersion: '1.2.0' }] }, 'connected'), [
      '1.2.0 [stable] from 1.2.0 in channel stable',
      '2.0.0 [fast stable] from 1.2.0 in channel fast, from 1.2.0 in channel stable',
      '2.1.0 [fast] from 1.2.0 in channel fast',
    ])
    const stable = { name: 'stable', minVersion: '1.1.0', maxVersion: '1.1.1' }
    assert.deepEqual(whys({ packages: [{ name: 'widget', channels: [stable] }] }, 'connected'), [
      '1.1.0 [stable] between 1.1.0 and 1.1.1 in channel stable',
      '1.1.1 [stable] between 1.1.0 and 1.1.1 in channel stable',
      '1.2.0 [stable] keeps channel stable in one piece (skips 1.1.1)',
    ])
    assert.deepEqual(whys({ packages: [{ name: 'gadget' }], full: true }, 'documented'), [
      '0.1.0 [alpha] all of the package (full)',
      '0.2.0 [alpha] all of the package (full)',
    ])
    assert.deepEqual(whys({ packages: [{ name: 'widget', bundles: ['widget.v1.1.1'] }] }, 'documented'), [
      '1.1.1 [stable] named in the image set',
    ])
    assert.equal(whys({ full: true }, 'documented')[0], '0.1.0 [alpha] all of the catalog (full)')
  })

  it('channels keep only entries that are kept, and what these replace stays as written', () => {
    const kept = filter(DEMO, { packages: [{ name: 'widget', minVersion: '1.2.0' }] }, 'connected')
    assert.equal(channelsText(kept), 'fast: 2.0.0 2.1.0; stable*: 1.2.0 2.0.0')
    const [entry] = kept.packages[0]?.channels[1]?.entries ?? []
    assert.deepEqual(entry, { name: 'widget.v1.2.0', replaces: 'widget.v1.1.0', skips: ['widget.v1.1.1'] })
  })

  it('a whole catalog stays what it is', () => {
    const kept = filter(DEMO, { full: true }, 'connected')
    assert.equal(kept.isWhole, true)
    assert.equal(filteredModel(DEMO, kept), DEMO)
  })

  it('deprecations go with what they are about', () => {
    const [gadget, widget] = DEMO.packages
    assert.ok(gadget && widget)
    const deprecations = [
      { what: { schema: 'olm.package' }, message: 'P' },
      { what: { schema: 'olm.channel', name: 'fast' }, message: 'C' },
      { what: { schema: 'olm.bundle', name: 'widget.v1.0.0' }, message: 'B' },
      { what: { schema: 'olm.bundle', name: 'widget.v2.0.0' }, message: 'B2' },
    ] as const
    const model = sketchCatalog(gadget, { ...widget, deprecations })
    const left = filteredModel(model, filter(model, { packages: [{ name: 'widget' }] }, 'documented'))
    assert.deepEqual(
      left.packages.map(({ name, deprecations: rest }) => [name, rest.map(({ message }) => message)]),
      [['widget', ['P', 'B2']]],
    )
  })

  it('a version is the very one where build metadata tells them apart', () => {
    const model = sketchCatalog(sketchPackage('p', 'c', { c: ['1.0.0+1', '1.0.0+2 replaces 1.0.0+1'] }))
    const exact = (version: string) => ({ name: 'p', minVersion: version, maxVersion: version })
    for (const choose of [documented, connected]) {
      assert.equal(choose(model, exact('1.0.0+1')), 'p 1.0.0+1')
      assert.equal(choose(model, exact('1.0.0')), 'p 1.0.0+1 1.0.0+2')
    }
  })

  it('an entry of a bundle that the catalog does not have is told, and nothing is kept for it', () => {
    const whole = sketchPackage('p', 'c', { c: ['1.0.0', '1.1.0 replaces 1.0.0'] })
    const model = sketchCatalog({ ...whole, bundles: new Map([...whole.bundles].slice(0, 1)) })
    const kept = filter(model, {}, 'documented')
    assert.deepEqual(kept.packages[0]?.bundles, [])
    assert.match(
      kept.remarks.join(),
      /package p, channel c: the catalog has an entry p\.v1\.1\.0 and no such bundle/,
    )
  })
})

describe('remarks', () => {
  it('one line for each package of which the other rule set would keep other bundles', () => {
    assert.deepEqual(remarks('documented', DEMO, { name: 'widget' }, { name: 'gadget' }), [
      'package widget: documented keeps 1 bundle (2.0.0), connected would keep 2 (2.0.0, 2.2.0-rc1)',
    ])
    assert.deepEqual(filter(DEMO, {}, 'documented').remarks, remarks('documented', DEMO, { name: 'widget' }))
    assert.deepEqual(filter(DEMO, { full: true }, 'documented').remarks, [], 'not for whole catalogs')
    const many = Array.from({ length: 11 }, (_, at) =>
      sketchPackage(`p${at}`, 'stable', { stable: ['1.0.0'], fast: ['1.1.0'] }),
    )
    assert.deepEqual(filter(sketchCatalog(...many), {}, 'documented').remarks, [
      'connected would keep other bundles of 11 packages (p0, p1, p10, p2, … 4 more …, p7, p8, p9); of a package that the image set names, the plan says which',
    ])
    const [refused] = remarks('connected', DEMO, {
      name: 'widget',
      channels: [{ name: 'stable', maxVersion: '1.1.1' }],
    })
    assert.match(
      refused ?? '',
      /documented would refuse it \(channel stable: with maxVersion 1\.1\.1 it has 2 heads/,
    )
  })

  it('prereleases that stay out of a range, with what takes them', () => {
    assert.deepEqual(remarks('documented', STREAMS, ranged('5.8.1', '5.9.0')), [])
    assert.match(
      remarks('connected', DEMO, { name: 'widget', minVersion: '2.0.0' }).join('\n'),
      /channel fast: a prerelease stays out \(2\.2\.0-rc1\); minVersion 2\.0\.0-0 takes prereleases as well/,
    )
  })

  it('a channel named that has nothing in its range', () => {
    const channels = [{ name: 'stable' }, { name: 'fast', maxVersion: '1.9' }]
    assert.match(
      remarks('documented', DEMO, { name: 'widget', channels }).join('\n'),
      /channel fast: nothing is left with maxVersion 1\.9 of 2\.0\.0, 2\.1\.0, 2\.2\.0-rc1: the channel is left out/,
    )
  })

  it('packages that are not there, where that is allowed, unless there is none at all', () => {
    const ask = (...names: readonly string[]) =>
      filterCatalog(DEMO, requestOf({ packages: names.map(name => ({ name })) }), 'documented', {
        name: 'C',
        allowMissingPackages: true,
      })
    const kept = ask('gizmo', 'gadget')
    assert.equal(keptText(kept), 'gadget 0.2.0')
    assert.deepEqual(kept.remarks, ['package gizmo: it is not in the catalog, and left out'])
    assert.match(
      outcome(() => ask('gizmo')),
      /package "gizmo" is not in the catalog/,
    )
  })

  it('channels that are not there, likewise', () => {
    const ask = (...names: readonly string[]) => {
      const packages = [{ name: 'widget', channels: names.map(name => ({ name })) }]
      const options = { name: 'C', allowMissingPackages: true }
      return filterCatalog(DEMO, requestOf({ packages }), 'documented', options)
    }
    assert.deepEqual(ask('slow', 'stable').remarks, [
      'package widget: channel slow is not in the catalog, and left out',
    ])
    assert.match(
      outcome(() => ask('slow')),
      /channel "slow" is not in the catalog/,
    )
  })

  it('the channel that becomes the default where bundles are named', () => {
    const wish = { name: 'widget', bundles: ['widget.v2.1.0'] }
    assert.equal(channelsText(filter(DEMO, { packages: [wish] }, 'documented')), 'fast*: 2.1.0')
    assert.match(
      remarks('documented', DEMO, wish).join('\n'),
      /package widget: channel fast becomes the default: stable has none of the bundles named/,
    )
    assert.match(
      documented(DEMO, { ...wish, defaultChannel: 'stable' }),
      /default channel stable has none of the bundles/,
    )
  })
})
