/**
 * An OCI image layout, whoever wrote it, as a content store: the entries of `index.json` by repository and tag.
 *
 * Tools name entries as they like: `repository:tag`, a whole reference, or a tag alone. The host is dropped, as in every
 * store of this room; what names no repository is in one that is called like the folder.
 */
import path from 'node:path'
import { algorithmOf, type Digest, hexOf } from '../../lib/oci/digest.ts'
import {
  isRepositoryPath,
  isTag,
  parseReference,
  parseRepositoryPath,
  type Reference,
  type RepositoryPath,
  type Tag,
} from '../../lib/oci/reference.ts'
import { LayoutIndex, parseImageName } from '../layout/index.ts'
import { openFolderTree } from './folder-tree.ts'
import { openStore } from './open-store.ts'
import type { StoredImages } from './stored-images.ts'

interface NamedEntry {
  readonly repository: RepositoryPath
  readonly tag: Tag | undefined
  readonly digest: Digest
  readonly origin: string | undefined
}

/** @throws PlaceError when it is no layout, or a damaged one. */
export async function openLayoutFolder(folder: string): Promise<StoredImages> {
  const own = repositoryNamed(folder)
  const { entries } = await new LayoutIndex(folder).read()
  const named = entries.map(
    ({ name, repository, descriptor: { digest } }): NamedEntry =>
      name === undefined
        ? { repository: asRepository(repository) ?? own, tag: undefined, digest, origin: undefined }
        : { ...placeOf(name, own), digest },
  )
  const tree = { ...openFolderTree(folder), name: `OCI layout ${folder}` }
  const within = (repository: RepositoryPath) => named.filter(entry => entry.repository === repository)
  const origins = new Map(named.map(({ repository, tag, origin }) => [`${repository}:${tag}`, origin]))
  const entriesOf = (repository: RepositoryPath): readonly [Tag, Digest][] =>
    within(repository).flatMap(({ tag, digest }): [Tag, Digest][] =>
      tag === undefined ? [] : [[tag, digest]],
    )
  return openStore({
    kind: 'oci-layout',
    folder,
    tree,
    originOf: ({ repository, tag }) => origins.get(`${repository}:${tag}`),
    store: {
      name: tree.name,
      whyMissing: 'the layout is incomplete; copy it again',
      repositories: async () => [...new Set(named.map(({ repository }) => repository))].sort(),
      tags: async repository => new Map(entriesOf(repository)),
      revisions: async repository => [...new Set(within(repository).map(({ digest }) => digest))],
      async find(_repository, digest) {
        const entry = await tree.find(`blobs/${algorithmOf(digest)}/${hexOf(digest)}`)
        return entry?.kind === 'file' ? entry : undefined
      },
    },
  })
}

function placeOf(name: string, own: RepositoryPath): Omit<NamedEntry, 'digest'> {
  if (isTag(name)) return { repository: own, tag: name, origin: undefined }
  const hasHost = /^(?:[^/]*[.:][^/]*|localhost)\//.test(name)
  const whole: Reference | undefined = hasHost ? referenceIn(name) : undefined
  if (whole !== undefined) return { repository: whole.path, tag: whole.tag, origin: name }
  const { repository, tag } = parseImageName(name) ?? { repository: own, tag: undefined }
  return { repository, tag, origin: undefined }
}

function referenceIn(name: string): Reference | undefined {
  try {
    return parseReference(name)
  } catch {
    return undefined
  }
}

/** `/srv/My Layout` → `my-layout` */
function repositoryNamed(folder: string): RepositoryPath {
  const name = path
    .basename(path.resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  const bare = name.replace(/^-+|-+$/g, '')
  return asRepository(bare) ?? parseRepositoryPath('images')
}

function asRepository(text: string | undefined): RepositoryPath | undefined {
  return text !== undefined && isRepositoryPath(text) ? text : undefined
}
