/**
 * Finished work <-> the lines of a journal (design: docs/file-formats.md, "Journal").
 *
 * The first line says whose journal it is, every further line is one entry that stands on its own: an image brings the
 * manifests and blobs it reaches. A last line without its newline was being written when the machine stopped: it
 * never counted, and is dropped.
 */
import { isUtf8 } from 'node:buffer'
import { StateError, SyntaxFault } from '../errors.ts'
import type { JournalEntry } from '../state.ts'
import { formatDestination, formatTarget, type TargetAddress } from '../target.ts'
import { type Json, writeLine } from './canonical-json.ts'
import {
  decodeDestination,
  decodeImage,
  decodeStore,
  decodeTarget,
  encodeImage,
  encodeStore,
} from './content-json.ts'
import { asFault, checkHeading, type FileKind, headingLine } from './file-kind.ts'
import { JsonPart } from './json-part.ts'
import { reachableFrom } from './reachable.ts'
import { decodeLooseBlob, encodeLooseBlob } from './state-file.ts'

export const JOURNAL_FILE: FileKind = {
  format: 'mirrorform-journal',
  version: 1,
  noun: 'journal',
  advice:
    'move the journal away and run mirrorform plan: what it would have told is found at the target again and adopted',
  Fault: StateError,
}

/** The state a journal belongs to. */
export interface JournalOwner {
  readonly lineage: string
  readonly target: TargetAddress
}

export interface DecodedJournal {
  /** undefined when not even the first line was finished. */
  readonly owner: JournalOwner | undefined
  readonly entries: readonly JournalEntry[]
  /** Bytes up to the end of the last whole line: what follows may be overwritten. */
  readonly length: number
}

export function encodeJournalOwner(owner: JournalOwner): string {
  return writeLine(headingLine(JOURNAL_FILE, { lineage: owner.lineage, target: formatTarget(owner.target) }))
}

/** @throws StateError when an image's content is not all there, so that the line could not be replayed. */
export function encodeJournalEntry(target: TargetAddress, entry: JournalEntry): string {
  return writeLine(entryJson(target, entry))
}

function entryJson(target: TargetAddress, entry: JournalEntry): Json {
  switch (entry.did) {
    case 'blob':
      return { did: entry.did, ...encodeLooseBlob(entry.blob) }
    case 'image': {
      const content = asFault(JOURNAL_FILE, 'cannot write the journal: ', () =>
        reachableFrom(entry.content, [entry.image]),
      )
      return { did: entry.did, image: encodeImage(target, entry.image), ...encodeStore(content) }
    }
    case 'remove':
      return { did: entry.did, destination: formatDestination(target, entry.destination), as: entry.as }
    default:
      return entry satisfies never
  }
}

/**
 * @param name the file's path, for messages
 * @throws StateError naming file and line of a whole line that cannot be understood
 */
export function decodeJournal(bytes: Uint8Array, name: string): DecodedJournal {
  const length = bytes.lastIndexOf(0x0a) + 1
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, length)
  if (!isUtf8(whole))
    throw new StateError(`${name} is damaged: it is not UTF-8 text`, { hint: JOURNAL_FILE.advice })
  const [first, ...rest] = whole.toString('utf8').split('\n')
  if (length === 0 || first === undefined) return { owner: undefined, entries: [], length: 0 }
  const owner = decodeLine(first, name, 1, part => {
    checkHeading(JOURNAL_FILE, part, name)
    return { lineage: part.field('lineage').filledText(), target: decodeTarget(part.field('target')) }
  })
  const entries = rest
    .slice(0, -1)
    .map((line, at) => decodeLine(line, name, at + 2, part => decodeEntry(owner.target, part)))
  return { owner, entries, length }
}

function decodeLine<T>(line: string, name: string, number: number, read: (part: JsonPart) => T): T {
  return asFault(JOURNAL_FILE, `${name}:${number}: damaged line: `, () => {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (cause) {
      throw new SyntaxFault('it is not JSON', { cause })
    }
    return read(new JsonPart(value))
  })
}

function decodeEntry(target: TargetAddress, part: JsonPart): JournalEntry {
  const did = part.field('did').word(['blob', 'image', 'remove'])
  switch (did) {
    case 'blob':
      return { did, blob: decodeLooseBlob(part) }
    case 'image': {
      const image = decodeImage(target, part.field('image'))
      return { did, image, content: reachableFrom(decodeStore(part), [image]) }
    }
    case 'remove':
      return {
        did,
        destination: decodeDestination(target, part.field('destination')),
        as: part.field('as').word(['delete', 'forget']),
      }
    default:
      return did satisfies never
  }
}
