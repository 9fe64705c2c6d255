import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  armor,
  createMessage,
  enums,
  generateKey,
  readPrivateKey,
  reformatKey,
  revokeKey,
  sign,
} from 'openpgp'
import {
  createSigner,
  joinPackets,
  KEY_CREATED,
  releaseClaim,
  SIGNED,
  type Signer,
} from '../../../../testdata/release-signing.ts'
import { PlaceError, PlanError } from '../../../errors.ts'
import { digestOf } from '../../../oci/digest.ts'
import { type Keyring, parseKeyring, RED_HAT_KEYRING } from './keyring.ts'
import { RED_HAT_SIGNATURES_URL } from './location.ts'
import { readPackets } from './packets.ts'
import { SignatureError, type SignatureFault } from './signature-error.ts'
import { type VerifyOptions, verifyPayload } from './verify.ts'

const DIGEST = digestOf('payload')
const OTHER = digestOf('another payload')
const NAME = `4.16.8 (amd64), quay.io/ocp/release@${DIGEST}`
const REFERENCE = 'quay.io/ocp/release:4.16.8-x86_64'
const URL = 'https://signatures.example/release'
const NOW = new Date('2026-01-01T00:00:00Z')
const DAY = 24 * 60 * 60

const signer: Signer = await createSigner('release signer')
const stranger: Signer = await createSigner('somebody else')
const keys: Keyring = await parseKeyring(signer.armoredPublicKey, '/etc/mirror/keys.asc')
const good: Uint8Array = await signer.sign(DIGEST, REFERENCE)

/** Serves the given signatures as signature-1, -2, …; `asked` are the URLs that were read. */
function verify(signatures: readonly Uint8Array[], options: Partial<VerifyOptions> & { type?: 'okd' } = {}) {
  const asked: string[] = []
  const read = async (url: string) => {
    asked.push(url)
    return signatures[Number(url.split('-').at(-1)) - 1]
  }
  const { type = 'ocp', ...rest } = options
  const verified = verifyPayload(
    { digest: DIGEST, name: NAME, type },
    { documents: { read, used: [] }, keys, url: URL, now: NOW, ...rest },
    new AbortController().signal,
  )
  return { verified, asked }
}

function rejects(
  signatures: readonly Uint8Array[],
  fault: SignatureFault,
  said: RegExp,
  options?: Partial<VerifyOptions>,
) {
  return assert.rejects(verify(signatures, options).verified, (error: unknown) => {
    assert.ok(error instanceof SignatureError, String(error))
    assert.match(error.message, said)
    assert.ok(error.message.includes(NAME))
    assert.ok(error.hint)
    assert.equal(error.fault, fault)
    return true
  })
}

