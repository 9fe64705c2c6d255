/** Real catalogs: all of them filter by heads and in full, and what a range refuses is mended by what it tells. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { corpusModels, skipWithoutModels } from '../../../../testdata/corpus-models.ts'
import type { CatalogModel } from '../model.ts'
import { channelHeads, graphFaults } from './channel-graph.ts'
import { FilterError } from './filter-error.ts'
import { filteredModel } from './filtered-model.ts'
import { checkOperatorUpdates } from './installed-path.ts'
import type { OperatorSelection } from './request.ts'
import { filter, outcome } from './testing/sample-catalogs.ts'
import { compareVersions } from './versions.ts'

const SELECTIONS: readonly OperatorSelection[] = ['documented', 'connected']

describe('every catalog of the corpus', { skip: skipWithoutModels }, () => {
  const models: CatalogModel[] = []
  before(() => {
    models.push(...corpusModels())
  })

  it('has channels that OLM serves', () => {
    assert.equal(models.length, 48)
    const faults = models.flatMap(({ packages }) =>
      packages.flatMap(({ channels }) => channels.flatMap(({ entries }) => graphFaults(entries))),
    )
    assert.deepEqual(faults, [])
  })

  for (const selection of SELECTIONS) {
    it(`filters by heads and in full, ${selection}`, () => {
      for (const model of models) {
        const packages = model.packages.map(({ name }) => ({ name }))
        const heads = filter(model, {}, selection)
        assert.deepEqual(
          filteredModel(model, filter(model, { packages }, selection)),
          filteredModel(model, heads),
        )
        for (const { channels } of heads.packages)
          for (const { entries } of channels) assert.deepEqual(channelHeads(entries), [entries[0]?.name])
        const left = filteredModel(model, filter(model, { packages, full: true }, selection))
        const count = (of: CatalogModel) =>
          of.packages.map(({ bundles, channels }) => [bundles.size, channels])
        assert.deepEqual(count(left), count(model))
      }
    })

    it(`filters from each version of its default channel, or says what to change, ${selection}`, () => {
      let [answers, refusals] = [0, 0]
      for (const model of models)
        for (const { name, defaultChannel, channels, bundles } of model.packages) {
          const entries = channels.find(channel => channel.name === defaultChannel)?.entries ?? []
          const versions = entries
            .flatMap(entry => bundles.get(entry.name)?.version ?? [])
            .sort(compareVersions)
          for (const minVersion of versions.filter((_, at) => at % 7 === 0))
            try {
              filter(model, { packages: [{ name, minVersion }] }, selection)
              answers++
            } catch (error) {
              assert.ok(error instanceof FilterError)
              const change = /minVersion (?:to )?(\S+)/.exec(error.hint ?? '')?.[1]
              assert.ok(change !== undefined, error.hint)
              const again = outcome(() =>
                filter(model, { packages: [{ name, minVersion: change }] }, selection),
              )
              assert.doesNotMatch(again, /^refused/)
              refusals++
            }
        }
      assert.ok(answers > 100 && refusals < answers / 10, `${answers} answers, ${refusals} refusals`)
    })
  }

  it('leads every operator to a head where all is kept, and says what is missing where only heads are', () => {
    let stuck = 0
    for (const model of models) {
      const held = model.packages.flatMap(({ name, bundles }) =>
        [...bundles.keys()].map(bundle => ({ package: name, bundle })),
      )
      assert.deepEqual(checkOperatorUpdates(model, filter(model, { full: true }, 'connected'), held), [])
      stuck += checkOperatorUpdates(model, filter(model, {}, 'documented'), held).length
    }
    assert.ok(stuck > 20, `${stuck}`)
  })
})
