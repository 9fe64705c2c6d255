/** The real catalogs of the corpus as they are read: for tests that hold a rule against all of them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { type Catalog, CatalogError, readCatalogFiles } from '../lib/content/operator/catalog/index.ts'
import type { CatalogModel } from '../lib/content/operator/model.ts'

const FOLDER = path.resolve(
  import.meta.dirname,
  '..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'fbc',
)

/** For the `skip` option of a test. */
export const skipWithoutModels = existsSync(FOLDER) ? false : 'the corpus is not here'

/** By the name of their file or folder; parts of catalogs, which have no package, are none. */
export function readCorpusCatalogs(): ReadonlyMap<string, Catalog> {
  return new Map(
    readdirSync(FOLDER).flatMap((name): [string, Catalog][] => {
      const catalog = read(name)
      return catalog === undefined ? [] : [[name, catalog]]
    }),
  )
}

export function corpusModels(): readonly CatalogModel[] {
  return [...readCorpusCatalogs().values()].map(({ model }) => model)
}

function read(name: string): Catalog | undefined {
  const place = path.join(FOLDER, name)
  const names = statSync(place).isFile() ? [''] : readdirSync(place, { recursive: true, encoding: 'utf8' })
  const files = names.filter(each => statSync(path.join(place, each)).isFile())
  const texts = new Map(files.map(each => [each || name, readFileSync(path.join(place, each))]))
  try {
    return readCatalogFiles(texts, name)
  } catch (error) {
    if (error instanceof CatalogError) return undefined
    throw error
  }
}
