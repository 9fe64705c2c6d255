/**
 * An OpenPGP signed message and a keyring → its body, if the signature holds over all of it, or why it does not.
 *
 * When it counts: the signature itself must not have expired by now. Its key must have been good (not expired, not
 * revoked) when it signed; a key that expired later leaves its signatures valid, as with gpg.
 */
import type { Message, PublicKey, Subkey } from 'openpgp'
import { messageOf } from '../../../errors.ts'
import { readArmor } from './armor.ts'
import { checkOldSignature, readOldSignature, versionOf } from './old-signature.ts'
import {
  LITERAL,
  literalData,
  MAX_MESSAGE_BYTES,
  ONE_PASS_SIGNATURE,
  type Packet,
  readPackets,
  SIGNATURE,
} from './packets.ts'
import { type Refusal, refused } from './signature-error.ts'

export interface OpenedMessage {
  readonly kind: 'valid'
  readonly body: Uint8Array
  /** Fingerprint of the primary key, upper-case hex. */
  readonly signedBy: string
}

export interface Trust {
  readonly keys: readonly PublicKey[]
  /** For messages. */
  readonly keyringName: string
  readonly now: Date
}

/** Reads a signed message, binary or armored. */
export async function openMessage(bytes: Uint8Array, trust: Trust): Promise<OpenedMessage | Refusal> {
  const binary = binaryOf(bytes)
  const packets = binary === undefined ? undefined : readPackets(binary)
  if (binary === undefined || packets === undefined)
    return refused('unsigned', `is no OpenPGP message: it begins with ${beginning(bytes)}`)
  const signatures = packets.filter(packet => packet.tag === SIGNATURE)
  if (signatures.length === 0) return refused('unsigned', 'is a message that nobody has signed')
  const [first] = signatures
  return signatures.length === 1 && first !== undefined && versionOf(first) === 3
    ? openOld(packets, first, trust)
    : openCurrent(binary, signatures, trust)
}

function binaryOf(bytes: Uint8Array): Uint8Array | undefined {
  if ((bytes[0] ?? 0) >= 0x80) return bytes
  return readArmor(Buffer.from(bytes).toString('latin1'), 'MESSAGE')[0]
}

function beginning(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes.subarray(0, 24)).toString('latin1'))
}

async function openCurrent(
  binary: Uint8Array,
  signatures: readonly Packet[],
  trust: Trust,
): Promise<OpenedMessage | Refusal> {
  const { readMessage } = await import('openpgp')
  let message: Message<Uint8Array>
  let results: Awaited<ReturnType<Message<Uint8Array>['verify']>>
  try {
    const config = { maxDecompressedMessageSize: MAX_MESSAGE_BYTES }
    message = (await readMessage({ binaryMessage: binary, config })).unwrapCompressed()
    results = await message.verify([...trust.keys], trust.now)
  } catch (cause) {
    return refused('damaged', `cannot be read: ${messageOf(cause)}`, cause)
  }
  const body = message.getLiteralData()
  if (body === null) return refused('unsigned', 'signs nothing')
  if (results.length === 0)
    return refused('unsupported', `has a format that is not supported (version ${signatures.map(versionOf)})`)
  const refusals: Refusal[] = []
  for (const { keyID, verified, signature } of results) {
    const key = ownerOf(trust.keys, keyID.toHex())
    if (key === undefined) {
      refusals.push(unknownKey(keyID.toHex(), trust))
      continue
    }
    try {
      await verified
      return { kind: 'valid', body, signedBy: key.primary.getFingerprint().toUpperCase() }
    } catch (cause) {
      const [packet] = (await signature).packets
      refusals.push(whyNot(cause, packet?.created ?? undefined, packet?.getExpirationTime(), trust.now))
    }
  }
  return refusals.find(each => each.fault !== 'unknown-key') ?? allUnknown(refusals)
}

function allUnknown(refusals: readonly Refusal[]): Refusal {
  return refused('unknown-key', refusals.map(each => each.why).join(' and '))
}

async function openOld(
  packets: readonly Packet[],
  signaturePacket: Packet,
  trust: Trust,
): Promise<OpenedMessage | Refusal> {
  const [onePass, literal, last] = packets
  if (
    packets.length !== 3 ||
    onePass?.tag !== ONE_PASS_SIGNATURE ||
    literal?.tag !== LITERAL ||
    last !== signaturePacket
  )
    return refused('damaged', 'is not one signature around one text')
  const signature = readOldSignature(signaturePacket)
  if (signature === undefined) return refused('damaged', 'is cut off')
  const key = ownerOf(trust.keys, signature.keyId)
  if (key === undefined) return unknownKey(signature.keyId, trust)
  const body = literalData(literal)
  const refusal = checkOldSignature(signature, body, key.signing)
  if (refusal !== undefined) return refusal
  if (signature.created > trust.now) return fromTheFuture(signature.created)
  try {
    await key.primary.getSigningKey(key.signing.getKeyID(), signature.created)
  } catch (cause) {
    return whyNot(cause, signature.created, undefined, trust.now)
  }
  return { kind: 'valid', body, signedBy: key.primary.getFingerprint().toUpperCase() }
}

interface Owner {
  readonly primary: PublicKey
  readonly signing: PublicKey | Subkey
}

function ownerOf(keys: readonly PublicKey[], keyId: string): Owner | undefined {
  for (const primary of keys) {
    const signing = primary.getKeys().find(key => key.getKeyID().toHex() === keyId.toLowerCase())
    if (signing !== undefined) return { primary, signing: signing as PublicKey | Subkey }
  }
  return undefined
}

function unknownKey(keyId: string, trust: Trust): Refusal {
  return refused(
    'unknown-key',
    `was made with key ${keyId.toUpperCase()}, which is not in ${trust.keyringName}`,
  )
}

function fromTheFuture(created: Date): Refusal {
  return refused('from-the-future', `is dated ${created.toISOString()}, which is still to come`)
}

/** What the openpgp package objects to; it says so only in words. */
function whyNot(
  cause: unknown,
  created: Date | undefined,
  expires: Date | number | undefined,
  now: Date,
): Refusal {
  const said = messageOf(cause)
  if (created !== undefined && created > now) return fromTheFuture(created)
  if (/did not match|verification failed/i.test(said))
    return refused('damaged', 'does not fit what it signs', cause)
  if (expires instanceof Date && expires <= now)
    return refused('expired', `has expired (${expires.toISOString()})`, cause)
  if (/revoked/i.test(said)) return refused('revoked-key', 'was made with a key that is revoked', cause)
  if (/expired/i.test(said))
    return refused('expired-key', 'was made with a key that had expired by then', cause)
  if (/insecure|too weak|disabled|critical/i.test(said))
    return refused('unsupported', `is not accepted: ${said}`, cause)
  return refused('damaged', `is not valid: ${said}`, cause)
}
