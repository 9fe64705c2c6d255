/**
 * Content digests (OCI image-spec 1.1, "Digests"): `algorithm:hex`, the name of every blob and manifest.
 *
 * Only the two registered algorithms are accepted, sha256 and sha512, with their exact lengths.
 */
import { createHash, type Hash } from 'node:crypto'
import { DigestMismatchError, SyntaxFault } from '../errors.ts'

export type Digest = string & { readonly __brand: 'Digest' }
export type DigestAlgorithm = 'sha256' | 'sha512'

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 }

export function isDigest(text: string): text is Digest {
  const colon = text.indexOf(':')
  const algorithm = text.slice(0, colon)
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return false
  const hex = text.slice(colon + 1)
  return hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex)
}

/** @throws SyntaxFault when `text` is not a sha256 or sha512 digest in lower-case hex. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new SyntaxFault(`"${text}" is not a digest`, {
    hint: 'a digest is sha256: and 64 lower-case hex characters, or sha512: and 128',
  })
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256'
}

export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}

/** `sha256:20f695d2a913…`: enough to recognise a digest in a line of output. */
export function shortDigest(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(':') + 13)}…`
}

/** @throws DigestMismatchError when `bytes` are not what `digest` names. */
export function verifyBytes(what: string, bytes: Uint8Array, digest: Digest): void {
  const actual = digestOf(bytes, algorithmOf(digest))
  if (actual !== digest) throw new DigestMismatchError(what, digest, actual)
}

/**
 * Passes a blob's chunks on while hashing them, and holds the last chunk back until size and digest are proved, so
 * that whoever consumes the stream never receives a complete blob that is wrong.
 *
 * @throws DigestMismatchError when size (bytes) or digest differ.
 */
export async function* verifyStream(
  what: string,
  chunks: AsyncIterable<Uint8Array>,
  expected: { readonly digest: Digest; readonly size: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const algorithm = algorithmOf(expected.digest)
  const hash: Hash = createHash(algorithm)
  let size = 0
  let held: Uint8Array | undefined
  for await (const chunk of chunks) {
    // An empty chunk held back would let all bytes before it through unproved.
    if (chunk.length === 0) continue
    size += chunk.length
    if (size > expected.size) throw wrongSize(what, expected, `more than ${expected.size} bytes`)
    hash.update(chunk)
    if (held !== undefined) yield held
    held = chunk
  }
  if (size !== expected.size) throw wrongSize(what, expected, `${size} bytes`)
  const actual = `${algorithm}:${hash.digest('hex')}`
  if (actual !== expected.digest) throw new DigestMismatchError(what, expected.digest, actual)
  if (held !== undefined) yield held
}

function wrongSize(
  what: string,
  expected: { digest: Digest; size: number },
  got: string,
): DigestMismatchError {
  return new DigestMismatchError(what, `${expected.digest} of ${expected.size} bytes`, got)
}
