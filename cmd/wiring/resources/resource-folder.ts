/**
 * A folder of resources on disk: read, compared, and brought up to date. Everything is written to a temporary folder first
 * and then takes its place, so that a full disk or a crash leaves no half of a file.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, normalize, resolve } from 'node:path'
import { messageOf, ResourceError, UsageError } from '../../../lib/errors.ts'
import {
  decodeFolderList,
  encodeFolderList,
  type FileChange,
  type FolderList,
  type FoundFolder,
  folderChanges,
  isChange,
  LIST_NAME,
  listOf,
  type ResourceFile,
  type Resources,
} from '../../../lib/resources/index.ts'
import { makeFolder } from '../../../providers/folders.ts'
import { replaceFile } from '../../../state/index.ts'

/** The same folder as people write it: `out` for `./out/`. @throws UsageError for an empty name, as unset variables give */
export function plainFolder(folder: string): string {
  if (folder === '')
    throw new UsageError('the folder for the resources has no name', {
      hint: 'name one; for the folder you are in, write .',
    })
  return normalize(folder).replace(/(?<=.)\/+$/, '')
}

/** What is to become of the folder. Nothing is written. @throws ResourceError when something is in the way */
export async function compareFolder(folder: string, { files }: Resources): Promise<readonly FileChange[]> {
  return telling(folder, async () => folderChanges(files, await readFolder(folder, files)))
}

/** Brings the folder up to date, and says what became of each file. @throws ResourceError */
export async function writeFolder(folder: string, resources: Resources): Promise<readonly FileChange[]> {
  return telling(folder, async () => {
    const { files } = resources
    const found = await readFolder(folder, files)
    const changes = folderChanges(files, found)
    const list = listOf(files)
    if (changes.some(isChange) || !sameList(list, found.list)) await bring(folder, changes, list, found.list)
    return changes
  })
}

async function readFolder(folder: string, files: readonly ResourceFile[]): Promise<FoundFolder> {
  const isThere = await ifPresent(stat(folder))
  if (isThere !== undefined && !isThere.isDirectory())
    throw new ResourceError(`${folder} is a file`, { hint: 'name a folder' })
  const above = dirname(resolve(folder))
  if (isThere === undefined && (await ifPresent(stat(above))) === undefined)
    throw new ResourceError(`there is no folder ${above} for the resources`, {
      hint: `make it first: mkdir -p ${above}`,
    })
  const listPath = join(folder, LIST_NAME)
  const listText = await ifPresent(readFile(listPath, 'utf8'))
  const list: FolderList = listText === undefined ? new Map() : decodeFolderList(listText, listPath)
  const paths = new Set([...files.map(({ path }) => path), ...list.keys()])
  const texts = new Map<string, string>()
  for (const path of paths) {
    const text = await readOne(folder, path)
    if (text !== undefined) texts.set(path, text)
  }
  return { name: folder, list, texts }
}

/** undefined where nothing is. @throws ResourceError when a folder is in its place, or a file in that of its folder */
async function readOne(folder: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, path), 'utf8')
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT') return undefined
    if (code !== 'EISDIR' && code !== 'ENOTDIR') throw cause
    const what = code === 'EISDIR' ? `${path} is a folder` : `a file is in the way of ${path}`
    throw new ResourceError(`${folder} cannot hold the resources: ${what}`, {
      hint: 'choose another folder, or move away what is in the way',
      cause,
    })
  }
}

/**
 * While files take their places the list has old and new ones, each as it was before, so that a run after a crash knows all
 * of them and takes none for one that somebody changed.
 */
async function bring(
  folder: string,
  changes: readonly FileChange[],
  list: FolderList,
  listBefore: FolderList,
): Promise<void> {
  const isNew = (await ifPresent(stat(folder))) === undefined
  const [where, prefix] = temporariesOf(folder, isNew)
  await removeTemporaries(where, prefix)
  const temporary = join(where, `${prefix}${randomBytes(6).toString('hex')}.tmp`)
  await mkdir(temporary)
  const written = changes.flatMap(change => ('file' in change && isChange(change) ? [change.file] : []))
  try {
    for (const { path, text } of written) await writeInto(temporary, path, text)
    await writeInto(temporary, LIST_NAME, encodeFolderList(list))
    if (isNew) {
      await rename(temporary, folder)
      return
    }
    await writeInto(folder, LIST_NAME, encodeFolderList(new Map([...list, ...listBefore])))
    for (const { path } of written) {
      await makeFolder(dirname(join(folder, path)))
      await rename(join(temporary, path), join(folder, path))
    }
    for (const { do: what, path } of changes) if (what === 'remove') await removeFile(folder, path)
    await rename(join(temporary, LIST_NAME), join(folder, LIST_NAME))
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** On the same file system: inside of a folder that is there, which may be a mount or a link, else beside it. */
function temporariesOf(folder: string, isNew: boolean): readonly [where: string, prefix: string] {
  return isNew ? [dirname(resolve(folder)), `${basename(resolve(folder))}.`] : [folder, `${LIST_NAME}.`]
}

/** How names of ours end after the prefix. */
const TEMPORARY = /^[0-9a-f]{12}\.tmp$/

/** Of runs that were killed. */
async function removeTemporaries(where: string, prefix: string): Promise<void> {
  for (const name of await readdir(where))
    if (name.startsWith(prefix) && TEMPORARY.test(name.slice(prefix.length)))
      await rm(join(where, name), { recursive: true, force: true })
}

async function writeInto(folder: string, path: string, text: string): Promise<void> {
  const place = join(folder, path)
  await makeFolder(dirname(place))
  await replaceFile(place, Buffer.from(text))
}

/** With the folders above it that are empty now. */
async function removeFile(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true })
  for (let at = dirname(path); at !== '.'; at = dirname(at)) {
    const isGone = await rmdir(join(folder, at)).then(
      () => true,
      () => false,
    )
    if (!isGone) return
  }
}

function sameList(a: FolderList, b: FolderList): boolean {
  return a.size === b.size && [...a].every(([path, digest]) => b.get(path) === digest)
}

async function ifPresent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

async function telling<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause
    throw new ResourceError(`cannot write resources to ${folder}: ${messageOf(cause)}`, {
      hint: 'name a folder that can be written, with room for a few small files',
      cause,
    })
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
