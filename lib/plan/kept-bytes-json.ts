/**
 * Bytes that a plan keeps <-> lines of its file: documents that took part in the choice, packed, and blobs that
 * mirrorform made, which apply sends from the plan.
 *
 * Packing is done by fflate and not by the platform's zlib, whose output differs between machines: the same plan always
 * has the same bytes. What is read back is held against the digest it is listed with.
 */
import { gunzipSync, gzipSync } from 'fflate'
import type { KeptDocument } from '../content/documents.ts'
import { SyntaxFault } from '../errors.ts'
import type { Json } from '../files/canonical-json.ts'
import type { JsonPart } from '../files/json-part.ts'
import { algorithmOf, type Digest, digestOf } from '../oci/digest.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Packed once, although a plan is written and its digest is taken. */
const packed = new WeakMap<Uint8Array, string>()

export function encodeDocument({ url, digest, bytes }: KeptDocument): Json {
  const gzip = packed.get(bytes) ?? base64Of(gzipSync(bytes, { mtime: 0 }))
  packed.set(bytes, gzip)
  return { url, digest, gzip }
}

/** @throws SyntaxFault when it cannot be unpacked or is not what its digest names */
export function decodeDocument(part: JsonPart): KeptDocument {
  const digest = part.field('digest').digest()
  const gzip = part.field('gzip')
  return { url: part.field('url').text(), digest, bytes: checked(gzip, digest, unpack(gzip)) }
}

export function encodeMadeBlob([digest, bytes]: readonly [Digest, Uint8Array]): Json {
  return { digest, size: bytes.length, base64: base64Of(bytes) }
}

/** @throws SyntaxFault when it is not what its digest names */
export function decodeMadeBlob(part: JsonPart): readonly [Digest, Uint8Array] {
  const digest = part.field('digest').digest()
  const base64 = part.field('base64')
  return [digest, checked(base64, digest, bytesOf(base64))]
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function bytesOf(part: JsonPart): Uint8Array {
  const text = part.text()
  if (!BASE64.test(text)) throw part.wrong('base64')
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function unpack(part: JsonPart): Uint8Array {
  const bytes = bytesOf(part)
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    throw new SyntaxFault(`${part.path} cannot be unpacked`, { cause })
  }
}

function checked(part: JsonPart, digest: Digest, bytes: Uint8Array): Uint8Array {
  if (digestOf(bytes, algorithmOf(digest)) === digest) return bytes
  throw new SyntaxFault(`${part.path} is not what ${digest} names`)
}
