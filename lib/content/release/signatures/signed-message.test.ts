/** Signatures put together octet by octet, such as no current tool makes: version 3, SHA-1, an expiry date. */
import assert from 'node:assert/strict'
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { generateKey, type PrivateKey, reformatKey } from 'openpgp'
import { joinPackets, KEY_CREATED, SIGNED } from '../../../../testdata/release-signing.ts'
import { isRecord } from '../../../oci/json.ts'
import { readPackets } from './packets.ts'
import type { SignatureFault } from './signature-error.ts'
import { openMessage, type Trust } from './signed-message.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const DAY = 24 * 60 * 60
const TEXT = Buffer.from('what is signed')
const HASHES = { sha1: 2, sha256: 8, sha512: 10 } as const

const { privateKey: KEY } = await generateKey({
  type: 'rsa',
  rsaBits: 2048,
  userIDs: [{ name: 'an old signer' }],
  date: KEY_CREATED,
  format: 'object',
})
const KEY_ID = Buffer.from(KEY.getKeyID().toHex(), 'hex')
const RSA: KeyObject = rsaKey(KEY)

interface Handmade {
  readonly version: 3 | 4
  readonly hash?: keyof typeof HASHES
  readonly created?: Date
  /** Seconds after `created`; version 4 only. */
  readonly expires?: number
  readonly type?: number
  readonly text?: Buffer
}

function handmade({
  version,
  hash = 'sha256',
  created = SIGNED,
  expires,
  type = 0,
  text = TEXT,
}: Handmade): Buffer {
  const algorithms = [1, HASHES[hash]]
  const dates = [
    ...subpacket(2, u32(created.getTime() / 1000)),
    ...(expires ? subpacket(3, u32(expires)) : []),
  ]
  const head = [4, type, ...algorithms, ...u16(dates.length), ...dates]
  const trailer =
    version === 3 ? [type, ...u32(created.getTime() / 1000)] : [...head, 4, 255, ...u32(head.length)]
  const data = Buffer.concat([TEXT, Buffer.from(trailer)])
  const value = sign(hash, data, RSA)
  const begin = createHash(hash).update(data).digest().subarray(0, 2)
  const issuer = subpacket(16, [...KEY_ID])
  const before =
    version === 3 ? [3, 5, ...trailer, ...KEY_ID, ...algorithms] : [...head, ...u16(issuer.length), ...issuer]
  const number = value.subarray(value.findIndex(octet => octet !== 0))
  const bits = number.length * 8 - Math.clz32(number[0] ?? 0) + 24
  return joinPackets([
    { tag: 4, body: Buffer.from([3, type, HASHES[hash], 1, ...KEY_ID, 1]) },
    { tag: 11, body: Buffer.from([0x62, 0, 0, 0, 0, 0, ...text]) },
    { tag: 2, body: Buffer.from([...before, ...begin, ...u16(bits), ...number]) },
  ])
}

function subpacket(type: number, body: readonly number[]): readonly number[] {
  return [body.length + 1, type, ...body]
}

function u16(value: number): readonly number[] {
  return [value >> 8, value & 255]
}

function u32(value: number): readonly number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)]
}

function rsaKey(key: PrivateKey): KeyObject {
  const values: Record<string, unknown> = { ...key.keyPacket.publicParams }
  assert.ok('privateParams' in key.keyPacket && isRecord(key.keyPacket.privateParams))
  Object.assign(values, key.keyPacket.privateParams)
  const bigint = (name: string) => {
    const octets = values[name]
    assert.ok(octets instanceof Uint8Array)
    return BigInt(`0x${Buffer.from(octets).toString('hex')}`)
  }
  const text = (value: bigint) => {
    const hex = value.toString(16)
    return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
  }
  const [n, e, d, p, q] = [bigint('n'), bigint('e'), bigint('d'), bigint('p'), bigint('q')]
  const inverse = power(q, p - 2n, p)
  const jwk = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse }
  const texts = Object.fromEntries(Object.entries(jwk).map(([name, value]) => [name, text(value)]))
  return createPrivateKey({ key: { kty: 'RSA', ...texts }, format: 'jwk' })
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

const trust: Trust = { keys: [KEY.toPublic()], keyringName: 'the keys', now: NOW }

