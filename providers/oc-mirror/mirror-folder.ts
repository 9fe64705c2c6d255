/**
 * The tree that `oc image mirror` writes for `file://` (`--dir`), and oc-mirror v1 after it:
 *
 *     v2/REPOSITORY/blobs/sha256:…        manifests and blobs
 *     v2/REPOSITORY/manifests/sha256:…    the same file once more, for manifests
 *     v2/REPOSITORY/manifests/TAG         a symbolic link to the digest beside it
 *     blobs/sha256:…                      in archives of oc-mirror v1 all blobs lie here instead
 *
 * On Windows `-` stands for `:`. Where a tree was copied by something that knows no links, a tag is a copy of its manifest.
 */
import { type Digest, digestOf, isDigest } from '../../lib/oci/digest.ts'
import { MAX_MANIFEST_BYTES } from '../../lib/oci/manifest.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import type { ContentStore } from './content-store.ts'
import { type FileTree, joinPath, readWhole, type StoredFile } from './file-tree.ts'

/** Where the repositories are below the folder that `--dir` names. */
export const MIRROR_FOLDER = 'v2'

type Named =
  | { readonly as: 'revision'; readonly digest: Digest }
  | { readonly as: 'tag'; readonly tag: Tag; readonly digest: Digest | undefined }

/** @param base the folder of the tree that holds the repositories */
export function mirrorFolder(tree: FileTree, base: string, whyMissing: string): ContentStore {
  const contentOf = (file: StoredFile, path: string): Promise<Digest | undefined> =>
    readWhole(file, `${path} in ${tree.name}`, MAX_MANIFEST_BYTES).then(digestOf, () => undefined)

  /** What one name of a `manifests` folder stands for. */
  const readName = async (folder: string, name: string): Promise<Named | undefined> => {
    const stated = digestNamed(name)
    const path = joinPath(folder, name)
    if (stated !== undefined && name.includes(':')) return { as: 'revision', digest: stated }
    const entry = await tree.find(path)
    if (entry?.kind === 'link')
      return isTag(name) ? { as: 'tag', tag: name, digest: digestNamed(entry.target) } : undefined
    if (entry?.kind !== 'file') return undefined
    const digest = await contentOf(entry, path)
    // `sha256-…` may be the digest itself, as Windows has to write it, or a tag that looks like one.
    if (stated !== undefined && digest === stated) return { as: 'revision', digest }
    return isTag(name) ? { as: 'tag', tag: name, digest } : undefined
  }

  const namesIn = async (repository: RepositoryPath): Promise<readonly Named[]> => {
    const folder = joinPath(base, repository, 'manifests')
    const found: Named[] = []
    for (const name of await tree.list(folder)) {
      const named = await readName(folder, name)
      if (named !== undefined) found.push(named)
    }
    return found
  }

  const isRepository = async (path: string): Promise<boolean> => {
    const folder = joinPath(base, path, 'manifests')
    for (const name of await tree.list(folder)) {
      const entry = await tree.find(joinPath(folder, name))
      if (entry !== undefined && entry.kind !== 'folder') return true
    }
    return false
  }

  const repositoriesBelow = async (path: string, signal: AbortSignal): Promise<RepositoryPath[]> => {
    signal.throwIfAborted()
    const found: RepositoryPath[] = []
    const isOne = isRepositoryPath(path) && (await isRepository(path))
    if (isOne) found.push(path)
    for (const name of await tree.list(joinPath(base, path))) {
      const below = joinPath(path, name)
      const isOwn = isOne && (name === 'blobs' || name === 'manifests')
      if (!isOwn && isRepositoryPath(below)) found.push(...(await repositoriesBelow(below, signal)))
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
      const tags = new Map<Tag, Digest | undefined>()
      for (const named of await namesIn(repository)) if (named.as === 'tag') tags.set(named.tag, named.digest)
      return tags
    },
    async revisions(repository) {
      const found = (await namesIn(repository)).flatMap(({ digest }) => digest ?? [])
      return [...new Set(found)]
    },
    async find(repository, digest) {
      const own = joinPath(base, repository)
      for (const folder of [`${own}/blobs`, `${own}/manifests`, 'blobs'])
        for (const name of [digest, digest.replace(':', '-')]) {
          const entry = await tree.find(joinPath(folder, name))
          if (entry?.kind === 'file') return entry
        }
      return undefined
    },
  }
}

/** `sha256:…`, or `sha256-…` as Windows has to write it. */
function digestNamed(name: string): Digest | undefined {
  const text = name.replace(/^(sha256|sha512)-/, '$1:')
  return isDigest(text) ? text : undefined
}
