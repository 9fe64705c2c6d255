/**
 * One repository of a tree that `oc image mirror --dir` wrote, by its own folder: `DIR/v2/openshift/release`. So it can be
 * named like a layout folder, as a source among others.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseRepositoryPath } from '../../lib/oci/reference.ts'
import { openFolderTree } from './folder-tree.ts'
import { mirrorFolder } from './mirror-folder.ts'
import type { StoredReader } from './stored-images.ts'
import { StoredRepository } from './stored-repository.ts'

/** Whether a folder is such a repository, and no layout. */
export function isMirrorRepository(folder: string): boolean {
  const has = (name: string) => existsSync(path.join(folder, name))
  return has('manifests') && has('blobs') && !has('oci-layout') && !has('index.json')
}

/** @throws SyntaxFault when its name is no part of a repository path */
export function openMirrorRepository(folder: string): StoredReader {
  const whole = path.resolve(folder)
  const tree = openFolderTree(path.dirname(whole))
  const store = mirrorFolder(
    { ...tree, name: `mirror folder ${path.dirname(folder)}` },
    '',
    'the folder is incomplete; run oc image mirror again, or copy it with its links',
  )
  return new StoredRepository(store, parseRepositoryPath(path.basename(whole)))
}
