/**
 * The list of our files in a folder of resources <-> its text. What stands in it was written by mirrorform, so that it may
 * be replaced and removed; whatever else is in the folder belongs to somebody else.
 */
import { ResourceError } from '../errors.ts'
import { decodeFile, encodeFile, type FileKind } from '../files/file-kind.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import { compareText } from '../target.ts'
import type { ResourceFile } from './resource.ts'

/** In the folder; a name that `oc apply -f` passes over. */
export const LIST_NAME = '.mirrorform-resources'

/** Path -> what was written there. */
export type FolderList = ReadonlyMap<string, Digest>

const LIST_FILE: FileKind = {
  format: 'mirrorform-resources-list',
  version: 1,
  noun: 'list of resources',
  advice: 'move the folder away and make the resources again',
  Fault: ResourceError,
}
/** Below the folder and nowhere else. */
const INSIDE = /^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\\0]+$/

export function listOf(files: Iterable<Pick<ResourceFile, 'path' | 'text'>>): FolderList {
  return new Map([...files].map(({ path, text }) => [path, digestOf(text)]))
}

export function encodeFolderList(list: FolderList): string {
  const entities = [...list.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([path, digest]) => ({ path, digest }))
  return encodeFile(LIST_FILE, [{ key: 'files', entities }])
}

/** @param name the list's path, for messages. @throws ResourceError */
export function decodeFolderList(text: string, name: string): FolderList {
  return decodeFile(LIST_FILE, text, name, root => {
    const files = root.field('files').list(part => {
      const path = part.field('path').filledText()
      if (!INSIDE.test(path)) throw part.field('path').wrong('the path of a file in this folder')
      return [path, part.field('digest').digest()] as const
    })
    return new Map(files)
  })
}
