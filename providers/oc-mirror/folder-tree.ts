/** A folder on the disk as a tree of files. */
import { lstat, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import { compareText } from '../../lib/target.ts'
import { isMissing } from '../layout/index.ts'
import type { FileTree, TreeEntry } from './file-tree.ts'

/** Nothing is read before the first question, and nothing is remembered. */
export function openFolderTree(folder: string): FileTree {
  return {
    name: folder,
    async list(below) {
      const names = await whereThere(folder, () => readdir(path.join(folder, below)))
      return (names ?? []).sort(compareText)
    },
    async find(below) {
      const leadsOut = below.split('/').includes('..')
      return leadsOut ? undefined : whereThere(folder, () => look(path.join(folder, below)))
    },
  }
}

async function look(file: string): Promise<TreeEntry | undefined> {
  const found = await lstat(file)
  if (found.isFile()) return { kind: 'file', file, offset: 0, size: found.size }
  if (found.isDirectory()) return { kind: 'folder' }
  return found.isSymbolicLink() ? { kind: 'link', target: await readlink(file) } : undefined
}

/** @throws PlaceError when the disk refuses. */
async function whereThere<T>(folder: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw new PlaceError(`cannot read the folder ${folder}`, {
      cause: error,
      hint: 'check that it is a folder and that you may read it',
    })
  }
}
