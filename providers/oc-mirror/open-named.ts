/**
 * Names from a command line -> what other tools left there: folders, and files of archives, which may be named one by one.
 * Files in the same folder are one archive; of several archives of one tool the newest comes first, and what else
 * there is comes as it was named.
 */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { PlaceError, PlanError, UsageError } from '../../lib/errors.ts'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import type { StoredSource } from '../../lib/plan/plan.ts'
import { compareText } from '../../lib/target.ts'
import { openStoredImages } from './detect.ts'
import { V1_FILE, V2_FILE } from './numbered-files.ts'
import type { StoredImages } from './stored-images.ts'
import { openOcMirrorV1Archive } from './v1-archive.ts'
import { openOcMirrorArchive } from './v2-archive.ts'

/** @throws PlaceError, UsageError as the readers; a file that is no part of an archive */
export async function openNamed(
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly StoredImages[]> {
  const files = new Map<string, string[]>()
  const opening: (() => Promise<StoredImages>)[] = []
  for (const name of new Set(names)) {
    if (!(await stat(name).catch(() => undefined))?.isFile()) {
      opening.push(() => openStoredImages(name, signal))
      continue
    }
    const folder = path.dirname(name)
    const only = files.get(folder) ?? []
    if (only.length === 0) opening.push(() => openFiles(folder, only.sort(compareText), signal))
    files.set(folder, only)
    only.push(path.basename(name))
  }
  const opened: StoredImages[] = []
  for (const open of opening) opened.push(await open())
  return inOrder(opened)
}

/** What was written by the same tool by its age, else as it was named. */
function inOrder(opened: readonly StoredImages[]): readonly StoredImages[] {
  const kinds = [...new Set(opened.map(({ kind }) => kind))]
  return opened.toSorted(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || compareText(b.written ?? '', a.written ?? ''),
  )
}

/** As it is recorded in a plan. */
export async function recordStored(stored: StoredImages, signal: AbortSignal): Promise<StoredSource> {
  const { kind: tool, folder, files } = stored
  return { tool, folder, ...(files && { files }), id: await identify(stored, signal) }
}

/** The same again, for a plan that was made from it. @throws PlanError when it is another by now */
export async function openRecorded(source: StoredSource, signal: AbortSignal): Promise<StoredImages> {
  const { folder, files } = source
  const stored =
    files === undefined ? await openStoredImages(folder, signal) : await openFiles(folder, files, signal)
  if (stored.kind === source.tool && (await identify(stored, signal)) === source.id) return stored
  throw new PlanError(`${stored.name} is not what the plan was made from: it names other images`, {
    hint: 'put the medium that was there in its place, or plan again from the one that is there',
  })
}

/** Over what every repository says it has; whether the bytes are right is checked by their digests when they are read. */
async function identify(stored: StoredImages, signal: AbortSignal): Promise<Digest> {
  const lines: string[] = []
  for (const repository of await stored.repositories(signal)) {
    for (const [tag, digest] of await stored.tags(repository)) lines.push(`${repository}:${tag} ${digest}`)
    for (const digest of await stored.revisions(repository)) lines.push(`${repository}@${digest}`)
  }
  return digestOf(lines.sort(compareText).join('\n'))
}

function openFiles(folder: string, only: readonly string[], signal: AbortSignal): Promise<StoredImages> {
  if (only.every(name => V2_FILE.test(name))) return openOcMirrorArchive(folder, signal, only)
  if (only.every(name => V1_FILE.test(name))) return openOcMirrorV1Archive(folder, signal, only)
  const other = only.find(name => !V2_FILE.test(name) && !V1_FILE.test(name))
  if (other === undefined)
    throw new UsageError(`${folder}: archives of oc-mirror v1 and of oc-mirror v2 are named together`, {
      hint: 'import them one after the other',
    })
  throw new PlaceError(`${path.join(folder, other)} is no archive of oc-mirror: its name is none of theirs`, {
    hint: 'they are called mirror_000001.tar (v2) or mirror_seq1_000000.tar (v1); of other archives name the folder',
  })
}
