/**
 * Plain data -> the one text it has in a file: UTF-8, keys in the order the encoder gives them, a newline at the end.
 *
 * Small values stand on a line each and the big arrays hold one entity per line, so that `git diff` shows which image,
 * manifest or change came, went or differs. A sealed document ends in the digest of all its other lines, so that a
 * later reader can tell whether anybody edited it.
 */
import { createHash } from 'node:crypto'
import type { Digest } from '../oci/digest.ts'

/** A value JSON can hold; object members that are undefined are left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** One member of a document: a value on one line, or a list with a line for each of its entities. */
export type Field =
  | { readonly key: string; readonly value: Json }
  | { readonly key: string; readonly entities: readonly Json[] }

const END = '\n}\n'
const SEAL_START = ',\n  "digest": '
const SEAL = /^,\n {2}"digest": "([^"\n]*)"\n}\n$/

/** The same fields always give the same text. */
export function writeDocument(fields: readonly Field[]): string {
  return unended(fields) + END
}

/** A document whose last member, `digest`, is the sha256 of the file's bytes without that line. */
export function sealDocument(fields: readonly Field[]): { readonly text: string; readonly digest: Digest } {
  const body = unended(fields)
  const digest = digestWithoutSeal(body)
  return { text: `${body},\n  "digest": ${JSON.stringify(digest)}${END}`, digest }
}

/** The digest a sealed document states and the one its other lines have; undefined when no seal ends it. */
export function readSeal(text: string): { readonly stated: string; readonly actual: Digest } | undefined {
  const start = text.lastIndexOf(SEAL_START)
  const stated = start < 0 ? undefined : SEAL.exec(text.slice(start))?.[1]
  return stated === undefined ? undefined : { stated, actual: digestWithoutSeal(text.slice(0, start)) }
}

/** An entity on one line, as the lines of a journal are. */
export function writeLine(entity: Json): string {
  return `${JSON.stringify(entity)}\n`
}

/** The list, or undefined when it is empty, so that its key is left out. */
export function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}

/** The comma before the digest belongs to the line above it, and so to the bytes that are sealed. */
function digestWithoutSeal(body: string): Digest {
  return `sha256:${createHash('sha256').update(body).update(`,${END}`).digest('hex')}` as Digest
}

/** All but the end. Documents can be large, so their lines are joined only once. */
function unended(fields: readonly Field[]): string {
  const pieces: string[] = ['{']
  for (const field of fields) {
    pieces.push(pieces.length > 1 ? ',\n  ' : '\n  ', JSON.stringify(field.key), ': ')
    if ('value' in field) pieces.push(JSON.stringify(field.value))
    else if (field.entities.length === 0) pieces.push('[]')
    else {
      field.entities.forEach((entity, at) => {
        pieces.push(at > 0 ? ',\n    ' : '[\n    ', JSON.stringify(entity))
      })
      pieces.push('\n  ]')
    }
  }
  return pieces.join('')
}
