/**
 * Who made an archive: a detached Ed25519 signature over the bytes of archive.json (RFC 8032), which openssl checks too:
 * `openssl pkeyutl -verify -pubin -inkey KEY.pub -rawin -in archive.json -sigfile archive.json.sig`.
 *
 * archive.json names every blob by its digest, so that its signature speaks for all bytes of all volumes.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { MirrorformError, UsageError } from '../../lib/errors.ts'

/** @param key PEM of an Ed25519 private key. @throws UsageError when it is something else. */
export function signBytes(bytes: Uint8Array, key: string): Uint8Array {
  return sign(null, bytes, readKey(key, 'private'))
}

/** @param key PEM of an Ed25519 public key. @throws UsageError when it is something else. */
export function isSignedBy(bytes: Uint8Array, signature: Uint8Array, key: string): boolean {
  return verify(null, bytes, readKey(key, 'public'), signature)
}

/** @throws UsageError when the PEM is no Ed25519 key of that kind. */
export function readKey(pem: string, kind: 'private' | 'public'): KeyObject {
  try {
    const key = kind === 'private' ? createPrivateKey(pem) : createPublicKey(pem)
    if (key.asymmetricKeyType !== 'ed25519')
      throw new UsageError(`the ${kind} key is of type ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`, {
        hint: HINT,
      })
    return key
  } catch (cause) {
    if (cause instanceof MirrorformError) throw cause
    if (isEncrypted(pem))
      throw new UsageError(`the ${kind} key is encrypted, and nobody is asked for a passphrase`, {
        hint: 'decrypt it for as long as it is needed: openssl pkey -in KEY.pem -out PLAIN.pem',
        cause,
      })
    throw new UsageError(`the ${kind} key cannot be read: it is no PEM of an Ed25519 ${kind} key`, {
      hint: HINT,
      cause,
    })
  }
}

function isEncrypted(pem: string): boolean {
  return /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(pem)
}

const HINT =
  'make a pair with: openssl genpkey -algorithm ed25519 -out KEY.pem && openssl pkey -in KEY.pem -pubout -out KEY.pub'
