/** Real catalogs under the names of `oc adm catalog mirror`: every image has a place of its own, however paths are folded. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCorpusCatalogs, skipWithoutModels } from '../../../testdata/corpus-models.ts'
import { formatReference, parseReference, parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import { mirrorCatalog } from './mirror-catalog.ts'

describe('every catalog of the corpus', { skip: skipWithoutModels }, () => {
  for (const maxComponents of [2, 3, 0])
    it(`folded to ${maxComponents || 'any number of'} components, has one image at one place`, () => {
      let placed = 0
      const clashes: string[] = []
      for (const [name, { model }] of readCorpusCatalogs()) {
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
