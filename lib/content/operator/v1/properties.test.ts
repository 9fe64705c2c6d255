/** What holds for every catalog, whatever an image set of oc-mirror v1 asks of it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { graphFaults } from '../filter/channel-graph.ts'
import { FilterError, type FilteredCatalog } from '../filter/index.ts'
import { arbitraryCatalog, arbitraryWish } from '../filter/testing/arbitrary-catalogs.ts'
import { requestOf } from '../filter/testing/sample-catalogs.ts'
import { compareVersions } from '../filter/versions.ts'
import type { CatalogModel } from '../model.ts'
import { filterCatalogV1 } from './filter-catalog.ts'
import type { StartOf, V1CatalogRequest } from './request.ts'

const RUNS = { numRuns: 300 }
const HEADS: V1CatalogRequest = { full: false, skipDependencies: false, packages: [] }

function choose(model: CatalogModel, request: V1CatalogRequest, startOf: StartOf): FilteredCatalog {
  return filterCatalogV1(model, request, startOf, { name: 'C', allowMissingPackages: false })
}

function namesOf({ packages }: FilteredCatalog): ReadonlySet<string> {
  return new Set(
    packages.flatMap(({ name, channels }) =>
      channels.flatMap(each => each.entries.map(entry => `${name} ${each.name} ${entry.name}`)),
    ),
  )
}

function assertServed({ packages }: FilteredCatalog): void {
  for (const { channels, defaultChannel } of packages) {
    assert.ok(channels.some(({ name }) => name === defaultChannel))
    for (const { entries } of channels) assert.deepEqual(graphFaults(entries), [])
  }
}

it('whatever is asked under the rules of oc-mirror v1 is refused, or leaves a catalog that OLM serves', () => {
  let answers = 0
  const asked = arbitraryCatalog.chain(model => fc.tuple(fc.constant(model), arbitraryWish(model)))
  fc.assert(
    fc.property(asked, ([model, wish]) => {
      const request = { ...requestOf(wish), skipDependencies: false }
      try {
        assertServed(choose(model, request, () => undefined))
        answers++
      } catch (error) {
        assert.ok(error instanceof FilterError, String(error))
      }
    }),
    RUNS,
  )
  assert.ok(answers > RUNS.numRuns / 4, `${answers} answers`)
})

it('from wherever heads-only began, all heads are kept, and running again from what was kept keeps the same', () =>
  fc.assert(
    fc.property(arbitraryCatalog, fc.nat(8), (model, at) => {
      const versionsIn = (name: string, channel: string) => {
        const source = model.packages.find(each => each.name === name)
        const entries = source?.channels.find(each => each.name === channel)?.entries ?? []
        return entries.flatMap(entry => source?.bundles.get(entry.name)?.version ?? []).sort(compareVersions)
      }
      const heads = choose(model, HEADS, () => undefined)
      const later = choose(model, HEADS, (name, channel) => versionsIn(name, channel)[at])
      assertServed(later)
      for (const name of namesOf(heads)) assert.ok(namesOf(later).has(name), name)
      const lowest: StartOf = (name, channel) => {
        const source = later.packages.find(each => each.name === name)
        const entries = source?.channels.find(each => each.name === channel)?.entries ?? []
        const bundles = model.packages.find(each => each.name === name)?.bundles
        return entries.flatMap(entry => bundles?.get(entry.name)?.version ?? []).sort(compareVersions)[0]
      }
      assert.deepEqual(namesOf(choose(model, HEADS, lowest)), namesOf(later))
    }),
    RUNS,
  ))