describe('the signature of a release', () => {
  it('is read from the folder of the digest and kept as it came', async () => {
    const { verified, asked } = verify([good])
    assert.deepEqual(await verified, [{ bytes: good, reference: REFERENCE, signedBy: signer.fingerprint }])
    assert.deepEqual(asked, [`${URL}/${DIGEST.replace(':', '=')}/signature-1`])
  })

  it('may be armored', async () => {
    const armored = armor(enums.armor.message, good)
    assert.equal((await verify([Buffer.from(armored)]).verified)[0]?.reference, REFERENCE)
  })

  it('may be the second, where the first is by a signer we do not know', async () => {
    const { verified, asked } = verify([await stranger.sign(DIGEST, REFERENCE), good])
    assert.equal((await verified)[0]?.signedBy, signer.fingerprint)
    assert.equal(asked.length, 2)
  })

  it('that is missing is an error with the place that was asked', async () => {
    await rejects([], 'missing', /has no signature; tried https:\/\/signatures\.example\/release\/sha256=/)
    await rejects([], 'missing', /tried https:\/\/host\/sha256=/, { url: 'https://me:secret@host' })
  })

  it('is looked for ten times at most, and all that was found is told', async () => {
    const foreign = await stranger.sign(DIGEST, REFERENCE)
    const { verified, asked } = verify(Array.from({ length: 20 }, () => foreign))
    await assert.rejects(
      verified,
      /signature-1 was made with key [^;]*; the same is true of signature-2, [^;]*, signature-10$/,
    )
    assert.equal(asked.length, 10)
  })

  it('that cannot be asked for is an error with the payload, the place and what it said', async () => {
    const read = async (url: string) => {
      throw new PlaceError(`cannot read ${url}: 503`)
    }
    const { verified } = verify([], { documents: { read, used: [] } })
    await assert.rejects(verified, (error: unknown) => {
      assert.ok(error instanceof PlanError && error.cause instanceof PlaceError)
      assert.ok(error.message.startsWith(`cannot verify ${NAME}: cannot read ${URL}/sha256=`), error.message)
      return /OCP_SIGNATURE_URL/.test(error.hint ?? '')
    })
  })

  it('by a key outside of the keyring names the key and the keyring', async () => {
    const foreign = await stranger.sign(DIGEST, REFERENCE)
    const keyId = stranger.fingerprint.slice(-16)
    await rejects([foreign], 'unknown-key', new RegExp(`key ${keyId}, which is not in /etc/mirror/keys.asc`))
    await rejects([good], 'unknown-key', /not in the built-in Red Hat keys/, { keys: RED_HAT_KEYRING })
  })

  it('for another payload names both digests', async () => {
    await rejects([await signer.sign(OTHER, REFERENCE)], 'other-digest', new RegExp(`${OTHER}.*${DIGEST}`))
  })

  it('has to be a signed message and not a page, a bare text or nothing', async () => {
    const text = new TextEncoder().encode(releaseClaim(DIGEST, REFERENCE))
    const unsigned = (await createMessage({ binary: text })).write() as Uint8Array
    await rejects([unsigned], 'unsigned', /a message that nobody has signed/)
    await rejects([Buffer.from('<!DOCTYPE html><p>login')], 'unsigned', /begins with "<!DOCTYPE html>/)
    await rejects([text], 'unsigned', /no OpenPGP message/)
    await rejects([new Uint8Array()], 'unsigned', /no OpenPGP message: it begins with ""/)
  })

  it('has to be that of a release', async () => {
    const claim = releaseClaim(DIGEST, REFERENCE)
    const bodies: readonly (readonly [string, RegExp])[] = [
      ['hello', /is not the JSON of a container signature/],
      ['{"critical": 1}', /is not the JSON of a container signature/],
      [claim.replace('atomic container', 'cosign container'), /of type "cosign container signature"/],
      [claim.replace('docker-reference', 'reference'), /does not say which image/],
      [claim.replace(REFERENCE, 'NO REFERENCE'), /"NO REFERENCE", which is no image reference/],
    ]
    for (const [body, said] of bodies) await rejects([await signer.signText(body)], 'not-a-release', said)
  })

  it('does not cover text that was changed or added', async () => {
    const packets = readPackets(good) ?? []
    const at = Buffer.from(good).indexOf('4.16.8')
    const changed = Buffer.from(good)
    changed[at + 5] = '9'.charCodeAt(0)
    await rejects([changed], 'damaged', /does not fit what it signs/)
    const [, text] = packets
    assert.ok(text)
    await rejects([joinPackets([text, ...packets])], 'damaged', /cannot be read|not valid/)
    await rejects([joinPackets([...packets, text])], 'damaged', /cannot be read|not valid/)
  })

  it('in a format of the future is an error that names the version', async () => {
    const packets = (readPackets(good) ?? []).map(packet =>
      packet.tag === 2 ? { ...packet, body: Buffer.from([9, ...packet.body.subarray(1)]) } : packet,
    )
    await rejects([joinPackets(packets)], 'unsupported', /not supported \(version 9\)/)
  })

  it('cut off or altered anywhere is refused, and never breaks the program', async () => {
    const damage = fc.oneof(
      fc.nat(good.length - 1).map(length => good.subarray(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
        const altered = Uint8Array.from(good)
        altered[at] = (altered[at] ?? 0) ^ bits
        return altered
      }),
      fc.uint8Array({ maxLength: 64 }).map(bytes => Uint8Array.from([0xc4, ...bytes])),
    )
    const verified = fc.asyncProperty(damage, async bytes => {
      const outcome = await verify([bytes]).verified.then(
        ([signature]) => signature?.reference,
        (error: unknown) => error,
      )
      // Bits outside of what is signed (a file name, a length's form) may differ; what is taken from it never does.
      assert.ok(outcome === REFERENCE || outcome instanceof SignatureError, String(outcome))
    })
    await fc.assert(verified, { numRuns: 150 })
  })
})

describe('the dates and strength of a signature', () => {
  async function signedBy(armoredPrivateKey: string, date: Date, hash?: enums.hash): Promise<Uint8Array> {
    const message = await createMessage({ binary: new TextEncoder().encode(releaseClaim(DIGEST, REFERENCE)) })
    const signingKeys = await readPrivateKey({ armoredKey: armoredPrivateKey })
    const config = { minRSABits: 1024, ...(hash !== undefined && { preferredHashAlgorithm: hash }) }
    return sign({ message, signingKeys, date, format: 'binary', config })
  }

  /** The signer's key, good for 30 days only. */
  async function shortLived(): Promise<Keyring> {
    const privateKey = await readPrivateKey({ armoredKey: signer.armoredPrivateKey })
    const { publicKey } = await reformatKey({
      privateKey,
      userIDs: [{ name: 'short-lived' }],
      keyExpirationTime: 30 * DAY,
      date: KEY_CREATED,
      format: 'armored',
    })
    return parseKeyring(publicKey, 'a key that has expired')
  }

  it('a key that expired after it signed leaves the signature valid', async () => {
    const within = await signedBy(signer.armoredPrivateKey, new Date(KEY_CREATED.getTime() + 7 * DAY * 1000))
    assert.equal((await verify([within], { keys: await shortLived() }).verified).length, 1)
  })

  it('a key that had expired when it signed is refused', async () => {
    await rejects([good], 'expired-key', /a key that had expired by then/, { keys: await shortLived() })
  })

  it('a revoked key is refused', async () => {
    const key = await readPrivateKey({ armoredKey: signer.armoredPrivateKey })
    const { publicKey } = await revokeKey({
      key,
      date: SIGNED,
      reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised },
      format: 'armored',
    })
    await rejects([good], 'revoked-key', /a key that is revoked/, {
      keys: await parseKeyring(publicKey, 'k'),
    })
  })

  it('a signature from the future is refused, and points at the clock', async () => {
    const now = new Date(SIGNED.getTime() - 1000)
    await rejects([good], 'from-the-future', /dated 2024-06-01T00:00:00.000Z/, { now })
  })

  it('a weak key is refused', async () => {
    const pair = await generateKey({
      type: 'rsa',
      rsaBits: 1024,
      userIDs: [{ name: 'weak' }],
      date: KEY_CREATED,
      format: 'armored',
      config: { minRSABits: 1024 },
    })
    const weak = await parseKeyring(pair.publicKey, 'weak keys')
    await rejects([await signedBy(pair.privateKey, SIGNED)], 'unsupported', /too weak/, { keys: weak })
  })
})

