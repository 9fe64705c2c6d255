/**
 * The program that the bench of catalogs measures: reads a catalog of an OCI layout as `plan` does, keeps all bundles of
 * all its packages by name, lists every image that they need, and says how many there are. Run with the layout, a cache folder and the digest of the catalog.
 */
import { readCatalog } from '../lib/content/operator/catalog/index.ts'
import { filterCatalog } from '../lib/content/operator/filter/index.ts'
import { isDigest } from '../lib/oci/digest.ts'
import { openFactCache } from '../providers/cache/fact-cache.ts'
import { openManifestCache } from '../providers/cache/manifest-cache.ts'
import { openLayoutSource } from '../providers/layout/index.ts'

const [layout, cacheFolder, digest] = process.argv.slice(2)
if (layout === undefined || cacheFolder === undefined || digest === undefined || !isDigest(digest))
  throw new TypeError('usage: catalog-reading.ts LAYOUT CACHE DIGEST')

const started = performance.now()
const source = { reader: openLayoutSource(layout), digest, name: layout }
const context = { cache: openManifestCache(cacheFolder), facts: openFactCache(cacheFolder) }
const { model } = await readCatalog(source, context, new AbortController().signal)
const packages = model.packages.map(({ name }) => ({ name, channels: [], bundles: [] }))
const options = { name: layout, allowMissingPackages: false }
const kept = filterCatalog(model, { full: true, packages }, 'documented', options).packages
const images = new Set<string>()
let bundles = 0
for (const { bundle } of kept.flatMap(each => each.bundles)) {
  bundles++
  images.add(bundle.image)
  for (const { image } of bundle.relatedImages) images.add(image)
}
process.stdout.write(
  `${JSON.stringify({ packages: kept.length, bundles, images: images.size, ms: performance.now() - started })}\n`,
)
