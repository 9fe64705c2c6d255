/** Files of rebuilt catalogs: read again, they are exactly what was kept, for every catalog and every choice. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readCorpusCatalogs, skipWithoutModels } from '../../../../testdata/corpus-models.ts'
import { type Catalog, readCatalogFiles } from '../catalog/index.ts'
import {
  FilterError,
  type FilteredCatalog,
  type FilterRequest,
  filterCatalog,
  filteredModel,
  type OperatorSelection,
} from '../filter/index.ts'
import { arbitraryCatalog, arbitraryWish } from '../filter/testing/arbitrary-catalogs.ts'
import { requestOf } from '../filter/testing/sample-catalogs.ts'
import type { CatalogModel, CatalogPackage } from '../model.ts'
import { configFiles } from './config-files.ts'

const SELECTIONS: readonly OperatorSelection[] = ['documented', 'connected']
/** undefined where the choice is refused. */
function filtered(
  model: CatalogModel,
  request: FilterRequest,
  selection: OperatorSelection,
): FilteredCatalog | undefined {
  try {
    return filterCatalog(model, request, selection, { name: 'catalog', allowMissingPackages: true })
  } catch (error) {
    if (error instanceof FilterError) return undefined
    throw error
  }
}

/** What the files of the kept part read back to. */
function readAgain(catalog: Catalog, left: CatalogModel): Catalog {
  const files = configFiles(catalog.documents, left, 'configs')
  return readCatalogFiles(
    new Map(files.map(({ path, bytes }) => [path.replace(/^configs\//, ''), bytes])),
    'rebuilt',
  )
}

/** The documents that a model may have come from. */
function filesOf({ packages }: CatalogModel): ReadonlyMap<string, Uint8Array> {
  return new Map(
    packages.map(each => {
      const texts = documentsOf(each).map(document => JSON.stringify(document))
      return [`${each.name}.json`, Buffer.from(texts.join('\n'))]
    }),
  )
}

function documentsOf({ name, defaultChannel, channels, bundles }: CatalogPackage): readonly object[] {
  return [
    { schema: 'olm.package', name, ...(defaultChannel !== undefined && { defaultChannel }) },
    ...channels.map(channel => ({ schema: 'olm.channel', package: name, ...channel })),
    ...Array.from(bundles.values(), ({ version, ...bundle }) => ({
      schema: 'olm.bundle',
      package: name,
      ...bundle,
      properties: [{ type: 'olm.package', value: { packageName: name, version } }],
    })),
  ]
}

describe('the files of a rebuilt catalog', () => {
  it('read back to exactly what is kept, whatever the catalog and the choice', () => {
    const cases = arbitraryCatalog.chain(model =>
      fc.tuple(fc.constant(model), arbitraryWish(model), fc.constantFrom(...SELECTIONS)),
    )
    let kept = 0
    fc.assert(
      fc.property(cases, ([model, wish, selection]) => {
        const catalog = readCatalogFiles(filesOf(model), 'generated')
        const choice = filtered(catalog.model, requestOf(wish), selection)
        if (choice === undefined || choice.isWhole) return
        kept += 1
        const left = filteredModel(catalog.model, choice)
        const again = readAgain(catalog, left)
        assert.deepEqual(again.model, left)
        assert.deepEqual(readAgain(again, left).documents.length, again.documents.length)
      }),
      { numRuns: 200 },
    )
    assert.ok(kept > 20, `${kept} choices were possible`)
  })

  it('lie in the folder of the configs, and read back, whatever a package is called', () => {
    const names = [
      '..',
      '.',
      '../../etc',
      'a/b',
      'a',
      '.wh.a',
      '.indexignore',
      'catalog.json',
      'x'.repeat(300),
    ]
    const documents = names.map(name => ({ schema: 'olm.package', name }))
    const texts = [...documents, { schema: 'acme.notes' }].map(document => JSON.stringify(document))
    const catalog = readCatalogFiles(new Map([['all.json', Buffer.from(texts.join('\n'))]]), 'odd names')
    assert.deepEqual(readAgain(catalog, catalog.model).model, catalog.model)
    for (const { path } of configFiles(catalog.documents, catalog.model, 'configs'))
      assert.match(path, /^configs\/(package-[0-9a-f]{64}\/|a\/)?catalog\.json$/)
  })

  it('of every catalog of the corpus read back to what is kept, heads and everything', {
    skip: skipWithoutModels,
  }, () => {
    let checked = 0
    for (const [name, catalog] of readCorpusCatalogs()) {
      const { model } = catalog
      const packages = model.packages.map(each => ({ name: each.name, channels: [], bundles: [] }))
      for (const selection of SELECTIONS)
        for (const request of [
          { full: false, packages },
          { full: true, packages },
        ]) {
          const choice = filtered(model, request, selection)
          if (choice === undefined) continue
          const left = filteredModel(model, choice)
          assert.deepEqual(readAgain(catalog, left).model, left, name)
          checked += 1
        }
    }
    assert.ok(checked > 100, `${checked} were checked`)
  })
})
