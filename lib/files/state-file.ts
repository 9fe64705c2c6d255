/**
 * State <-> the text of a state file (design: docs/file-formats.md, "State").
 *
 * The file is a cache of verified facts kept in git: sorted, without times or counters, the same bytes for the same
 * facts. Only what the images reach is written.
 */
import { StateError, SyntaxFault } from '../errors.ts'
import type { ArchiveRecord, LooseBlob, State } from '../state.ts'
import {
  compareText,
  destinationKey,
  formatDestination,
  formatTarget,
  type TargetAddress,
} from '../target.ts'
import type { Field, Json } from './canonical-json.ts'
import {
  decodeDestination,
  decodeImage,
  decodeStore,
  decodeTarget,
  encodeImage,
  storeFields,
} from './content-json.ts'
import { asFault, decodeFile, encodeFile, type FileKind } from './file-kind.ts'
import type { JsonPart } from './json-part.ts'
import { reachableFrom, sortedImages } from './reachable.ts'

export const STATE_FILE: FileKind = {
  format: 'mirrorform-state',
  version: 1,
  noun: 'state',
  advice:
    'take the file back from git (git checkout -- FILE), or move it away and plan again: what the target holds already is adopted',
  Fault: StateError,
}

const UNWRITABLE: FileKind = {
  ...STATE_FILE,
  advice: 'this is a mistake of mirrorform, please report it; the state file is as it was',
}

/** @throws StateError when an image reaches a manifest or blob that the state does not list: it could not be read back. */
export function encodeState(state: State): string {
  const images = sortedImages(state.images)
  const store = asFault(UNWRITABLE, 'cannot write the state: ', () => reachableFrom(state, images))
  return encodeFile(STATE_FILE, [
    { key: 'lineage', value: state.lineage },
    { key: 'target', value: formatTarget(state.target) },
    { key: 'images', entities: images.map(image => encodeImage(state.target, image)) },
    ...storeFields(store),
    { key: 'loose', entities: sortedLoose(state.loose).map(encodeLooseBlob) },
    ...archiveFields(state.archives ?? []),
    ...awaitedFields(state),
  ])
}

/**
 * @param name the file's path, for messages
 * @throws StateError naming the file and what is wrong with it
 */
export function decodeState(text: string, name: string): State {
  return decodeFile(STATE_FILE, text, name, root => {
    const target = decodeTarget(root.field('target'))
    const images = sortedImages(root.field('images').list(part => decodeImage(target, part)))
    refuseTwins(images.map(image => destinationKey(image.destination)))
    const store = decodeStore(root)
    return {
      lineage: root.field('lineage').filledText(),
      target,
      images,
      ...reachableFrom(store, images),
      loose: sortedLoose(root.field('loose').list(decodeLooseBlob)),
      ...decodeArchives(root),
      ...decodeAwaited(target, root),
    }
  })
}

export function encodeLooseBlob(blob: LooseBlob): { readonly [key: string]: Json } {
  return { repository: blob.repository, digest: blob.digest, size: blob.size }
}

/** @throws SyntaxFault */
export function decodeLooseBlob(part: JsonPart): LooseBlob {
  return {
    repository: part.field('repository').repository(),
    digest: part.field('digest').digest(),
    size: part.field('size').count(),
  }
}

/** The member `archives`, left out where there are none. */
export function archiveFields(archives: readonly ArchiveRecord[]): readonly Field[] {
  return archives.length === 0 ? [] : [{ key: 'archives', entities: archives.map(encodeArchive) }]
}

/** @throws SyntaxFault */
export function decodeArchives(root: JsonPart): Pick<State, 'archives'> {
  const archives = root.field('archives').listOrEmpty(decodeArchive)
  return archives.length === 0 ? {} : { archives }
}

function awaitedFields({ target, awaited = [] }: State): readonly Field[] {
  if (awaited.length === 0) return []
  return [
    { key: 'awaited', entities: awaited.map(each => formatDestination(target, each)).sort(compareText) },
  ]
}

function decodeAwaited(target: TargetAddress, root: JsonPart): Pick<State, 'awaited'> {
  const awaited = root.field('awaited').listOrEmpty(part => decodeDestination(target, part))
  return awaited.length === 0 ? {} : { awaited }
}

export function encodeArchive({ id, number, plan, isConfirmed, readAt }: ArchiveRecord): Json {
  return { id, number, plan, confirmed: isConfirmed, readAt: readAt && formatTarget(readAt) }
}

/** @throws SyntaxFault */
export function decodeArchive(part: JsonPart): ArchiveRecord {
  const [confirmed, readAt] = [part.field('confirmed'), part.field('readAt')]
  return {
    id: part.field('id').digest(),
    number: part.field('number').count(),
    plan: part.field('plan').digest(),
    ...(confirmed.value !== undefined && confirmed.flag() && { isConfirmed: true }),
    ...(readAt.value !== undefined && { readAt: decodeTarget(readAt) }),
  }
}

/** By repository, then by digest. */
export function sortedLoose(loose: Iterable<LooseBlob>): readonly LooseBlob[] {
  return [...loose].sort((a, b) => compareText(a.repository, b.repository) || compareText(a.digest, b.digest))
}

export function sameTarget(a: TargetAddress, b: TargetAddress): boolean {
  return formatTarget(a) === formatTarget(b)
}

function refuseTwins(sorted: readonly string[]): void {
  const twin = sorted.find((key, at) => key === sorted[at - 1])
  if (twin !== undefined) throw new SyntaxFault(`the image ${twin} is listed twice`)
}
