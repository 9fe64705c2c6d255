/** Real catalogs: how many load, why others do not, and that nothing of any of them is lost. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { before, describe, it } from 'node:test'
import { parseAllDocuments } from 'yaml'
import type { Catalog } from './catalog.ts'
import { CatalogError } from './catalog-error.ts'
import { decodeCatalog, encodeCatalog } from './catalog-fact.ts'
import { fileDocuments } from './file-documents.ts'
import { readCatalogFiles } from './read-files.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../../../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'fbc',
)
const skip = existsSync(CORPUS) ? false : 'the corpus is not here'

type Files = ReadonlyMap<string, Uint8Array>

function filesOf(name: string): Files {
  const place = join(CORPUS, name)
  if (statSync(place).isFile()) return new Map([[name, readFileSync(place)]])
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' })
  return new Map(
    names
      .filter(each => statSync(join(place, each)).isFile())
      .map(each => [each, readFileSync(join(place, each))]),
  )
}

describe('every catalog of the corpus', { skip }, () => {
  const catalogs = new Map<string, Catalog>()
  const reasons: string[] = []

  before(() => {
    for (const name of readdirSync(CORPUS))
      try {
        catalogs.set(name, readCatalogFiles(filesOf(name), name))
      } catch (error) {
        if (!(error instanceof CatalogError)) throw error
        reasons.push(...error.problems.map(({ text }) => text))
      }
  })

  it('loads, but for parts of catalogs that have no package in them', () => {
    const missing = (what: string, owner: string, count: string) =>
      `${what} is of package "${owner}", which the catalog does not have (${count} name it)`
    assert.equal(catalogs.size, 48)
    assert.deepEqual(reasons.sort(), [
      missing('bundle "lvms-operator.v0.0.1"', 'lvms-operator', '0 channels and 1 bundles'),
      missing('bundle "serverless-operator.v1.37.1"', 'serverless-operator', '0 channels and 5 bundles'),
      missing('channel "stable"', 'serverless-operator', '2 channels and 0 bundles'),
    ])
  })

  it('has packages with channels and bundles that have versions and images', () => {
    const packages = [...catalogs.values()].flatMap(({ model }) => model.packages)
    const bundles = packages.flatMap(each => [...each.bundles.values()])
    const images = new Set(bundles.flatMap(each => each.relatedImages.map(({ image }) => image)))
    const counts = [
      packages.length,
      packages.reduce((sum, { channels }) => sum + channels.length, 0),
      bundles.length,
    ]
    assert.deepEqual([...counts, images.size], [63, 180, 1096, 7740])
  })

  it('round-trips: written from its documents it is the same catalog, and its documents have every field', () => {
    for (const [name, { model, documents }] of catalogs) {
      const text = documents.map(document => `${document.text()}\n`).join('')
      const again = readCatalogFiles(new Map([['catalog.json', Buffer.from(text)]]), name)
      assert.deepEqual(again.model, model)
      assert.deepEqual(
        again.documents.map(document => document.text()),
        documents.map(document => document.text()),
      )
    }
  })

  it('has the documents that the parser of YAML finds in its JSON and in its YAML', () => {
    // The parser takes its time: of each kind, the smaller files.
    const SMALL = 200_000
    let compared = 0
    for (const name of readdirSync(CORPUS))
      for (const [file, bytes] of filesOf(name)) {
        if (bytes.length > SMALL) continue
        const text = Buffer.from(bytes).toString()
        const isJson = text.startsWith('{')
        const expected: unknown[] = isJson
          ? text.split(/^(?=\{)/m).map(each => JSON.parse(each))
          : parseAllDocuments(text, { schema: 'core' })
              .map(each => each.toJS())
              .filter(each => each !== null)
        const found = [...fileDocuments(file, bytes, () => assert.fail(file))]
        assert.deepEqual(
          found.map(({ value }) => value),
          expected,
          file,
        )
        for (const { bytes, value } of found) assert.deepEqual(JSON.parse(bytes.toString()), value)
        compared++
      }
    assert.ok(compared > 80, String(compared))
  })

  it('is the same after its model was kept', () => {
    for (const { model } of catalogs.values()) {
      const fact = { model, isSqlite: false, configsRoot: '/configs' }
      assert.deepEqual(decodeCatalog(encodeCatalog(fact)), fact)
    }
  })
})
