/**
 * ArchiveContents <-> the text of archive.json (design: docs/file-formats.md, "Archive").
 *
 * The last line is the digest of all the others, so that an edited or damaged file is noticed; who made it is what the
 * signature beside it says. The copy inside the last volume is the same text without what is not known before that
 * volume is finished: its own record, and where the copy lies.
 */
import { SyntaxFault } from '../../lib/errors.ts'
import { type Field, readSeal, writeDocument } from '../../lib/files/canonical-json.ts'
import {
  decodeImage,
  decodeStore,
  decodeTarget,
  encodeImage,
  storeFields,
} from '../../lib/files/content-json.ts'
import { decodeFile, type FileKind, sealFile } from '../../lib/files/file-kind.ts'
import { type JsonPart, readDigest } from '../../lib/files/json-part.ts'
import { sortedByKey, sortedImages } from '../../lib/files/reachable.ts'
import { decodeArchive, encodeArchive } from '../../lib/files/state-file.ts'
import { type Digest, digestOf } from '../../lib/oci/digest.ts'
import { compareText, formatTarget } from '../../lib/target.ts'
import { ArchiveError } from './archive-error.ts'
import type { ArchiveContents, Entry, NameRecord } from './contents.ts'
import {
  decodeCopyPart,
  decodeDocument,
  decodeEntry,
  decodeName,
  decodeRegion,
  decodeVolume,
  encodeCopyPart,
  encodeDocument,
  encodeEntry,
  encodeName,
  encodeRegion,
  encodeVolume,
} from './contents-json.ts'

export const CONTENTS_KIND: FileKind = {
  format: 'mirrorform-archive',
  version: 1,
  noun: 'list of an archive',
  advice: 'carry the file again from where the archive was made; the last volume holds a copy of it',
  Fault: ArchiveError,
}

/** Contents before their id is known. */
export type Unnamed = Omit<ArchiveContents, 'id'>

/** The same contents with their id, and with every list in the order it has in the file. */
export function withId(contents: Unnamed): ArchiveContents {
  const ordered = {
    ...contents,
    images: sortedImages(contents.images),
    entries: sortedByKey(contents.entries),
    names: [...contents.names].sort((a, b) => compareText(nameKey(a), nameKey(b))),
    assumed: [...contents.assumed].sort(compareText),
    unused: [...contents.unused].sort((a, b) => a.volume - b.volume || a.offset - b.offset),
  }
  return { ...ordered, id: idOf(ordered) }
}

/** The same contents always give the same bytes. */
export function encodeContents(contents: ArchiveContents): string {
  const { id, volumes, copy } = contents
  return sealFile(CONTENTS_KIND, [
    { key: 'id', value: id },
    ...headFields(contents),
    { key: 'volumes', entities: volumes.map(encodeVolume) },
    { key: 'copy', entities: copy.map(encodeCopyPart) },
    ...tableFields(contents),
  ]).text
}

/** The copy that lies in `volume` and those after it. */
export function encodeCopy(contents: ArchiveContents, volume: number): string {
  return encodeContents({ ...contents, volumes: contents.volumes.slice(0, volume - 1), copy: [] })
}

/**
 * @param name the file's path, for messages
 * @throws ArchiveError when it is no list of an archive, of another version, or not as it was written
 */
export function decodeContents(text: string, name: string): ArchiveContents {
  return decodeFile(CONTENTS_KIND, text, name, root => {
    const seal = readSeal(text)
    if (seal === undefined)
      throw new SyntaxFault('the digest that ends the file is missing: it was cut short or edited')
    if (seal.stated !== seal.actual)
      throw new ArchiveError(
        `${name} was changed after it was written: its digest does not match its content`,
        {
          hint: CONTENTS_KIND.advice,
        },
      )
    const contents = decodeRoot(root)
    if (contents.id !== idOf(contents))
      throw new ArchiveError(`${name} was changed after it was written: its id does not match its content`, {
        hint: CONTENTS_KIND.advice,
      })
    return contents
  })
}

function decodeRoot(root: JsonPart): ArchiveContents {
  const target = decodeTarget(root.field('target'))
  const [lineage, plan] = [root.field('lineage'), root.field('plan')]
  return {
    id: root.field('id').digest(),
    lineage: lineage.value === null ? undefined : lineage.filledText(),
    target,
    plan: plan.value === null ? undefined : plan.digest(),
    volumeSize: root.field('volumeSize').count(),
    volumes: root.field('volumes').list(decodeVolume),
    copy: root.field('copy').list(decodeCopyPart),
    images: root.field('images').list(part => decodeImage(target, part)),
    ...decodeStore(root),
    entries: decodeEntries(root.field('entries')),
    unused: root.field('unused').list(decodeRegion),
    names: root.field('names').list(decodeName),
    assumed: root.field('assumed').list(readDigest),
    documents: root.field('documents').list(decodeDocument),
    ...decodeRound(root.field('round')),
  }
}

function decodeRound(part: JsonPart): Pick<ArchiveContents, 'round'> {
  if (part.value === undefined) return {}
  return {
    round: { number: part.field('number').count(), earlier: part.field('earlier').list(decodeArchive) },
  }
}

function decodeEntries(list: JsonPart): ReadonlyMap<Digest, Entry> {
  const entries = new Map<Digest, Entry>()
  list.list(part => {
    const entry = decodeEntry(part)
    if (entries.has(entry.digest)) throw new SyntaxFault(`${part.path} lists ${entry.digest} a second time`)
    entries.set(entry.digest, entry)
  })
  return entries
}

function headFields({ lineage, target, plan, volumeSize, round }: Unnamed): readonly Field[] {
  return [
    { key: 'lineage', value: lineage ?? null },
    { key: 'target', value: formatTarget(target) },
    { key: 'plan', value: plan ?? null },
    { key: 'volumeSize', value: volumeSize },
    ...(round === undefined
      ? []
      : [{ key: 'round', value: { number: round.number, earlier: round.earlier.map(encodeArchive) } }]),
  ]
}

function tableFields(contents: Unnamed): readonly Field[] {
  const { target, images, entries, unused, names, assumed, documents } = contents
  return [
    { key: 'images', entities: images.map(image => encodeImage(target, image)) },
    ...storeFields(contents),
    { key: 'entries', entities: Array.from(entries.values(), encodeEntry) },
    { key: 'unused', entities: unused.map(encodeRegion) },
    { key: 'names', entities: names.map(encodeName) },
    { key: 'assumed', entities: assumed },
    { key: 'documents', entities: documents.map(encodeDocument) },
  ]
}

function idOf(contents: Unnamed): Digest {
  return digestOf(writeDocument([...headFields(contents), ...tableFields(contents)]))
}

function nameKey({ repository, tag, digest }: NameRecord): string {
  return `${repository}:${tag ?? ''}@${digest}`
}
