/**
 * The workspace of oc-mirror v2 (`working-dir`) -> what was mirrored, as far as its files tell: releases and their
 * components, signatures, catalogs and the images of their bundles, the rules that clusters were given, configurations.
 *
 * It is history: several runs leave their files side by side, and nothing says that what they name is still at the target.
 * A file that cannot be read is a problem in the list and stops nothing.
 */
import path from 'node:path'
import { PlaceError } from '../../lib/errors.ts'
import { clusterRules } from './cluster-rules.ts'
import { filesBelow, readWhole } from './file-tree.ts'
import { openFolderTree } from './folder-tree.ts'
import { readCatalogs } from './workspace-catalogs.ts'
import { readConfigurations } from './workspace-configurations.ts'
import {
  WORKING_FOLDER,
  type Workspace,
  type WorkspaceFiles,
  type WorkspaceReading,
} from './workspace-model.ts'
import { readReleases } from './workspace-releases.ts'

/** Larger files, bytes, are none of those that are looked at. */
const LARGEST_FILE = 256 * 1024 * 1024

/**
 * @param place the folder with `working-dir` in it, or that one itself; or an archive, which carries its workspace
 * @throws PlaceError when there is no workspace
 */
export async function readWorkspace(place: string | WorkspaceFiles, signal: AbortSignal): Promise<Workspace> {
  const files = typeof place === 'string' ? workspaceFiles(place) : place
  const names = (await files.documents()).filter(name => name.startsWith(`${WORKING_FOLDER}/`))
  if (names.length === 0)
    throw new PlaceError(`there is no workspace of oc-mirror v2 in ${files.name}`, {
      hint: 'name the folder that oc-mirror was given with --workspace, or as file://: it holds working-dir',
    })
  const problems: string[] = []
  const reading: WorkspaceReading = {
    names: names.map(name => name.slice(WORKING_FOLDER.length + 1)),
    bytes: name => files.document(`${WORKING_FOLDER}/${name}`),
    async attempt(name, work) {
      signal.throwIfAborted()
      try {
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        problems.push(`${WORKING_FOLDER}/${name}: ${error instanceof Error ? error.message : String(error)}`)
        return undefined
      }
    },
  }
  const { releases, signatures, graphs } = await readReleases(reading)
  return {
    name: files.name,
    releases,
    signatures,
    graphs,
    catalogs: await readCatalogs(reading),
    configurations: await readConfigurations(reading),
    ...(await clusterRules(reading)),
    problems,
  }
}

/** @param folder the one with `working-dir` in it, or that one itself */
export function workspaceFiles(folder: string): WorkspaceFiles {
  const resolved = path.resolve(folder)
  const isInside = path.basename(resolved) === WORKING_FOLDER
  const tree = openFolderTree(isInside ? path.dirname(resolved) : resolved)
  return {
    name: folder,
    documents: () => filesBelow(tree, WORKING_FOLDER),
    async document(name) {
      const entry = await tree.find(name)
      if (entry?.kind !== 'file') throw new PlaceError(`there is no ${name} in ${folder}`, { status: 404 })
      return readWhole(entry, `${name} in ${folder}`, LARGEST_FILE)
    },
  }
}
