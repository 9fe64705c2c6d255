/**
 * Signs release payloads for tests as Red Hat does: an OpenPGP signed message whose body names the payload's digest. Every
 * signer is a new key, made and used on fixed days, so that no test depends on the clock.
 */
import type { Digest } from '../lib/oci/digest.ts'

export const KEY_CREATED = new Date('2024-01-01T00:00:00Z')
export const SIGNED = new Date('2024-06-01T00:00:00Z')

export interface Signer {
  /** What OCP_SIGNATURE_VERIFICATION_PK names a file of. */
  readonly armoredPublicKey: string
  readonly armoredPrivateKey: string
  /** Upper-case hex. */
  readonly fingerprint: string
  /** The bytes of `signature-1`. @param reference `quay.io/openshift-release-dev/ocp-release:4.16.8-x86_64` */
  sign(digest: Digest, reference: string): Promise<Uint8Array>
  /** A message with any body. */
  signText(text: string): Promise<Uint8Array>
}

export async function createSigner(name: string): Promise<Signer> {
  const { createMessage, generateKey, readPrivateKey, sign } = await import('openpgp')
  const pair = await generateKey({ type: 'ecc', userIDs: [{ name }], date: KEY_CREATED, format: 'armored' })
  const signingKeys = await readPrivateKey({ armoredKey: pair.privateKey })
  async function signText(text: string): Promise<Uint8Array> {
    const message = await createMessage({ binary: new TextEncoder().encode(text), date: SIGNED })
    return sign({ message, signingKeys, date: SIGNED, format: 'binary' })
  }
  return {
    armoredPublicKey: pair.publicKey,
    armoredPrivateKey: pair.privateKey,
    fingerprint: signingKeys.getFingerprint().toUpperCase(),
    signText,
    sign: (digest, reference) => signText(releaseClaim(digest, reference)),
  }
}

/** The body of a release signature (containers/image, "simple signing"). */
export function releaseClaim(digest: Digest, reference: string): string {
  return JSON.stringify({
    critical: {
      image: { 'docker-manifest-digest': digest },
      type: 'atomic container signature',
      identity: { 'docker-reference': reference },
    },
    optional: { creator: 'mirrorform tests' },
  })
}

/** OpenPGP packets one after the other, not compressed, each with a length of four octets. */
export function joinPackets(packets: readonly { readonly tag: number; readonly body: Uint8Array }[]): Buffer {
  const parts = packets.map(({ tag, body }) => {
    const header = Buffer.from([0xc0 | tag, 255, 0, 0, 0, 0])
    header.writeUInt32BE(body.length, 2)
    return Buffer.concat([header, body])
  })
  return Buffer.concat(parts)
}
