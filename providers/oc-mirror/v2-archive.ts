/**
 * An archive of oc-mirror v2 as it lies on a disc (oc-mirror v2, "Archive"): `mirror_000001.tar`, `mirror_000002.tar`, …
 * hold the cache's `docker/registry/v2`, the `working-dir` and the image set configuration as `isc_…`.
 *
 * An archive carries only blobs that no earlier one did, while links to them travel with every one. So a blob that is
 * missing may be in a file that was not brought, or in an earlier archive.
 */
import { PlaceError } from '../../lib/errors.ts'
import { findNumberedFiles, gapsIn, type NumberedFile, V2_FILE } from './numbered-files.ts'
import { openStore } from './open-store.ts'
import { registryStorage, STORAGE_FOLDER } from './registry-storage.ts'
import type { StoredImages } from './stored-images.ts'
import { openTarTree } from './tar-tree.ts'
import { WORKING_FOLDER } from './workspace-model.ts'

/** Links that nobody asks for: to the layers of repositories, and to what a tag named before. There are very many. */
const UNASKED = /^docker\/registry\/v2\/repositories\/.+\/(?:_layers\/|_manifests\/tags\/[^/]+\/index\/)/

/** Documents of an archive, and of a folder it was unpacked to. */
export function isWorkspaceDocument(name: string): boolean {
  return name === WORKING_FOLDER || name.startsWith('isc_')
}

/**
 * Reads the headers of all files once; no blob is read.
 *
 * @param only names of its files, where not all that lie in the folder belong to it
 * @throws PlaceError when there is no archive in the folder, nothing of it can be read, or it holds what oc-mirror never
 *   writes: links, devices, names that lead out of the folder
 */
export async function openOcMirrorArchive(
  folder: string,
  signal: AbortSignal,
  only?: readonly string[],
): Promise<StoredImages> {
  const name = `oc-mirror v2 archive ${folder}`
  const files = await findNumberedFiles(folder, V2_FILE, only)
  if (files.length === 0)
    throw new PlaceError(`there is no archive of oc-mirror v2 in ${folder}`, {
      hint: 'name the folder that holds mirror_000001.tar',
    })
  const paths = files.map(file => file.path)
  const tree = await openTarTree(name, paths, { allowsLinks: false, rename: placeInArchive }, signal)
  const top = await tree.list('')
  if (top.length === 0)
    throw new PlaceError(`nothing of the ${name} can be read: ${tree.problems.join('; ')}`, {
      hint: 'copy the files from the disc again',
    })
  const problems = [...gapProblems(files), ...tree.problems]
  if (!top.some(file => file.startsWith('isc_')))
    problems.push(`the last file is missing: what oc-mirror writes at the end (isc_…) is in none of them`)
  const store = registryStorage(tree, STORAGE_FOLDER, whyMissing(problems))
  return openStore({
    kind: 'oc-mirror-v2',
    folder,
    files: only,
    written: top.filter(file => file.startsWith('isc_')).at(-1),
    tree,
    store,
    problems,
    isDocument: isWorkspaceDocument,
  })
}

/** oc-mirror takes a member for what its name contains, whatever stands before that. */
function placeInArchive(name: string): string | undefined {
  const found = /(?:^|\/)((?:docker\/registry\/v2|working-dir)(?:\/.*)?)$/.exec(name)
  const place = found?.[1] ?? name
  return UNASKED.test(place) ? undefined : place
}

function gapProblems(files: readonly NumberedFile[]): readonly string[] {
  const gaps = gapsIn(
    files.map(({ number }) => number),
    1,
  )
  return gaps.map(number => `${fileName(number)} is missing`)
}

function whyMissing(problems: readonly string[]): string {
  const earlier = 'an earlier archive may carry it: oc-mirror ships every blob once'
  return problems.length === 0 ? earlier : `${problems.join('; ')}; or ${earlier}`
}

function fileName(number: number): string {
  return `mirror_${String(number).padStart(6, '0')}.tar`
}
