import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import test from 'node:test'
import { readCatalog } from '../lib/content/operator/catalog/index.ts'
import { openFactCache } from '../providers/cache/fact-cache.ts'
import { openManifestCache } from '../providers/cache/manifest-cache.ts'
import { openLayoutSource } from '../providers/layout/index.ts'
import { temporaryFolder } from '../testdata/temp.ts'
import { writeCatalog } from './catalog-content.ts'

test('a generated catalog reads from its OCI folder, and the second time from the cache alone', async t => {
  const [layout, configs, cacheFolder] = [temporaryFolder(t), temporaryFolder(t), temporaryFolder(t)]
  const { digest } = writeCatalog(layout, configs, { packages: 3, channels: 2, bundles: 4, relatedImages: 2 })
  assert.deepEqual(readdirSync(configs).sort(), ['operator-0', 'operator-1', 'operator-2'])
  const read = (folder: string) =>
    readCatalog(
      { reader: openLayoutSource(folder), digest, name: 'C' },
      { cache: openManifestCache(cacheFolder), facts: openFactCache(cacheFolder) },
      new AbortController().signal,
    )
  const { model, documents } = await read(layout)
  assert.deepEqual(
    model.packages.map(({ channels, bundles }) => [
      channels.map(({ entries }) => entries.length),
      bundles.size,
    ]),
    [1, 2, 3].map(() => [[2, 4], 4]),
  )
  assert.equal((await documents()).length, 3 * (1 + 2 + 4))
  const again = await read(temporaryFolder(t))
  assert.deepEqual(again.model, model)
})
