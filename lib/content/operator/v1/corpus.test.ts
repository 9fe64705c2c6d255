/** Real catalogs under the rules of oc-mirror v1: all of them choose by heads and from each version, and what is left is served. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { corpusModels, skipWithoutModels } from '../../../../testdata/corpus-models.ts'
import { graphFaults } from '../filter/channel-graph.ts'
import { FilterError, type FilteredCatalog } from '../filter/index.ts'
import type { CatalogModel } from '../model.ts'
import { filterCatalogV1 } from './filter-catalog.ts'
import type { StartOf, V1CatalogRequest } from './request.ts'

const OPTIONS = { name: 'C', allowMissingPackages: false }
const EVERYTHING: V1CatalogRequest = { full: false, skipDependencies: false, packages: [] }

describe('every catalog of the corpus', { skip: skipWithoutModels }, () => {
  const models: CatalogModel[] = []
  before(() => {
    models.push(...corpusModels())
    assert.equal(models.length, 48)
  })

  const assertServed = ({ packages }: FilteredCatalog): void => {
    for (const { channels, defaultChannel } of packages) {
      assert.ok(defaultChannel === undefined || channels.some(({ name }) => name === defaultChannel))
      for (const { entries } of channels) assert.deepEqual(graphFaults(entries), [])
    }
  }

  it('chooses by heads, and later from any version it ever had', () => {
    assert.equal(models.length, 48)
    for (const model of models) {
      const heads = filterCatalogV1(model, EVERYTHING, () => undefined, OPTIONS)
      assertServed(heads)
      assert.equal(heads.packages.length, model.packages.length)
      const versions = (name: string, channel: string) => {
        const source = model.packages.find(each => each.name === name)
        const entries = source?.channels.find(each => each.name === channel)?.entries ?? []
        return entries.flatMap(entry => source?.bundles.get(entry.name)?.version ?? [])
      }
      const first: StartOf = (name, channel) => versions(name, channel).at(-1)
      assertServed(filterCatalogV1(model, EVERYTHING, first, OPTIONS))
    }
  })

  it('chooses from each version of a channel, or says what is wrong', () => {
    let [answers, refusals] = [0, 0]
    for (const model of models)
      for (const { name, channels, bundles } of model.packages)
        for (const [at, channel] of channels.entries()) {
          const entry = channel.entries[at % channel.entries.length]
          const minVersion = entry && bundles.get(entry.name)?.version
          if (minVersion === undefined) continue
          const packages = [
            { name, defaultChannel: channel.name, channels: [{ name: channel.name, minVersion }] },
          ]
          try {
            assertServed(filterCatalogV1(model, { ...EVERYTHING, packages }, () => undefined, OPTIONS))
            answers++
          } catch (error) {
            assert.ok(error instanceof FilterError, String(error))
            assert.ok(error.hint)
            refusals++
          }
        }
    assert.ok(answers > 100 && refusals < answers / 10, `${answers} answers, ${refusals} refusals`)
  })
})
