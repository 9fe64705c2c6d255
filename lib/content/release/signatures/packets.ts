/**
 * OpenPGP bytes → packets (RFC 9580, 4.2 and 4.3): as much as is needed to get at signatures of version 3, which the
 * openpgp package passes over in silence. Nothing here decides whether a signature is good.
 */
import { inflateRawSync, inflateSync } from 'node:zlib'

export interface Packet {
  readonly tag: number
  readonly body: Uint8Array
}

export const SIGNATURE = 2
export const ONE_PASS_SIGNATURE = 4
const COMPRESSED = 8
export const LITERAL = 11

/** Signatures unpack to less than a kilobyte; more is no signature. */
export const MAX_MESSAGE_BYTES: number = 1024 * 1024

/** The packets of a message, unpacked where they are compressed; undefined when the bytes are no packets. */
export function readPackets(bytes: Uint8Array): readonly Packet[] | undefined {
  try {
    const packets = [...split(bytes)]
    const [only] = packets
    return packets.length === 1 && only?.tag === COMPRESSED ? [...split(decompress(only.body))] : packets
  } catch {
    return undefined
  }
}

/** The data of a literal packet: after its format, file name and date; nothing where those are cut off. */
export function literalData({ body }: Packet): Uint8Array {
  const nameBytes = body[1] ?? 0
  return body.subarray(2 + nameBytes + 4)
}

function decompress(body: Uint8Array): Uint8Array {
  const packed = body.subarray(1)
  switch (octet(body, 0)) {
    case 0:
      return packed
    case 1:
      return inflateRawSync(packed, { maxOutputLength: MAX_MESSAGE_BYTES })
    case 2:
      return inflateSync(packed, { maxOutputLength: MAX_MESSAGE_BYTES })
    default:
      throw new RangeError('unknown compression')
  }
}

function* split(bytes: Uint8Array): Generator<Packet, void, undefined> {
  let at = 0
  while (at < bytes.length) {
    const header = octet(bytes, at)
    if (header < 0x80) throw new RangeError('not a packet')
    const isNew = (header & 0x40) !== 0
    const { body, next } = isNew ? newBody(bytes, at + 1) : oldBody(bytes, at + 1, header & 3)
    yield { tag: isNew ? header & 0x3f : (header >> 2) & 0x0f, body }
    at = next
  }
}

interface Body {
  readonly body: Uint8Array
  readonly next: number
}

/** A length of one, two or four octets, or all that is left. */
function oldBody(bytes: Uint8Array, at: number, lengthType: number): Body {
  if (lengthType === 3) return take(bytes, at, bytes.length - at)
  const octets = 1 << lengthType
  return take(bytes, at + octets, readNumber(bytes, at, octets))
}

/** One length, or partial ones up to the last. */
function newBody(bytes: Uint8Array, from: number): Body {
  const parts: Uint8Array[] = []
  for (let at = from; ; ) {
    const first = octet(bytes, at)
    if (first < 192) return join(parts, take(bytes, at + 1, first))
    if (first < 224)
      return join(parts, take(bytes, at + 2, ((first - 192) << 8) + octet(bytes, at + 1) + 192))
    if (first === 255) return join(parts, take(bytes, at + 5, readNumber(bytes, at + 1, 4)))
    const part = take(bytes, at + 1, 2 ** (first & 0x1f))
    parts.push(part.body)
    at = part.next
  }
}

function join(parts: readonly Uint8Array[], last: Body): Body {
  return parts.length === 0 ? last : { body: Buffer.concat([...parts, last.body]), next: last.next }
}

function take(bytes: Uint8Array, at: number, length: number): Body {
  if (at + length > bytes.length) throw new RangeError('cut off')
  return { body: bytes.subarray(at, at + length), next: at + length }
}

/** A big-endian number. */
export function readNumber(bytes: Uint8Array, at: number, octets: number): number {
  let value = 0
  for (let i = 0; i < octets; i++) value = value * 256 + octet(bytes, at + i)
  return value
}

function octet(bytes: Uint8Array, at: number): number {
  const value = bytes[at]
  if (value === undefined) throw new RangeError('cut off')
  return value
}
