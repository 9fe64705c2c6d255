/**
 * Folders of images that lie open on a disk: the storage of a docker-registry, the cache of oc-mirror v2, what an archive
 * of it was unpacked to, and the tree of `oc image mirror --dir`.
 */
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import { type FileTree, joinPath } from './file-tree.ts'
import { openFolderTree } from './folder-tree.ts'
import { MIRROR_FOLDER, mirrorFolder } from './mirror-folder.ts'
import { openStore } from './open-store.ts'
import { registryStorage, STORAGE_FOLDER } from './registry-storage.ts'
import type { StoredImages } from './stored-images.ts'
import { isWorkspaceDocument } from './v2-archive.ts'

/** Where a storage may be below the folder that a person names. `--cache-dir` is three folders above it. */
const STORAGE_BASES = [
  '',
  STORAGE_FOLDER,
  'registry/v2',
  'v2',
  `.oc-mirror/.cache/${STORAGE_FOLDER}`,
  `.cache/${STORAGE_FOLDER}`,
]
/** Where the repositories of `oc image mirror` may be; the last two are those of a workspace of oc-mirror v1. */
const MIRROR_BASES = [MIRROR_FOLDER, `src/${MIRROR_FOLDER}`, `oc-mirror-workspace/src/${MIRROR_FOLDER}`]
/** Folders looked into before a tree is said to hold no repository. */
const LOOKED_INTO = 2000

/** @throws PlaceError when it is no such folder. */
export async function openRegistryStorage(folder: string): Promise<StoredImages> {
  const tree = openFolderTree(folder)
  const base = await storageBase(tree)
  if (base === undefined)
    throw new PlaceError(
      `${folder} is not the storage of a registry: it has no ${STORAGE_FOLDER}/repositories`,
    )
  const named = { ...tree, name: `registry storage ${folder}` }
  const store = registryStorage(
    named,
    base,
    'the storage is incomplete; copy it again while its registry is stopped',
  )
  return openStore({ kind: 'registry-storage', folder, tree: named, store, isDocument: isWorkspaceDocument })
}

/** @throws PlaceError when it is no such folder. */
export async function openImageMirrorFolder(folder: string): Promise<StoredImages> {
  const tree = openFolderTree(folder)
  const base = await mirrorBase(folder, tree)
  if (base === undefined)
    throw new PlaceError(`${folder} was not written by oc image mirror: it has no v2/REPOSITORY/manifests`)
  const named = { ...tree, name: `mirror folder ${folder}` }
  const store = mirrorFolder(
    named,
    base,
    'the folder is incomplete; run oc image mirror again, or copy it with its links',
  )
  return openStore({ kind: 'image-mirror', folder, tree: named, store })
}

export async function storageBase(tree: FileTree): Promise<string | undefined> {
  for (const base of STORAGE_BASES) {
    const entry = await tree.find(joinPath(base, 'repositories'))
    const names = await tree.list(base)
    if (entry?.kind === 'folder' && names.includes('blobs')) return base
  }
  return undefined
}

export async function mirrorBase(folder: string, tree: FileTree): Promise<string | undefined> {
  for (const base of MIRROR_BASES) if (await holdsRepository(tree, base)) return base
  const isBase = path.basename(path.resolve(folder)) === MIRROR_FOLDER
  return isBase && (await holdsRepository(tree, '')) ? '' : undefined
}

/** Whether some folder below has both `manifests` and `blobs`: breadth first, and not without end. */
async function holdsRepository(tree: FileTree, base: string): Promise<boolean> {
  const waiting = [base]
  for (let looked = 0; looked < LOOKED_INTO; looked++) {
    const folder = waiting.shift()
    if (folder === undefined) return false
    const names = await tree.list(folder)
    if (names.includes('manifests') && names.includes('blobs')) return folder !== base
    waiting.push(...names.map(name => joinPath(folder, name)))
  }
  return false
}
