/**
 * Files of a workspace -> the catalogs that were mirrored, and the images their bundles name. Where a catalog was filtered,
 * what was left of it counts; else all of it.
 */
import { readCatalogFiles } from '../../lib/content/operator/catalog/index.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import { compareText } from '../../lib/target.ts'
import type { WorkspaceBundle, WorkspaceCatalog, WorkspaceReading } from './workspace-model.ts'

const PLACE = /^operator-catalogs\/(?<name>[^/]+)\/(?<hex>[0-9a-f]{64})\/(?<rest>.+)$/
const FILTERED = /^filtered-catalogs\/(?<hash>[^/]+)\/(?:(?<digest>digest)|catalog-config\/.+)$/
const WHOLE = /^catalog-config\/.+/
const LONGEST_DIGEST_FILE = 200

interface Found {
  readonly name: string
  readonly digest: Digest
  /** Hashes of filters, and the name of the file with what each published. */
  readonly filters: Map<string, string | undefined>
  /** Files of the configs, by the folder that is the root of them. */
  readonly configs: Map<string, string[]>
}

export async function readCatalogs(reading: WorkspaceReading): Promise<readonly WorkspaceCatalog[]> {
  const catalogs: WorkspaceCatalog[] = []
  for (const { name, digest, filters, configs } of findCatalogs(reading.names)) {
    const filtered = []
    for (const [hash, file] of [...filters].sort(([a], [b]) => compareText(a, b)))
      filtered.push({ hash, digest: file === undefined ? undefined : await readDigest(reading, file) })
    const bundles = new Map<string, WorkspaceBundle>()
    for (const [root, files] of configs) {
      if (filters.size > 0 && !root.includes('/filtered-catalogs/')) continue
      const found = (await reading.attempt(root, () => bundlesIn(reading, root, files))) ?? []
      for (const each of found) bundles.set(`${each.package} ${each.bundle}`, each)
    }
    const sorted = [...bundles].sort(([a], [b]) => compareText(a, b)).map(([, each]) => each)
    catalogs.push({ name, digest, filtered, bundles: sorted })
  }
  return catalogs.sort((a, b) => compareText(a.name, b.name) || compareText(a.digest, b.digest))
}

function findCatalogs(names: readonly string[]): readonly Found[] {
  const found = new Map<string, Found>()
  for (const path of names) {
    const { name, hex, rest = '' } = PLACE.exec(path)?.groups ?? {}
    const digest = `sha256:${hex}`
    if (name === undefined || !isDigest(digest)) continue
    const key = `${name}@${digest}`
    const catalog = found.get(key) ?? { name, digest, filters: new Map(), configs: new Map() }
    found.set(key, catalog)
    const { hash, digest: digestFile } = FILTERED.exec(rest)?.groups ?? {}
    if (hash !== undefined) catalog.filters.set(hash, digestFile ? path : catalog.filters.get(hash))
    if (digestFile !== undefined || (hash === undefined && !WHOLE.test(rest))) continue
    const root = path.slice(0, path.indexOf('catalog-config/') + 'catalog-config'.length)
    catalog.configs.set(root, [...(catalog.configs.get(root) ?? []), path])
  }
  return [...found.values()]
}

/** The file holds the hex of a sha256 digest. */
function readDigest(reading: WorkspaceReading, file: string): Promise<Digest | undefined> {
  return reading.attempt(file, async () => {
    const bytes = await reading.bytes(file)
    const digest = `sha256:${Buffer.from(bytes.subarray(0, LONGEST_DIGEST_FILE)).toString().trim()}`
    if (!isDigest(digest)) throw new Error('it holds no digest')
    return digest
  })
}

/** @throws CatalogError */
async function bundlesIn(
  reading: WorkspaceReading,
  root: string,
  files: readonly string[],
): Promise<readonly WorkspaceBundle[]> {
  const contents = new Map<string, Uint8Array>()
  for (const file of files) contents.set(file.slice(root.length + 1), await reading.bytes(file))
  const { model } = readCatalogFiles(contents, root)
  return model.packages.flatMap(({ name, channels, bundles }) =>
    [...bundles.values()].map((bundle): WorkspaceBundle => {
      const having = channels.filter(({ entries }) => entries.some(entry => entry.name === bundle.name))
      const images = [bundle.image, ...bundle.relatedImages.map(({ image }) => image)]
      return {
        package: name,
        bundle: bundle.name,
        channels: having.map(channel => channel.name),
        images: [...new Set(images)].filter(image => image !== '').sort(compareText),
      }
    }),
  )
}
