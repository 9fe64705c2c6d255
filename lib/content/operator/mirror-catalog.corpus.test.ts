/** Real catalogs under the names of `oc adm catalog mirror`: every image has a place of its own, however paths are folded. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { formatReference, parseReference, parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import { readCatalogFiles } from './catalog/index.ts'
import { mirrorCatalog } from './mirror-catalog.ts'
import type { CatalogModel } from './model.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'fbc',
)
const skip = existsSync(CORPUS) ? false : 'the corpus is not here'

function modelOf(name: string): CatalogModel | undefined {
  const place = join(CORPUS, name)
  const names = statSync(place).isFile() ? [''] : readdirSync(place, { recursive: true, encoding: 'utf8' })
  const files = names.map(each => join(place, each)).filter(each => statSync(each).isFile())
  try {
    return readCatalogFiles(new Map(files.map(each => [each, readFileSync(each)])), name).model
  } catch {
    return undefined
  }
}

describe('every catalog of the corpus', { skip }, () => {
  for (const maxComponents of [2, 3, 0])
    it(`folded to ${maxComponents || 'any number of'} components, has one image at one place`, () => {
      let placed = 0
      const clashes: string[] = []
      for (const name of readdirSync(CORPUS)) {
        const model = modelOf(name)
        if (model === undefined) continue
        const { images } = mirrorCatalog(model, {
          name,
          source: { kind: 'registry', reference: parseReference('quay.io/olm/index:v1') },
          index: { repository: parseRepositoryPath('org/olm-index'), tag: parseTag('v1') },
          mountPoint: 'org',
          maxComponents,
        })
        const known = new Map<string, string>()
        for (const { repository, tag, source } of images) {
          const from = source.kind === 'registry' ? formatReference(source.reference) : ''
          const place = `${repository}:${tag}`
          const before = known.get(place)
          if (before !== undefined && before !== from) clashes.push(`${name}: ${place}: ${before}, ${from}`)
          known.set(place, from)
        }
        placed += known.size
      }
      assert.deepEqual(clashes, [])
      assert.ok(placed > 1000, String(placed))
    })
})
