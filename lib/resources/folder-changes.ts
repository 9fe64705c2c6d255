/**
 * Resources × what a folder holds -> what becomes of each file. Files of ours are replaced and removed; a file that is not
 * ours is never touched: where it stands in the way, nothing is done at all.
 */
import { ResourceError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import { compareText } from '../target.ts'
import type { FolderList } from './folder-list.ts'
import { MARKER } from './marker.ts'
import type { ResourceFile } from './resource.ts'

export interface FoundFolder {
  /** For messages. */
  readonly name: string
  /** What the list in the folder says is ours; empty where there is no list. */
  readonly list: FolderList
  /** Texts of those listed or generated files that are there. */
  readonly texts: ReadonlyMap<string, string>
}

export type FileChange =
  | { readonly do: 'create'; readonly path: string; readonly file: ResourceFile }
  | {
      readonly do: 'replace'
      readonly path: string
      readonly file: ResourceFile
      readonly before: string
      /** It is not as mirrorform left it. */
      readonly edited: boolean
    }
  | { readonly do: 'keep'; readonly path: string; readonly file: ResourceFile }
  | { readonly do: 'remove'; readonly path: string; readonly before: string }
  /** No longer made, and somebody changed it: it is left to them. */
  | { readonly do: 'leave'; readonly path: string }

/** Sorted by path. @throws ResourceError naming every file that is in the way and not ours */
export function folderChanges(files: readonly ResourceFile[], found: FoundFolder): readonly FileChange[] {
  const made = new Set(files.map(({ path }) => path))
  const foreign = files.filter(({ path, text }) => isForeign(path, text, found)).map(({ path }) => path)
  if (foreign.length > 0)
    throw new ResourceError(`${found.name} has files that mirrorform did not write: ${foreign.join(', ')}`, {
      hint: 'choose another folder with --out, or move these files away',
    })
  const changes = files.map((file): FileChange => {
    const { path, text } = file
    const before = found.texts.get(path)
    if (before === undefined) return { do: 'create', path, file }
    if (before === text) return { do: 'keep', path, file }
    return { do: 'replace', path, file, before, edited: isEdited(path, before, found) }
  })
  const gone = [...found.list.keys()].flatMap((path): readonly FileChange[] => {
    const before = found.texts.get(path)
    if (made.has(path) || before === undefined) return []
    return [isEdited(path, before, found) ? { do: 'leave', path } : { do: 'remove', path, before }]
  })
  return [...changes, ...gone].sort((a, b) => compareText(a.path, b.path))
}

export function isChange({ do: what }: FileChange): boolean {
  return what === 'create' || what === 'replace' || what === 'remove'
}

function isForeign(path: string, text: string, { list, texts }: FoundFolder): boolean {
  const before = texts.get(path)
  return before !== undefined && before !== text && !list.has(path) && !before.startsWith(MARKER)
}

function isEdited(path: string, before: string, { list }: FoundFolder): boolean {
  const written = list.get(path)
  return written !== undefined && written !== digestOf(before)
}
