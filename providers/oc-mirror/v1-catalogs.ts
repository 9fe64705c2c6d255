/**
 * Catalogs in an archive of oc-mirror v1: layouts of their own below `catalogs/REGISTRY/PATH/TAG/layout` (oc-mirror v1,
 * workspace). What v1 publishes it makes of them only then, so they are none of the images of the archive; whoever asks for
 * one by its name, to filter it, gets it as it was at its source.
 */
import { algorithmOf, type Digest, hexOf } from '../../lib/oci/digest.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import { parseIndexFile } from '../layout/index.ts'
import type { ContentStore } from './content-store.ts'
import { type FileTree, filesBelow, readWhole } from './file-tree.ts'

export const CATALOGS = 'catalogs'
const LAYOUT = /^catalogs\/[^/]+\/(?<repository>.+)\/(?<name>[^/]+)\/layout\/index\.json$/
/** Larger ones, bytes, are none. */
const LARGEST_INDEX = 4 * 1024 * 1024

interface CatalogLayout {
  /** `registry.example.com/olm/demo-index:v1`, or with a digest in place of the tag. */
  readonly name: string
  readonly repository: RepositoryPath
  /** undefined for a catalog by digest. */
  readonly tag: Tag | undefined
  /** Of the tree. */
  readonly folder: string
  readonly digest: Digest | undefined
}

/** Sorted by place. @throws PlaceError for an index that cannot be read */
export async function findCatalogs(tree: FileTree): Promise<readonly CatalogLayout[]> {
  const found: CatalogLayout[] = []
  for (const file of await filesBelow(tree, CATALOGS)) {
    const { repository, name } = LAYOUT.exec(file)?.groups ?? {}
    const entry = await tree.find(file)
    if (repository === undefined || name === undefined || !isRepositoryPath(repository)) continue
    if (entry?.kind !== 'file') continue
    const text = Buffer.from(await readWhole(entry, file, LARGEST_INDEX)).toString()
    const [first] = parseIndexFile(text, `${file} in ${tree.name}`).entries
    const folder = file.slice(0, -'/index.json'.length)
    const place = folder.slice(CATALOGS.length + 1, -'/layout'.length)
    found.push({
      name: place.replace(/\/([^/]+)$/, isTag(name) ? ':$1' : '@$1'),
      repository,
      tag: isTag(name) ? name : undefined,
      folder,
      digest: first?.descriptor.digest,
    })
  }
  return found
}

/** The store with the catalogs in it for who asks for them by name, and in no listing. */
export function withCatalogs(
  store: ContentStore,
  tree: FileTree,
  catalogs: readonly CatalogLayout[],
): ContentStore {
  const of = (repository: RepositoryPath) => catalogs.filter(each => each.repository === repository)
  return {
    ...store,
    async tags(repository) {
      const tags = new Map(await store.tags(repository))
      for (const { tag, digest } of of(repository))
        if (tag !== undefined && !tags.has(tag)) tags.set(tag, digest)
      return tags
    },
    async find(repository, digest) {
      const own = await store.find(repository, digest)
      if (own !== undefined) return own
      for (const { folder } of of(repository)) {
        const entry = await tree.find(`${folder}/blobs/${algorithmOf(digest)}/${hexOf(digest)}`)
        if (entry?.kind === 'file') return entry
      }
      return undefined
    },
  }
}
