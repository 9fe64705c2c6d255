/** What a section of an image set came down to <-> one line of a plan file. */
import type { Kept, Selection } from '../content/selection.ts'
import { type Json, unlessEmpty } from '../files/canonical-json.ts'
import { type JsonPart, readText } from '../files/json-part.ts'

export function encodeSelection({ title, kept, remarks }: Selection): Json {
  return {
    title,
    kept: unlessEmpty(kept.map(({ name, why }) => ({ name, why }))),
    remarks: unlessEmpty(remarks),
  }
}

/** @throws SyntaxFault */
export function decodeSelection(part: JsonPart): Selection {
  return {
    title: part.field('title').text(),
    kept: part.field('kept').listOrEmpty(decodeKept),
    remarks: part.field('remarks').listOrEmpty(readText),
  }
}

function decodeKept(part: JsonPart): Kept {
  return { name: part.field('name').text(), why: part.field('why').text() }
}
