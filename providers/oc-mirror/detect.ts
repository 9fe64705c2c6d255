/**
 * A folder -> what it is: one of our archives, an OCI layout, or what another mirroring tool wrote. Only names are looked
 * at; whether it can be read is for its reader to say.
 */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { PlaceError, UsageError } from '../../lib/errors.ts'
import { openFolderTree } from './folder-tree.ts'
import { openLayoutFolder } from './layout-folder.ts'
import { V1_FILE, V2_FILE } from './numbered-files.ts'
import { mirrorBase, openImageMirrorFolder, openRegistryStorage, storageBase } from './plain-folders.ts'
import type { StoredImages, StoredKind } from './stored-images.ts'
import { openOcMirrorV1Archive } from './v1-archive.ts'
import { openOcMirrorArchive } from './v2-archive.ts'
import { WORKING_FOLDER } from './workspace-model.ts'

/** `workspace` is that of oc-mirror v2 without an archive beside it: it says what was mirrored, and holds no images. */
export type DetectedKind = StoredKind | 'archive' | 'workspace'

/** Volumes of our own archives, without the list that belongs to them. */
const OWN_VOLUME = /^mirrorform-\d{6}\.tar$/
const KNOWN =
  'known are: archives of mirrorform (archive.json), OCI layouts (index.json), archives of oc-mirror v2 (mirror_000001.tar) and v1 (mirror_seq1_000000.tar), storage of a docker-registry (docker/registry/v2) and folders of oc image mirror (v2/REPOSITORY/manifests)'

/**
 * @throws PlaceError when there is no such folder, or it is none of those known; UsageError when it is two of them, or a
 *   file is named instead of its folder
 */
export async function detectSource(folder: string): Promise<DetectedKind> {
  const names = await namesIn(folder)
  const has = (pattern: RegExp): boolean => names.some(name => pattern.test(name))
  if (names.includes('archive.json') || names.includes('archive.partial') || has(OWN_VOLUME)) return 'archive'
  const archives: StoredKind[] = [
    ...(has(V2_FILE) ? (['oc-mirror-v2'] as const) : []),
    ...(has(V1_FILE) ? (['oc-mirror-v1'] as const) : []),
  ]
  if (archives.length > 1)
    throw new UsageError(`${folder} holds archives of oc-mirror v1 and of oc-mirror v2`, {
      hint: 'put them into folders of their own',
    })
  const [archive] = archives
  if (archive !== undefined) return archive
  if (names.includes('oci-layout') || (names.includes('index.json') && names.includes('blobs')))
    return 'oci-layout'
  const tree = openFolderTree(folder)
  if ((await storageBase(tree)) !== undefined) return 'registry-storage'
  if ((await mirrorBase(folder, tree)) !== undefined) return 'image-mirror'
  if (names.includes(WORKING_FOLDER) || path.basename(path.resolve(folder)) === WORKING_FOLDER)
    return 'workspace'
  throw new PlaceError(`${folder} holds no images in a form that mirrorform reads`, {
    hint: names.length === 0 ? `the folder is empty; ${KNOWN}` : KNOWN,
  })
}

/** Opens what another tool left in a folder, whichever tool it was. @throws as `detectSource`, and as the reader */
export async function openStoredImages(folder: string, signal: AbortSignal): Promise<StoredImages> {
  const kind = await detectSource(folder)
  switch (kind) {
    case 'oc-mirror-v2':
      return openOcMirrorArchive(folder, signal)
    case 'oc-mirror-v1':
      return openOcMirrorV1Archive(folder, signal)
    case 'registry-storage':
      return openRegistryStorage(folder)
    case 'image-mirror':
      return openImageMirrorFolder(folder)
    case 'oci-layout':
      return openLayoutFolder(folder)
    case 'archive':
    case 'workspace':
      throw new UsageError(
        `${folder} was not written by another tool as a copy of images: it is ${NAMES[kind]}`,
      )
    default:
      return kind satisfies never
  }
}

const NAMES = {
  archive: 'an archive of mirrorform',
  workspace: 'the workspace of oc-mirror v2, which holds no images',
} as const

async function namesIn(folder: string): Promise<readonly string[]> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined)
    throw new PlaceError(`there is no folder ${folder}`, {
      hint: 'check the path, and that the disc is mounted',
    })
  if (!found.isDirectory())
    throw new UsageError(`${folder} is a file`, {
      hint: `name the folder it lies in: ${path.dirname(folder)}`,
    })
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new PlaceError(`cannot read the folder ${folder}`, { cause, hint: 'check that you may read it' })
  }
}
