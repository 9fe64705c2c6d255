/** What holds for every catalog and everything that is asked of it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CatalogModel } from '../model.ts'
import { channelHeads, graphFaults } from './channel-graph.ts'
import { FilterError } from './filter-error.ts'
import { filteredModel } from './filtered-model.ts'
import { checkOperatorUpdates } from './installed-path.ts'
import type { FilteredCatalog, OperatorSelection } from './request.ts'
import { arbitraryCatalog, arbitraryWish } from './testing/arbitrary-catalogs.ts'
import { filter, keptText, type Wish } from './testing/sample-catalogs.ts'

const SELECTIONS: readonly OperatorSelection[] = ['documented', 'connected']
const RUNS = { numRuns: 300 }
const asked = arbitraryCatalog.chain(model => fc.tuple(fc.constant(model), arbitraryWish(model)))

/** undefined where it is refused. */
function answer(model: CatalogModel, wish: Wish, selection: OperatorSelection): FilteredCatalog | undefined {
  try {
    return filter(model, wish, selection)
  } catch (error) {
    if (error instanceof FilterError) return undefined
    throw error
  }
}

function accepted(
  selection: OperatorSelection,
  holds: (kept: FilteredCatalog, model: CatalogModel, wish: Wish) => void,
) {
  let answers = 0
  fc.assert(
    fc.property(asked, ([model, wish]) => {
      const kept = answer(model, wish, selection)
      if (kept === undefined) return
      answers++
      holds(kept, model, wish)
    }),
    RUNS,
  )
  assert.ok(answers > RUNS.numRuns / 4, `${answers} answers`)
}

function missingIn(more: FilteredCatalog, less: FilteredCatalog): readonly string[] {
  const namesOf = ({ packages }: FilteredCatalog) =>
    packages.flatMap(({ bundles }) => bundles.map(({ bundle }) => bundle.name))
  const names = new Set(namesOf(more))
  return namesOf(less).filter(name => !names.has(name))
}

for (const selection of SELECTIONS)
  describe(`whatever is asked of a catalog, ${selection}`, () => {
    it('every channel kept has exactly one head, which leads to all of it', () =>
      accepted(selection, ({ packages }) => {
        for (const { channels } of packages)
          for (const { entries } of channels) {
            assert.equal(channelHeads(entries).length, 1)
            assert.deepEqual(graphFaults(entries), [])
          }
      }))

    it('bundles are those of the channels kept, no more and no less, each with a reason', () =>
      accepted(selection, ({ packages }) => {
        for (const { channels, bundles, defaultChannel } of packages) {
          const entries = new Set(channels.flatMap(channel => channel.entries.map(({ name }) => name)))
          assert.deepEqual(new Set(bundles.map(({ bundle }) => bundle.name)), entries)
          assert.ok(channels.some(({ name }) => name === defaultChannel))
          for (const { bundle, why, channels: having } of bundles) {
            assert.notEqual(why, '')
            const actual = channels.filter(each => each.entries.some(({ name }) => name === bundle.name))
            assert.deepEqual(
              having,
              actual.map(({ name }) => name),
            )
          }
        }
      }))

    it('asked of what is left, the same is kept', () =>
      accepted(selection, (kept, model, wish) => {
        const left = filteredModel(model, kept)
        const channels = new Set(left.packages.flatMap(each => each.channels.map(({ name }) => name)))
        const packages = (wish.packages ?? []).map(each => ({
          ...each,
          channels: (each.channels ?? []).filter(({ name }) => channels.has(name)),
        }))
        const again = answer(left, { ...wish, packages }, selection)
        assert.ok(again !== undefined)
        assert.deepEqual(filteredModel(left, again), left)
        assert.equal(keptText(again), keptText(kept))
      }))

    it('the order of the catalog is of no importance', () =>
      fc.assert(
        fc.property(asked, fc.nat(), ([model, wish], seed) => {
          const turned = {
            packages: model.packages.map(each => ({
              ...each,
              bundles: new Map([...each.bundles].toReversed()),
              channels: each.channels.map(({ name, entries }) => {
                const cut = seed % entries.length
                return { name, entries: [...entries.slice(cut), ...entries.slice(0, cut)] }
              }),
            })),
          }
          const [kept, other] = [model, turned].map(each => answer(each, wish, selection))
          assert.deepEqual(other?.packages.map(bundlesOf), kept?.packages.map(bundlesOf))
          assert.deepEqual(other?.remarks, kept?.remarks)
        }),
        RUNS,
      ))
  })

const bundlesOf = ({ bundles, defaultChannel }: FilteredCatalog['packages'][number]) => ({
  bundles,
  defaultChannel,
})

