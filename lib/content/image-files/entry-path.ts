/** Names in layers are written by strangers: here they become paths inside the image, or are refused. */

/** What Linux takes as a path, bytes; counted in characters here, which are no more. */
const MAX_PATH = 4096
/** Folders in each other; no image comes near. */
const MAX_DEPTH = 255

/**
 * `./etc//os-release`, `/etc/os-release` → `etc/os-release`; the root is empty.
 * undefined when it leads out of the image, or is longer than any file system takes.
 */
export function entryPath(name: string): string | undefined {
  if (name.length > MAX_PATH || name.includes('\0')) return undefined
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length > MAX_DEPTH ? undefined : parts.join('/')
}

/** `a/b/c` → ``, `a`, `a/b`: the folders a path lies in, the root first; none for the root. */
export function foldersOf(path: string): readonly string[] {
  if (path === '') return []
  const folders = ['']
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    folders.push(path.slice(0, slash))
  return folders
}