describe('where and by whom releases are signed', () => {
  it('OKD needs its own server and key, and says which of them is missing before it asks', async () => {
    const { verified, asked } = verify([good], {
      type: 'okd',
      url: RED_HAT_SIGNATURES_URL,
      keys: RED_HAT_KEYRING,
    })
    await assert.rejects(verified, (error: unknown) => {
      assert.ok(error instanceof SignatureError)
      assert.match(error.message, /OCP_SIGNATURE_URL and OCP_SIGNATURE_VERIFICATION_PK are not set/)
      assert.match(error.hint ?? '', /OCP_SIGNATURE_VERIFICATION_PK/)
      return error.fault === 'no-keyring'
    })
    assert.deepEqual(asked, [])
    await assert.rejects(verify([good], { type: 'okd', keys: RED_HAT_KEYRING }).verified, /_PK is not set/)
    assert.equal((await verify([good], { type: 'okd' }).verified).length, 1)
  })

  it('a place that is no URL is refused without asking', async () => {
    for (const url of [
      'mirror.example/signatures',
      'ftp://mirror.example/',
      'https://mirror.example/?token=secret',
    ]) {
      const { verified, asked } = verify([good], { url })
      await assert.rejects(verified, (error: unknown) => {
        assert.ok(error instanceof PlanError && !error.message.includes('secret'))
        return /OCP_SIGNATURE_URL/.test(error.message)
      })
      assert.deepEqual(asked, [])
    }
  })

  it('a folder on disk is a place', async () => {
    const { asked, verified } = verify([good], { url: 'file:///srv/signatures/' })
    await verified
    assert.deepEqual(asked, [`file:///srv/signatures/${DIGEST.replace(':', '=')}/signature-1`])
  })
})