describe('ranges', () => {
  const bound = fc.tuple(fc.nat(3), fc.nat(3)).map(([major, minor]) => ({ major, minor }))
  const text = ({ major, minor }: { major: number; minor: number }) => `${major}.${minor}.0`

  it('documented: a wider range keeps all that a narrower one keeps', () => {
    let compared = 0
    fc.assert(
      fc.property(arbitraryCatalog, bound, bound, fc.nat(2), fc.nat(2), (model, min, max, below, above) => {
        const ask = (least: typeof min, most: typeof max): Wish => ({
          packages: [{ name: 'p', minVersion: text(least), maxVersion: text(most) }],
        })
        if (text(min) === text(max)) return
        const narrow = answer(model, ask(min, max), 'documented')
        const wide = { major: Math.max(0, min.major - below), minor: min.minor }
        const wider = answer(model, ask(wide, { major: max.major + above, minor: max.minor }), 'documented')
        if (narrow === undefined || wider === undefined) return
        compared++
        assert.deepEqual(missingIn(wider, narrow), [])
      }),
      RUNS,
    )
    assert.ok(compared > RUNS.numRuns / 10, `${compared} compared`)
  })

  it('connected: what documented keeps of a range is kept, and what holds it together', () => {
    let compared = 0
    fc.assert(
      fc.property(arbitraryCatalog, bound, (model, min) => {
        const kept = answer(model, { packages: [{ name: 'p', minVersion: text(min) }] }, 'connected')
        const exact = answer(model, { packages: [{ name: 'p', minVersion: text(min) }] }, 'documented')
        if (kept === undefined || exact === undefined) return
        compared++
        assert.deepEqual(missingIn(kept, exact), [])
      }),
      RUNS,
    )
    assert.ok(compared > RUNS.numRuns / 10, `${compared} compared`)
  })
})

describe('a range that is refused', () => {
  it('is mended by each change that is told', () => {
    let mended = 0
    fc.assert(
      fc.property(asked, ([model, wish]) => {
        const [ask] = wish.packages ?? []
        if (ask === undefined || (ask.channels ?? []).length > 0) return
        for (const change of changesTold(model, wish)) {
          mended++
          assert.ok(answer(model, { packages: [{ ...ask, ...change }] }, 'documented') !== undefined)
        }
      }),
      { numRuns: 1500 },
    )
    assert.ok(mended > 0)
  })
})

describe('bundles by name', () => {
  const named = arbitraryCatalog.chain(model => {
    const names = [...(model.packages[0]?.bundles.keys() ?? [])]
    return fc.tuple(fc.constant(model), fc.subarray(names, { minLength: 1 }))
  })

  it('are exactly those kept, or what is told to name as well makes them whole', () => {
    let [kept, mended] = [0, 0]
    fc.assert(
      fc.property(named, ([model, bundles]) => {
        for (let names = bundles; ; ) {
          const wish = { packages: [{ name: 'p', bundles: names }] }
          const result = answer(model, wish, 'documented')
          if (result !== undefined) {
            kept++
            const [only] = result.packages
            assert.deepEqual(new Set(only?.bundles.map(({ bundle }) => bundle.name)), new Set(names))
            return
          }
          const more = namesTold(model, wish).filter(name => !names.includes(name))
          if (more.length === 0) return
          mended++
          names = [...names, ...more]
        }
      }),
      RUNS,
    )
    assert.ok(kept > RUNS.numRuns / 4 && mended > 0, `${kept} ${mended}`)
  })
})

describe('operators that a cluster may run', () => {
  it('reach the head when what is told to keep is kept', () => {
    let mended = 0
    fc.assert(
      fc.property(arbitraryCatalog, model => {
        const held = [...(model.packages[0]?.bundles.keys() ?? [])].map(bundle => ({ package: 'p', bundle }))
        const remarksFor = (minVersion?: string) => {
          const ask = { name: 'p', ...(minVersion !== undefined && { minVersion }) }
          const kept = answer(model, { packages: [ask] }, 'documented')
          const all = kept === undefined ? [] : checkOperatorUpdates(model, kept, held)
          return all.filter(remark => remark.includes('not mirrored'))
        }
        for (const remark of remarksFor()) {
          const least = /; minVersion (\S+) keeps/.exec(remark)?.[1]
          assert.ok(least !== undefined, remark)
          mended++
          assert.deepEqual(remarksFor(least), [])
        }
      }),
      RUNS,
    )
    assert.ok(mended > RUNS.numRuns / 10, `${mended}`)
  })
})

function namesTold(model: CatalogModel, wish: Wish): readonly string[] {
  try {
    filter(model, wish, 'documented')
    return []
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    return error.problems.flatMap(({ hint }) => hint?.match(/(?<=^name .*)p\.v\S+/g) ?? [])
  }
}

function changesTold(
  model: CatalogModel,
  wish: Wish,
): readonly Partial<Record<'minVersion' | 'maxVersion', string>>[] {
  try {
    filter(model, wish, 'documented')
    return []
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    const hints = error.problems.flatMap(({ hint }) =>
      hint?.includes('bundles become') ? hint.split(', or ') : [],
    )
    return hints.flatMap(hint => {
      const found = [...hint.matchAll(/(minVersion|maxVersion) to (\S+)/g)]
      return found.length === 0 ? [] : [Object.fromEntries(found.map(([, key, value]) => [key, value]))]
    })
  }
}
