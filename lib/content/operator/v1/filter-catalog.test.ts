/** The selection rules of oc-mirror v1, one test for each row of its table, and where it falls short. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { channelsText, outcome, sketchCatalog, sketchPackage } from '../filter/testing/sample-catalogs.ts'
import type { BundleRelations, CatalogModel, CatalogPackage } from '../model.ts'
import { filterCatalogV1 } from './filter-catalog.ts'
import type { StartOf, V1PackageRequest } from './request.ts'

const NO_START: StartOf = () => undefined
const STABLE = ['1.0.0', '1.1.0 replaces 1.0.0', '1.2.0 replaces 1.1.0']
const NEWER = [...STABLE, '1.3.0 replaces 1.2.0']

interface Ask {
  readonly packages?: readonly (Partial<V1PackageRequest> & { readonly name: string })[]
  readonly full?: boolean
  readonly skipDependencies?: boolean
  readonly startOf?: StartOf
  readonly allowMissingPackages?: boolean
}

function choose(model: CatalogModel, ask: Ask = {}) {
  const { full = false, skipDependencies = false, packages = [], startOf = NO_START } = ask
  const request = { full, skipDependencies, packages: packages.map(each => ({ channels: [], ...each })) }
  return filterCatalogV1(model, request, startOf, {
    name: 'C',
    allowMissingPackages: ask.allowMissingPackages ?? false,
  })
}

const kept = (model: CatalogModel, ask?: Ask) => outcome(() => choose(model, ask))
const app = (...entries: readonly string[]) =>
  sketchCatalog(sketchPackage('app', 'stable', { stable: entries }))
const asking = (request: Partial<V1PackageRequest>): Ask => ({ packages: [{ name: 'app', ...request }] })

function relating(
  source: CatalogPackage,
  version: string,
  relations: Partial<BundleRelations>,
): CatalogPackage {
  const name = `${source.name}.v${version}`
  const bundle = source.bundles.get(name)
  assert.ok(bundle)
  const all = { ...bundle, relations: { provides: [], needs: [], ...relations } }
  return { ...source, bundles: new Map([...source.bundles, [name, all]]) }
}

describe('what oc-mirror v1 keeps of a catalog', () => {
  it('is the head of every channel of every package where nothing else is asked', () => {
    const model = sketchCatalog(
      sketchPackage('app', 'stable', { stable: STABLE, beta: ['2.0.0-rc.1'] }),
      sketchPackage('tool', 'a', { a: ['0.1.0', '0.2.0 replaces 0.1.0'] }),
    )
    assert.equal(kept(model), 'app 1.2.0 2.0.0-rc.1; tool 0.2.0')
    assert.equal(channelsText(choose(model, asking({}))), 'beta: 2.0.0-rc.1; stable*: 1.2.0')
    assert.equal(choose(model, { full: true }).isWhole, true)
    assert.equal(kept(model, { full: true, packages: [{ name: 'tool' }] }), 'tool 0.1.0 0.2.0')
  })

  it('looks only at channels that are named', () => {
    const model = sketchCatalog(
      sketchPackage('app', 'stable', { stable: STABLE, beta: ['0.9.0', '2.0.0 replaces 0.9.0'] }),
    )
    assert.equal(kept(model, asking({ channels: [{ name: 'stable' }] })), 'app 1.2.0')
    assert.equal(
      kept(model, { ...asking({ channels: [{ name: 'stable' }, { name: 'beta' }] }), full: true }),
      'app 0.9.0 1.0.0 1.1.0 1.2.0 2.0.0',
    )
  })

  it('is everything from minVersion to the head', () => {
    assert.equal(kept(app(...NEWER), asking({ minVersion: '1.1.0' })), 'app 1.1.0 1.2.0 1.3.0')
    assert.match(
      kept(app(...STABLE), asking({ channels: [{ name: 'stable', minVersion: '1.0.5' }] })),
      /channel stable: nothing is there for minVersion 1\.0\.5\nHint: it has 1\.0\.0, 1\.1\.0, 1\.2\.0/,
    )
    assert.match(
      kept(app(...STABLE), asking({ minVersion: '1.0.5' })),
      /no channel has anything for minVersion 1\.0\.5/,
    )
  })

  it('takes for minVersion also what is that version up to its first dash', () => {
    const model = app('1.0.0-1', '1.0.0-2 replaces 1.0.0-1', '1.1.0 replaces 1.0.0-2')
    assert.equal(kept(model, asking({ minVersion: '1.0.0' })), 'app 1.0.0-1 1.0.0-2 1.1.0')
  })

  it('is every version of a range, prereleases among them, and nothing that would mend the graph', () => {
    assert.equal(kept(app(...NEWER), asking({ minVersion: '1.0.0', maxVersion: '1.1.0' })), 'app 1.0.0 1.1.0')
    assert.equal(kept(app(...NEWER), asking({ maxVersion: '1.1.0' })), 'app 1.0.0 1.1.0')
    const streams = app('1.0.0', '1.1.0-rc.1 replaces 1.0.0', '1.1.0 replaces 1.0.0 skips 1.1.0-rc.1')
    assert.equal(
      kept(streams, asking({ minVersion: '1.0.0', maxVersion: '1.1.0' })),
      'app 1.0.0 1.1.0-rc.1 1.1.0',
    )
    const forked = app(
      '1.0.0',
      '1.1.0 replaces 1.0.0',
      '1.1.1 replaces 1.0.0',
      '1.2.0 replaces 1.1.1 skips 1.1.0',
    )
    assert.match(
      kept(forked, asking({ minVersion: '1.0.0', maxVersion: '1.1.1' })),
      /of what is kept it has 2 heads \(app\.v1\.1\.0, app\.v1\.1\.1\)/,
    )
  })

  it('holds versions of a package against each of its channels and passes over those that lack them', () => {
    const model = sketchCatalog(
      sketchPackage('app', 'stable', { stable: NEWER, old: ['0.8.0', '0.9.0 replaces 0.8.0'] }),
    )
    assert.equal(kept(model, asking({ minVersion: '1.2.0' })), 'app 1.2.0 1.3.0')
    assert.match(
      kept(model, asking({ minVersion: '1.2.0', channels: [{ name: 'stable', maxVersion: '1.3.0' }] })),
      /range of versions and so has one of its channels/,
    )
  })

  it('goes along replaces only: a start that is skipped comes with what replaces the common base', () => {
    const model = app(
      '1.0.0',
      '1.1.0 replaces 1.0.0',
      '1.1.1 replaces 1.0.0 skips 1.1.0',
      '1.2.0 replaces 1.1.1 skips 1.1.0',
    )
    assert.equal(kept(model, asking({ minVersion: '1.1.0' })), 'app 1.1.0 1.1.1 1.2.0')
  })

  it('is a start alone where no updates lead from it to the head, which is said', () => {
    const model = app('1.0.0', '1.1.0 skips 1.0.0 range >=1.0.0 <1.1.0')
    const filtered = choose(model, asking({ minVersion: '1.0.0' }))
    assert.equal(filtered.packages[0]?.bundles.map(({ bundle }) => bundle.version).join(), '1.0.0')
    assert.deepEqual(filtered.remarks, [
      'package app, channel stable: no updates lead from 1.0.0 to its head, which is left out',
    ])
  })

  it('is all there is for minBundle alone, which is said', () => {
    const filtered = choose(app(...STABLE), asking({ minBundle: 'app.v1.1.0' }))
    assert.equal(filtered.packages[0]?.bundles.length, 3)
    assert.match(filtered.remarks.join(), /minBundle alone takes all there is/)
  })

  it('counts a package that is named twice as one', () => {
    const packages = [
      { name: 'app', channels: [{ name: 'stable' }] },
      { name: 'app', channels: [{ name: 'beta' }] },
    ]
    const model = sketchCatalog(sketchPackage('app', 'stable', { stable: STABLE, beta: ['2.0.0'] }))
    assert.equal(kept(model, { packages }), 'app 1.2.0 2.0.0')
  })

  it('names what the catalog does not have', () => {
    assert.match(
      kept(app(...STABLE), { packages: [{ name: 'apq', place: 'v1.yaml:7' }] }),
      /^refused: v1\.yaml:7: catalog C: package "apq" is not in the catalog\nHint: did you mean "app"/,
    )
    assert.match(
      kept(app(...STABLE), asking({ channels: [{ name: 'stabel' }] })),
      /channel "stabel" is not in the catalog/,
    )
    assert.match(kept(app(...STABLE), asking({ minVersion: '1.2' })), /minVersion "1\.2" is not a version/)
    assert.match(kept(app('1.0.0', '1.1.0')), /it has 2 heads/)
    const packages = [{ name: 'app' }, { name: 'gone' }]
    assert.equal(kept(app(...STABLE), { packages, allowMissingPackages: true }), 'app 1.2.0')
  })
})

describe('later runs of heads-only', () => {
  const from =
    (version: string): StartOf =>
    () =>
      version

  it('keep everything from the version that was mirrored first', () => {
    assert.equal(kept(app(...STABLE), { startOf: from('1.2.0') }), 'app 1.2.0')
    assert.equal(kept(app(...NEWER), { startOf: from('1.2.0') }), 'app 1.2.0 1.3.0')
    assert.equal(kept(app(...NEWER), { ...asking({}), startOf: from('1.1.0') }), 'app 1.1.0 1.2.0 1.3.0')
  })

  it('begin at the next higher version where the start is gone', () => {
    assert.equal(kept(app(...NEWER), { startOf: from('1.0.5') }), 'app 1.1.0 1.2.0 1.3.0')
    assert.equal(kept(app(...NEWER), { startOf: from('9.0.0') }), 'app 1.3.0')
  })

  it('keep a start that the head skips, and leave one behind that nothing leads on from', () => {
    const skipped = app('1.0.0', '1.1.0 skips 1.0.0')
    assert.equal(kept(skipped, { startOf: from('1.0.0') }), 'app 1.0.0 1.1.0')
    const filtered = choose(app('1.0.0', '1.0.1 replaces 1.0.0', '2.0.0 skips 1.0.1'), {
      startOf: from('1.0.0'),
    })
    assert.deepEqual(
      filtered.packages[0]?.bundles.map(({ bundle }) => bundle.version),
      ['2.0.0'],
    )
    assert.match(
      filtered.remarks.join(),
      /mirrored from 1\.0\.0 on, and no updates lead from there to its head/,
    )
  })

  it('do not add to what a range or full asks for', () => {
    assert.equal(
      kept(app(...NEWER), { ...asking({ minVersion: '1.2.0' }), startOf: from('1.0.0') }),
      'app 1.2.0 1.3.0',
    )
  })
})

describe('bundles that others need', () => {
  const needing = (relations: Partial<BundleRelations>) =>
    relating(sketchPackage('app', 'stable', { stable: STABLE }), '1.2.0', relations)
  const db = sketchPackage('db', 'stable', {
    stable: ['3.0.0', '3.1.0 replaces 3.0.0', '3.2.0 replaces 3.1.0'],
    fast: ['4.0.0'],
  })
  const api = { kind: 'api', api: 'db.example/v1/Database' } as const
  const serving = ['3.1.0', '3.2.0', '4.0.0'].reduce(
    (each, version) => relating(each, version, { provides: [api.api] }),
    db,
  )

  it('come from the default channel, the newest that fits and all from there to the head', () => {
    const model = sketchCatalog(needing({ needs: [api] }), serving)
    assert.equal(kept(model, asking({})), 'app 1.2.0; db 3.2.0')
    assert.equal(kept(model, { ...asking({}), skipDependencies: true }), 'app 1.2.0')
    const ranged = needing({ needs: [{ kind: 'package', package: 'db', range: '>=3.0.0 <3.2.0' }] })
    const filtered = choose(sketchCatalog(ranged, db), asking({}))
    assert.equal(filtered.packages[1]?.bundles.map(({ bundle }) => bundle.version).join(' '), '3.1.0 3.2.0')
    assert.equal(filtered.packages[1]?.bundles[0]?.why, 'needed by app.v1.2.0')
  })

  it('are not added where something kept serves already, and need others in turn', () => {
    const model = sketchCatalog(needing({ needs: [api] }), serving)
    assert.equal(
      kept(model, { packages: [{ name: 'app' }, { name: 'db', channels: [{ name: 'fast' }] }] }),
      'app 1.2.0; db 4.0.0',
    )
    const chained = relating(serving, '3.2.0', {
      provides: [api.api],
      needs: [{ kind: 'package', package: 'log', range: '>=1.0.0' }],
    })
    const all = sketchCatalog(needing({ needs: [api] }), chained, sketchPackage('log', 'a', { a: ['1.0.0'] }))
    assert.equal(kept(all, asking({})), 'app 1.2.0; db 3.2.0; log 1.0.0')
  })

  it('come from the first package by name where several fit, whatever the order of the catalog', () => {
    const other = relating(sketchPackage('adb', 'a', { a: ['0.1.0'] }), '0.1.0', { provides: [api.api] })
    assert.equal(
      kept(sketchCatalog(needing({ needs: [api] }), serving, other), asking({})),
      'adb 0.1.0; app 1.2.0',
    )
  })

  it('are told of where nothing in the catalog is what is needed', () => {
    const model = sketchCatalog(
      needing({ needs: [api, { kind: 'package', package: 'db', range: '>9.0.0' }] }),
      db,
    )
    assert.deepEqual(choose(model, asking({})).remarks, [
      'nothing in the catalog provides the API db.example/v1/Database, which app.v1.2.0 needs',
      'nothing in the catalog provides package db in the versions >9.0.0, which app.v1.2.0 needs',
    ])
  })
})

describe('the default channel', () => {
  const model = sketchCatalog(
    sketchPackage('app', 'stable', { stable: STABLE, beta: ['2.0.0'], edge: ['3.0.0'] }),
  )
  const main = (ask: Partial<V1PackageRequest>, of = model) =>
    choose(of, asking(ask))
      .packages.map(each => each.defaultChannel)
      .join()
  const named = (...names: readonly string[]) => names.map(name => ({ name }))

  it('stays where it is kept, else is what is set, or the only one named', () => {
    assert.equal(main({}), 'stable')
    assert.equal(main({ channels: named('beta', 'edge'), defaultChannel: 'edge' }), 'edge')
    assert.equal(main({ channels: named('beta') }), 'beta')
  })

  it('is that of the highest priority, and refused where nothing tells', () => {
    assert.throws(() => main({ channels: named('beta', 'edge') }), {
      message: 'catalog C: package app: its default channel stable is not among those kept (beta, edge)',
      hint: 'name channel stable as well, or set defaultChannel to one of beta, edge',
    })
    const ranked = {
      packages: model.packages.map(each => ({
        ...each,
        channels: each.channels.map((channel, priority) => ({ ...channel, priority })),
      })),
    }
    assert.equal(main({ channels: named('beta', 'edge') }, ranked), 'edge')
  })
})
