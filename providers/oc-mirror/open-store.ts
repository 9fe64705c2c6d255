/** A content store and the tree it lies in -> the images and documents that this room offers. */
import { PlaceError } from '../../lib/errors.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import { oncePerKey } from '../../lib/once-per-key.ts'
import { compareText } from '../../lib/target.ts'
import type { ContentStore } from './content-store.ts'
import { type FileTree, filesBelow, readWhole } from './file-tree.ts'
import { listImages, type OriginOf } from './list-images.ts'
import { missingContent } from './missing-content.ts'
import type { StoredImages, StoredKind, StoredReader } from './stored-images.ts'
import { StoredRepository } from './stored-repository.ts'

/** Documents are read as a whole; larger than this, bytes, is none. */
const LARGEST_DOCUMENT = 256 * 1024 * 1024

export interface StoreParts {
  readonly kind: StoredKind
  readonly folder: string
  readonly files?: readonly string[] | undefined
  readonly written?: string | undefined
  readonly tree: FileTree
  readonly store: ContentStore
  readonly problems?: readonly string[]
  readonly originOf?: OriginOf
  /** Whether a name at the top of the tree is a document, or a folder of documents. Default: none is. */
  readonly isDocument?: (name: string) => boolean
}

export function openStore(parts: StoreParts): StoredImages {
  const { kind, folder, tree, store, problems = [], originOf = () => undefined } = parts
  const { isDocument = () => false, files, written } = parts
  const readers = new Map<RepositoryPath, StoredReader>()
  const once = oncePerKey<RepositoryPath, readonly Digest[]>()
  const repository = (path: RepositoryPath): StoredReader => {
    const reader = readers.get(path) ?? new StoredRepository(store, path)
    readers.set(path, reader)
    return reader
  }
  return {
    kind,
    name: store.name,
    folder,
    files,
    written,
    problems,
    repository,
    tags: path => store.tags(path),
    has: async (path, digest) => (await store.find(path, digest)) !== undefined,
    revisions: path => once(path, () => store.revisions(path)),
    repositories: signal => store.repositories(signal),
    list: signal => listImages(store, repository, originOf, signal),
    missing: (image, signal) => missingContent(store, repository(image.repository), image, signal),
    async documents() {
      const found: string[] = []
      for (const name of (await tree.list('')).filter(isDocument)) {
        const entry = await tree.find(name)
        if (entry?.kind === 'file') found.push(name)
        if (entry?.kind === 'folder') found.push(...(await filesBelow(tree, name)))
      }
      return found.sort(compareText)
    },
    async document(name) {
      const what = `${name} in ${store.name}`
      const entry = isDocument(name.split('/', 1)[0] ?? '') ? await tree.find(name) : undefined
      if (entry?.kind !== 'file') throw new PlaceError(`there is no ${what}`, { status: 404 })
      return readWhole(entry, what, LARGEST_DOCUMENT)
    },
  }
}
