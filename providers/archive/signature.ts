/**
 * Who made an archive: a detached signature over the bytes of archive.json, which openssl checks too. With an Ed25519 key
 * that of RFC 8032: `openssl pkeyutl -verify -pubin -inkey KEY.pub -rawin -in archive.json -sigfile archive.json.sig`; with
 * a key that somebody has already, RSA (PKCS #1 v1.5) or ECDSA, that of the sha256:
 * `openssl dgst -sha256 -verify KEY.pub -signature archive.json.sig archive.json`.
 *
 * archive.json names every blob by its digest, so that its signature speaks for all bytes of all volumes.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { MirrorformError, UsageError } from '../../lib/errors.ts'

/** Of an RSA key: what NIST SP 800-57 no longer takes for secure is refused. */
const LEAST_RSA_BITS = 2048

/** @param key PEM of a private key. @throws UsageError when it is something else. */
export function signBytes(bytes: Uint8Array, key: string): Uint8Array {
  const read = readKey(key, 'private')
  return sign(hashFor(read), bytes, read)
}

/** @param key PEM of a public key. @throws UsageError when it is something else. */
export function isSignedBy(bytes: Uint8Array, signature: Uint8Array, key: string): boolean {
  const read = readKey(key, 'public')
  return verify(hashFor(read), bytes, read, signature)
}

/** Ed25519 hashes for itself. */
function hashFor({ asymmetricKeyType }: KeyObject): 'sha256' | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256'
}

/** @throws UsageError when the PEM is no key of that kind that signatures are made with. */
export function readKey(pem: string, kind: 'private' | 'public'): KeyObject {
  try {
    const key = kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem)
    const fault = faultOf(key)
    if (fault !== undefined) throw new UsageError(`the ${kind} key ${fault}`, { hint: HINT })
    return key
  } catch (cause) {
    if (cause instanceof MirrorformError) throw cause
    if (isEncrypted(pem))
      throw new UsageError(`the ${kind} key is encrypted, and nobody is asked for a passphrase`, {
        hint: 'decrypt it for as long as it is needed: openssl pkey -in KEY.pem -out PLAIN.pem',
        cause,
      })
    throw new UsageError(`the ${kind} key cannot be read: it is no PEM of a ${kind} key`, {
      hint: HINT,
      cause,
    })
  }
}

function faultOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === 'ed25519' || type === 'ec') return undefined
  if (type !== 'rsa') return `is of type ${type ?? 'unknown'}, not Ed25519, ECDSA or RSA`
  const bits = details?.modulusLength ?? 0
  return bits < LEAST_RSA_BITS ? `has ${bits} bits: RSA keys need at least ${LEAST_RSA_BITS}` : undefined
}

function isEncrypted(pem: string): boolean {
  return /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(pem)
}

const HINT =
  'make a pair with: openssl genpkey -algorithm ed25519 -out KEY.pem && openssl pkey -in KEY.pem -pubout -out KEY.pub'
