/**
 * The storage folder of a docker-registry (distribution 2 and 3, "storage/paths": `repositories` with links to digests,
 * `blobs` by digest), which is also the cache of oc-mirror v2 and what its archives carry.
 *
 * Blobs belong to no repository. A link is a small file that holds a digest.
 */
import { algorithmOf, type Digest, hexOf, isDigest } from '../../lib/oci/digest.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import type { ContentStore } from './content-store.ts'
import { type FileTree, joinPath, readWhole } from './file-tree.ts'

/** Where the storage begins below the folder that a registry is given. */
export const STORAGE_FOLDER = 'docker/registry/v2'
/** A link holds a digest and nothing else; bytes. */
const LONGEST_LINK = 256

/** @param base the folder of the tree that holds `repositories` and `blobs` */
export function registryStorage(tree: FileTree, base: string, whyMissing: string): ContentStore {
  const manifestsOf = (repository: RepositoryPath): string =>
    joinPath(base, 'repositories', repository, '_manifests')

  const readLink = async (path: string): Promise<Digest | undefined> => {
    const entry = await tree.find(path)
    if (entry?.kind !== 'file' || entry.size > LONGEST_LINK) return undefined
    const text = Buffer.from(await readWhole(entry, `${path} in ${tree.name}`, LONGEST_LINK)).toString()
    return isDigest(text.trim()) ? (text.trim() as Digest) : undefined
  }

  /** Depth first; names that begin with `_` are the storage's own. */
  const repositoriesBelow = async (path: string, signal: AbortSignal): Promise<RepositoryPath[]> => {
    signal.throwIfAborted()
    const names = await tree.list(joinPath(base, 'repositories', path))
    const found: RepositoryPath[] = []
    if (names.includes('_manifests') && isRepositoryPath(path)) found.push(path)
    for (const name of names) {
      const below = joinPath(path, name)
      if (!name.startsWith('_') && isRepositoryPath(below))
        found.push(...(await repositoriesBelow(below, signal)))
    }
    return found
  }

  return {
    name: tree.name,
    whyMissing,
    async repositories(signal) {
      return (await repositoriesBelow('', signal)).sort()
    },
    async tags(repository) {
      const folder = joinPath(manifestsOf(repository), 'tags')
      const tags = new Map<Tag, Digest | undefined>()
      for (const name of await tree.list(folder))
        if (isTag(name)) tags.set(name, await readLink(joinPath(folder, name, 'current', 'link')))
      return tags
    },
    async revisions(repository) {
      const found: Digest[] = []
      for (const algorithm of ['sha256', 'sha512']) {
        const folder = joinPath(manifestsOf(repository), 'revisions', algorithm)
        for (const hex of await tree.list(folder)) {
          const digest = `${algorithm}:${hex}`
          // What was deleted leaves its folder behind, without the link.
          const link = isDigest(digest) ? await tree.find(joinPath(folder, hex, 'link')) : undefined
          if (isDigest(digest) && link?.kind === 'file') found.push(digest)
        }
      }
      return found
    },
    async find(_repository, digest) {
      const hex = hexOf(digest)
      const path = joinPath(base, 'blobs', algorithmOf(digest), hex.slice(0, 2), hex, 'data')
      const entry = await tree.find(path)
      return entry?.kind === 'file' ? entry : undefined
    },
  }
}
