/**
 * Signatures of version 3 (RFC 4880, 5.2.2): what releases up to 4.13 are signed with, and what the openpgp package no
 * longer reads. RSA with SHA-2 only; whether the key was good when it signed is left to the openpgp package.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { PublicKey, Subkey } from 'openpgp'
import { isRecord } from '../../../oci/json.ts'
import { type Packet, readNumber } from './packets.ts'
import { type Refusal, refused } from './signature-error.ts'

export interface OldSignature {
  /** Upper-case hex. */
  readonly keyId: string
  readonly created: Date
  /** What is hashed after the data: type and time of creation. */
  readonly trailer: Uint8Array
  readonly type: number
  readonly keyAlgorithm: number
  readonly hashAlgorithm: number
  readonly value: Uint8Array
}

const BINARY_DOCUMENT = 0
const RSA: ReadonlySet<number> = new Set([1, 3])
/** RFC 9580, 9.5. MD5 and SHA-1 can be forged, and are left out. */
const HASHES: ReadonlyMap<number, string> = new Map([
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
])

/** The version that a signature packet states. */
export function versionOf(packet: Packet): number | undefined {
  return packet.body[0]
}

/** undefined when it is not one of version 3, or is cut off. */
export function readOldSignature({ body }: Packet): OldSignature | undefined {
  if (body.length < 21 || body[0] !== 3 || body[1] !== 5) return undefined
  const value = body.subarray(21)
  if (value.length !== Math.ceil(readNumber(body, 19, 2) / 8)) return undefined
  return {
    keyId: Buffer.from(body.subarray(7, 15)).toString('hex').toUpperCase(),
    created: new Date(readNumber(body, 3, 4) * 1000),
    trailer: body.subarray(2, 7),
    type: readNumber(body, 2, 1),
    keyAlgorithm: readNumber(body, 15, 1),
    hashAlgorithm: readNumber(body, 16, 1),
    value,
  }
}

/** undefined when the signature is that of `data` by `key`. */
export function checkOldSignature(
  signature: OldSignature,
  data: Uint8Array,
  key: PublicKey | Subkey,
): Refusal | undefined {
  const hash = HASHES.get(signature.hashAlgorithm)
  if (signature.type !== BINARY_DOCUMENT || !RSA.has(signature.keyAlgorithm) || hash === undefined)
    return refused(
      'unsupported',
      `uses an algorithm that can be forged or is not supported (version 3, type ${signature.type}, key algorithm ${signature.keyAlgorithm}, hash ${signature.hashAlgorithm})`,
    )
  const rsa = rsaKey(key)
  if (rsa === undefined) return refused('damaged', 'names a key that is not an RSA key')
  const modulusBytes = Math.ceil((rsa.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  if (signature.value.length > modulusBytes) return refused('damaged', 'does not fit what it signs')
  const value = Buffer.concat([Buffer.alloc(modulusBytes - signature.value.length), signature.value])
  const matches = verify(hash, Buffer.concat([data, signature.trailer]), rsa, value)
  return matches ? undefined : refused('damaged', 'does not fit what it signs')
}

function rsaKey(key: PublicKey | Subkey): KeyObject | undefined {
  const parameters: unknown = key.keyPacket.publicParams
  if (!isRecord(parameters)) return undefined
  const { n, e } = parameters
  if (!(n instanceof Uint8Array) || !(e instanceof Uint8Array)) return undefined
  const text = (octets: Uint8Array) => Buffer.from(octets).toString('base64url')
  return createPublicKey({ key: { kty: 'RSA', n: text(n), e: text(e) }, format: 'jwk' })
}