async function expectFault(
  message: Buffer,
  fault: SignatureFault,
  said: RegExp,
  by: Trust = trust,
): Promise<void> {
  const opened = await openMessage(message, by)
  assert.equal(opened.kind, 'refused')
  if (opened.kind !== 'refused') return
  assert.match(opened.why, said)
  assert.equal(opened.fault, fault)
}

describe('a signed message', () => {
  for (const version of [3, 4] as const) {
    it(`with a signature of version ${version} gives its text and its signer`, async () => {
      for (const hash of ['sha256', 'sha512'] as const) {
        const opened = await openMessage(handmade({ version, hash }), trust)
        assert.ok(opened.kind === 'valid', JSON.stringify(opened))
        assert.equal(Buffer.from(opened.body).toString(), TEXT.toString())
        assert.equal(opened.signedBy, KEY.getFingerprint().toUpperCase())
      }
    })

    it(`with a signature of version ${version} over another text is refused`, async () => {
      const other = handmade({ version, text: Buffer.from('what is claimed') })
      await expectFault(other, 'damaged', /does not fit what it signs/)
    })

    it(`with a signature of version ${version} and SHA-1 is refused`, async () => {
      await expectFault(handmade({ version, hash: 'sha1' }), 'unsupported', /forged|Insecure message hash/)
    })

    it(`with a signature of version ${version} from the future is refused`, async () => {
      const created = new Date(NOW.getTime() + DAY * 1000)
      await expectFault(handmade({ version, created }), 'from-the-future', /dated 2026-01-02/)
    })

    it(`with a signature of version ${version} from before its key was made is refused`, async () => {
      const created = new Date(KEY_CREATED.getTime() - DAY * 1000)
      await expectFault(handmade({ version, created }), 'damaged', /not valid/)
    })

    it(`with a signature of version ${version} by a key outside of the keyring names the key`, async () => {
      const message = handmade({ version })
      const keyId = KEY_ID.toString('hex').toUpperCase()
      await expectFault(message, 'unknown-key', new RegExp(`key ${keyId}, which is not in the keys`), {
        ...trust,
        keys: [],
      })
    })

    it(`with a signature of version ${version} depends on the expiry of its key on the day it signed`, async () => {
      const { publicKey } = await reformatKey({
        privateKey: KEY,
        userIDs: [{ name: 'short-lived' }],
        keyExpirationTime: 30 * DAY,
        date: KEY_CREATED,
        format: 'object',
      })
      const shortLived = { ...trust, keys: [publicKey] }
      const within = new Date(KEY_CREATED.getTime() + 7 * DAY * 1000)
      assert.equal((await openMessage(handmade({ version, created: within }), shortLived)).kind, 'valid')
      await expectFault(handmade({ version }), 'expired-key', /had expired by then/, shortLived)
    })

    it(`with a signature of version ${version} that is cut off is refused`, async () => {
      const message = handmade({ version })
      for (let length = 0; length < message.length; length += 7) {
        const opened = await openMessage(message.subarray(0, length), trust)
        assert.equal(opened.kind, 'refused', `${length} octets`)
      }
    })
  }

  it('counts until its own date of expiry', async () => {
    const month = 30 * DAY
    await expectFault(handmade({ version: 4, expires: month }), 'expired', /has expired \(2024-07-01T00:00/)
    const then = { ...trust, now: new Date(SIGNED.getTime() + (month - 1) * 1000) }
    assert.equal((await openMessage(handmade({ version: 4, expires: month }), then)).kind, 'valid')
  })

  it('with a signature of version 3 has nothing before, between or behind', async () => {
    const message = handmade({ version: 3 })
    const text = joinPackets([{ tag: 11, body: Buffer.from([0x62, 0, 0, 0, 0, 0, 0x61]) }])
    for (const added of [
      [text, message],
      [message, text],
      [message, message],
    ])
      await expectFault(Buffer.concat(added), 'damaged', /not one signature around one text|cannot be read/)
  })

  it('with a signature of version 3 and a text that is cut off is refused', async () => {
    const [onePass, , signature] = readPackets(handmade({ version: 3 })) ?? []
    assert.ok(onePass && signature)
    for (const body of [[], [0x62], [0x62, 200, 0, 0]])
      await expectFault(
        joinPackets([onePass, { tag: 11, body: Buffer.from(body) }, signature]),
        'damaged',
        /does not fit/,
      )
  })

  it('with a signature of version 3 of another type is not supported', async () => {
    await expectFault(handmade({ version: 3, type: 1 }), 'unsupported', /type 1/)
  })
})
