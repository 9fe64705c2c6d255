/**
 * Tar files that lie beside each other -> one tree of files. Where several hold the same name, the later file counts, as
 * if they had been unpacked one after the other.
 *
 * Nothing is unpacked, so no name could do harm; those that would when unpacked are refused all the same, because no tool
 * writes them by accident.
 */
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import { compareText } from '../../lib/target.ts'
import type { FileTree, TreeEntry } from './file-tree.ts'
import { scanTar, type TarMember } from './tar-scan.ts'

export interface TarTree extends FileTree {
  /** Files that are cut short or damaged, in words; what stands before that place is in the tree. */
  readonly problems: readonly string[]
}

export interface TarTreeOptions {
  /** Whether symbolic links may be members, as long as they lead to a name right beside them. */
  readonly allowsLinks: boolean
  /** What a member is called in the tree; undefined leaves it out. */
  readonly rename?: (name: string) => string | undefined
}

/**
 * Reads the headers of all files once.
 *
 * @param name the archive, for messages
 * @throws PlaceError when a file cannot be read, or a member is a device, a link or a name that leads out of the folder
 */
export async function openTarTree(
  name: string,
  files: readonly string[],
  { allowsLinks, rename = given => given }: TarTreeOptions,
  signal: AbortSignal,
): Promise<TarTree> {
  const entries = new Map<string, TreeEntry>()
  const children = new Map<string, Set<string>>()
  const problems: string[] = []
  for (const file of files) {
    const take = (member: TarMember): void => {
      const entry = entryOf(file, member, allowsLinks)
      const where = rename(plainName(file, member))
      if (where === undefined) return
      if (entry.kind !== 'folder') entries.set(where, entry)
      addToFolders(children, where)
    }
    const problem = await scanTar(file, take, signal)
    if (problem !== undefined) problems.push(`${path.basename(file)} ${problem}`)
  }
  return {
    name,
    problems,
    async list(folder) {
      return [...(children.get(folder) ?? [])].sort(compareText)
    },
    async find(where) {
      return entries.get(where) ?? (children.has(where) ? { kind: 'folder' } : undefined)
    },
  }
}

function entryOf(file: string, member: TarMember, allowsLinks: boolean): TreeEntry {
  const { type, link, offset, size, bytes } = member
  if (type === '0' || type === '7') return { kind: 'file', file, offset, size, ...(bytes && { bytes }) }
  if (type === '5') return { kind: 'folder' }
  const isBeside = link !== '' && link !== '..' && !/[/\\\0]/.test(link)
  if (type === '2' && allowsLinks && isBeside) return { kind: 'link', target: link }
  throw hostile(
    file,
    `${JSON.stringify(member.name)} is ${describeType(type)}${link && ` to ${JSON.stringify(link)}`}`,
  )
}

/** Without `./` before and `/` after it. */
function plainName(file: string, { name }: TarMember): string {
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  const leads = name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name) || parts.includes('..')
  if (leads || /[\0\\]/.test(name)) throw hostile(file, `it has a member called ${JSON.stringify(name)}`)
  return parts.join('/')
}

function addToFolders(children: Map<string, Set<string>>, where: string): void {
  for (let below = where; below !== ''; ) {
    const slash = below.lastIndexOf('/')
    const folder = slash < 0 ? '' : below.slice(0, slash)
    const names = children.get(folder) ?? new Set()
    children.set(folder, names)
    const name = below.slice(slash + 1)
    if (names.has(name)) return
    names.add(name)
    below = folder
  }
}

function describeType(type: string): string {
  if (type === '1') return 'a hard link'
  if (type === '2') return 'a symbolic link'
  return `no file: its type is ${JSON.stringify(type)}`
}

function hostile(file: string, what: string): PlaceError {
  return new PlaceError(`${file} is refused: ${what}`, {
    hint: 'no mirroring tool writes that; ask where this file comes from, and do not unpack it',
  })
}
