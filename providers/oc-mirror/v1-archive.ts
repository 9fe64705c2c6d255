/**
 * Archives of oc-mirror v1 that lie in one folder: `mirror_seq1_000000.tar` and what follows. Each holds the manifests of
 * everything under `v2/`, the blobs that no earlier sequence carried under `blobs/`, and `publish/.metadata.json`, which
 * says where each image came from. Files of several sequences in one folder are read together.
 */
import { PlaceError } from '../../lib/errors.ts'
import { readWhole } from './file-tree.ts'
import type { OriginOf } from './list-images.ts'
import { MIRROR_FOLDER, mirrorFolder } from './mirror-folder.ts'
import { findNumberedFiles, gapsIn, type NumberedFile, V1_FILE } from './numbered-files.ts'
import { openStore } from './open-store.ts'
import type { StoredImages } from './stored-images.ts'
import { openTarTree, type TarTree } from './tar-tree.ts'
import { CATALOGS, findCatalogs, withCatalogs } from './v1-catalogs.ts'
import { METADATA_FILE, readOrigins } from './v1-metadata.ts'

const DOCUMENTS: ReadonlySet<string> = new Set([
  'publish',
  CATALOGS,
  'charts',
  'release-signatures',
  'cincinnati',
])
/** Larger metadata, bytes, is none. */
const LARGEST_METADATA = 256 * 1024 * 1024

/**
 * @param only names of its files, where not all that lie in the folder belong to it
 * @throws PlaceError when there is no archive in the folder, nothing of it can be read, or it holds what is no content.
 */
export async function openOcMirrorV1Archive(
  folder: string,
  signal: AbortSignal,
  only?: readonly string[],
): Promise<StoredImages> {
  const name = `oc-mirror v1 archive ${folder}`
  const files = await findNumberedFiles(folder, V1_FILE, only)
  if (files.length === 0)
    throw new PlaceError(`there is no archive of oc-mirror v1 in ${folder}`, {
      hint: 'name the folder that holds mirror_seq1_000000.tar',
    })
  const paths = files.map(file => file.path)
  const tree = await openTarTree(name, paths, { allowsLinks: true }, signal)
  if ((await tree.list('')).length === 0)
    throw new PlaceError(`nothing of the ${name} can be read: ${tree.problems.join('; ')}`, {
      hint: 'copy the files from the disc again',
    })
  const gaps = gapProblems(files)
  const catalogs = await findCatalogs(tree)
  const images = mirrorFolder(tree, MIRROR_FOLDER, whyMissing(files, [...gaps, ...tree.problems]))
  const store = withCatalogs(images, tree, catalogs)
  const { originOf, problem } = await originsIn(tree)
  return openStore({
    kind: 'oc-mirror-v1',
    folder,
    files: only,
    written: String(Math.max(...files.map(({ sequence }) => sequence))).padStart(9, '0'),
    tree,
    store,
    problems: [
      ...gaps,
      ...tree.problems,
      ...(problem === undefined ? [] : [problem]),
      ...catalogs.map(toldApart),
    ],
    originOf,
    isDocument: top => DOCUMENTS.has(top),
  })
}

function toldApart({ name }: { readonly name: string }): string {
  return `the catalog ${name} is brought only where an image set asks for it: oc-mirror v1 makes it while it publishes`
}

/** Without metadata images are there all the same; nobody knows where they came from. */
async function originsIn(
  tree: TarTree,
): Promise<{ readonly originOf: OriginOf; readonly problem: string | undefined }> {
  const entry = await tree.find(METADATA_FILE)
  if (entry?.kind !== 'file') return { originOf: () => undefined, problem: `${METADATA_FILE} is missing` }
  const bytes = await readWhole(entry, `${METADATA_FILE} in ${tree.name}`, LARGEST_METADATA)
  const originOf = readOrigins(Buffer.from(bytes).toString())
  if (originOf === undefined)
    return {
      originOf: () => undefined,
      problem: `${METADATA_FILE} cannot be read as metadata of oc-mirror v1`,
    }
  return { originOf, problem: undefined }
}

function gapProblems(files: readonly NumberedFile[]): readonly string[] {
  const sequences = [...new Set(files.map(({ sequence }) => sequence))]
  const absent = gapsIn(sequences, Math.min(...sequences)).map(
    sequence => `the archive of sequence ${sequence} is missing`,
  )
  const cut = sequences.flatMap(sequence => {
    const numbers = files.filter(file => file.sequence === sequence).map(({ number }) => number)
    return gapsIn(numbers, 0).map(
      number => `mirror_seq${sequence}_${String(number).padStart(6, '0')}.tar is missing`,
    )
  })
  return [...absent, ...cut]
}

function whyMissing(files: readonly NumberedFile[], problems: readonly string[]): string {
  const first = Math.min(...files.map(({ sequence }) => sequence))
  const earlier =
    first > 1
      ? `archives of sequences below ${first} may carry it: put their files into the same folder`
      : 'its file may not have been brought'
  return problems.length === 0 ? earlier : `${problems.join('; ')}; or ${earlier}`
}
