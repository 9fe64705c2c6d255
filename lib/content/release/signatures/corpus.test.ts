/** Real signatures and keys: what Red Hat signs with the built-in keys, and the cases of containers/image with its own. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { armor, enums } from 'openpgp'
import { parse } from 'yaml'
import { joinPackets } from '../../../../testdata/release-signing.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isRecord } from '../../../oci/json.ts'
import { readArmor } from './armor.ts'
import { type Keyring, keysOf, parseKeyring, RED_HAT_KEYRING } from './keyring.ts'
import { literalData, readPackets } from './packets.ts'
import { RED_HAT_KEYS } from './red-hat-keys.ts'
import { SignatureError, type SignatureFault } from './signature-error.ts'
import { verifyPayload } from './verify.ts'

const CORPUS = resolve(
  import.meta.dirname,
  '../../../..',
  process.env.MIRRORFORM_CORPUS ?? '../shared/corpus',
  'signatures',
)
const skip = existsSync(CORPUS) ? false : 'the corpus is not here'
const NOW = new Date('2026-06-01T00:00:00Z')
const MANIFEST = 'sha256:20bf21ed457b390829cdbeec8795a7bea1626991fda603e0d01b4e7f60427e55' as Digest

const [RELEASE_KEY] = RED_HAT_KEYS.map(key => key.fingerprint)

/** Signatures by Red Hat: file, digest, and what they call the image. Those up to 4.13 have version 3, later ones 4. */
const RELEASES: readonly (readonly [file: string, hex: string, reference: string])[] = [
  [
    'openshift__library-go__sha256=e3f12513a4b22a2d7c0e7c9207f52128113758d9d68c7d06b11a0ac7672966f7_signature-1.sig',
    'e3f12513a4b22a2d7c0e7c9207f52128113758d9d68c7d06b11a0ac7672966f7',
    'registry.access.redhat.com/rhel7:7.6',
  ],
  [
    'openshift__oc-mirror__noo-bundle-image_signature-1.sig',
    '50b9402635dd4b312a86bed05dcdbda8c00120d3789ec2e9b527045100b3bdb4',
    'registry.access.redhat.com/albo/aws-load-balancer-operator-bundle:0.0.1',
  ],
  [
    'openshift__oc-mirror__noo-bundle-image_signature-3.sig',
    '50b9402635dd4b312a86bed05dcdbda8c00120d3789ec2e9b527045100b3bdb4',
    'registry.redhat.io/albo/aws-load-balancer-operator-bundle:0.0.1',
  ],
  [
    'thibor1974__cluster-update__release-signatures_signature-sha256-8465e416a403cec2.json',
    '8465e416a403cec2e6887c8aebe783b976f46f81d513890f17037b652b143de5',
    'quay.io/openshift-release-dev/ocp-release:4.12.18-x86_64',
  ],
  [
    'thibor1974__cluster-update__release-signatures_signature-sha256-2309578b68c5666d.json',
    '2309578b68c5666dad62aed696f1f9d778ae1a089ee461060ba7b9514b7ca417',
    'quay.io/openshift-release-dev/ocp-release:4.12.23-x86_64',
  ],
  [
    'thibor1974__cluster-update__release-signatures_signature-sha256-74b23ed4bbb59319.json',
    '74b23ed4bbb593195a721373ed6693687a9b444c97065ce8ac653ba464375711',
    'quay.io/openshift-release-dev/ocp-release:4.13.0-x86_64',
  ],
  [
    'thibor1974__cluster-update__release-signatures_signature-sha256-e3fb8ace9881ae54.json',
    'e3fb8ace9881ae5428ae7f0ac93a51e3daa71fa215b5299cd3209e134cadfc9c',
    'quay.io/openshift-release-dev/ocp-release:4.13.4-x86_64',
  ],
  [
    'openshift__oc-mirror__internal_e2e_signature-1.sig',
    '0da6316466d60a3a4535d5fed3589feb0391989982fba59d47d4c729912d6363',
    'quay.io/openshift-release-dev/ocp-release:4.15.0-x86_64',
  ],
  [
    'glaceroy__ocp4-metal-install__upgrade_imagecontentsourcepolicy_4.18.30_signature-configmap.yaml',
    '349912ef80ff71bdb591b36d8b3eca9df2446fa2497af08058d1777b8e0cf3ca',
    'quay.io/openshift-release-dev/ocp-release:4.18.30-x86_64',
  ],
  [
    'dmc5179__openshift4-disconnected__4.19.9-x86_64-sha256-b6f3a6e7cab0bb6e2590f6e6612a3edec75e3b28d32a4e55325bdeeb7d836662.sig',
    'b6f3a6e7cab0bb6e2590f6e6612a3edec75e3b28d32a4e55325bdeeb7d836662',
    'quay.io/openshift-release-dev/ocp-release:4.19.9-x86_64',
  ],
]

/** A signature, or the first one in a ConfigMap. */
function signatureIn(file: string): Uint8Array {
  const bytes = readFileSync(resolve(CORPUS, file))
  if (file.endsWith('.sig')) return bytes
  const configMap: unknown = parse(bytes.toString())
  assert.ok(isRecord(configMap) && isRecord(configMap.binaryData))
  return Buffer.from(String(Object.values(configMap.binaryData)[0]), 'base64')
}

function verify(bytes: Uint8Array, digest: Digest, keys: Keyring) {
  const read = async (url: string) => (url.endsWith('/signature-1') ? bytes : undefined)
  return verifyPayload(
    { digest, name: `release@${digest}`, type: 'ocp' },
    { documents: { read, used: [] }, keys, url: 'https://signatures.example', now: NOW },
    new AbortController().signal,
  )
}

function fault(expected: SignatureFault, said: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof SignatureError)
    assert.match(error.message, said)
    assert.equal(error.fault, expected)
    return true
  }
}

/** The keys of containers/image's cases. */
async function testKeys(): Promise<Keyring> {
  const files = ['public-key.gpg', 'public-key-with-subkey.gpg'].map(name =>
    readFileSync(resolve(CORPUS, `containers__image__signature_fixtures_${name}`)),
  )
  const blocks = files.map(bytes =>
    bytes[0] === 0x2d ? bytes.toString() : armor(enums.armor.publicKey, bytes),
  )
  return parseKeyring(blocks.join('\n'), 'the test keys')
}

describe('real signatures', { skip }, () => {
  for (const [file, hex, reference] of RELEASES)
    it(`the signature of ${reference} is valid with the built-in keys`, async () => {
      const bytes = signatureIn(file)
      const [verified] = await verify(bytes, `sha256:${hex}` as Digest, RED_HAT_KEYRING)
      assert.equal(verified?.reference, reference)
      assert.equal(verified?.signedBy, RELEASE_KEY)
      assert.deepEqual(verified?.bytes, bytes)
    })

  it('a real signature is refused for another payload, and both digests are named', async () => {
    for (const [file, hex] of RELEASES) {
      const other = fault('other-digest', new RegExp(`${hex}.*not for ${MANIFEST}`))
      await assert.rejects(verify(signatureIn(file), MANIFEST, RED_HAT_KEYRING), other)
    }
  })

  it('a real signature with one byte of its text changed is refused', async () => {
    for (const [file, hex] of RELEASES) {
      const packets = readPackets(signatureIn(file)) ?? []
      const texts = packets.filter(packet => packet.tag === 11).map(literalData)
      const altered = joinPackets(packets)
      const at = altered.indexOf(Buffer.from(texts[0] ?? '')) + 3
      altered[at] = (altered[at] ?? 0) ^ 1
      await assert.rejects(
        verify(altered, `sha256:${hex}` as Digest, RED_HAT_KEYRING),
        fault('damaged', /does not fit what it signs/),
      )
    }
  })

  it('a real signature that was packed anew is still valid', async () => {
    for (const [file, hex, reference] of RELEASES) {
      const bytes = joinPackets(readPackets(signatureIn(file)) ?? [])
      const [verified] = await verify(bytes, `sha256:${hex}` as Digest, RED_HAT_KEYRING)
      assert.equal(verified?.reference, reference)
    }
  })

  const cases: readonly (readonly [file: string, SignatureFault | undefined, said: RegExp])[] = [
    ['image.sig', undefined, /testing\/manifest$/],
    ['subkey.sig', undefined, /testing\/manifest:latest$/],
    ['invalid-reference.sig', 'not-a-release', /"UPPERCASEISINVALID", which is no image reference/],
    ['expired.sig', 'expired', /has expired \(2025-06-24T10:00/],
    ['unknown-key.sig', 'unknown-key', /key 5F9470E3BC6C3B55, which is not in the test keys/],
  ]
  for (const [file, expected, said] of cases)
    it(`${file} of containers/image is ${expected ?? 'valid'}`, async () => {
      const verified = verify(signatureIn(`containers__image__${file}`), MANIFEST, await testKeys())
      if (expected === undefined) assert.match((await verified)[0]?.reference ?? '', said)
      else await assert.rejects(verified, fault(expected, said))
    })

  it('every published key file of the corpus can be used as a keyring', async () => {
    const files = readdirSync(CORPUS).filter(name => /\.asc$|keyrings_.*\.txt$/.test(name))
    const counts: Record<string, number> = {}
    for (const name of files) {
      const keyring = await parseKeyring(readFileSync(resolve(CORPUS, name), 'utf8'), name)
      for (const key of await keysOf(keyring))
        counts[key.getFingerprint()] = (counts[key.getFingerprint()] ?? 0) + 1
    }
    assert.ok(files.length >= 9)
    for (const { fingerprint } of RED_HAT_KEYS)
      assert.ok((counts[fingerprint.toLowerCase()] ?? 0) >= 1, fingerprint)
  })
})

describe('the built-in keys', () => {
  it('are those whose fingerprints Red Hat publishes', async () => {
    const keys = await keysOf(RED_HAT_KEYRING)
    assert.deepEqual(
      keys.map(key => key.getFingerprint().toUpperCase()),
      [
        '567E347AD0044ADE55BA8A5F199E2F91FD431D51',
        'B08B659EE86AF623BC90E8DB938A80CAF21541EB',
        '6A6AA7C97C8890AEC6AEBFE2F76F66C3D4082792',
      ],
    )
    assert.deepEqual(
      keys.map(key => key.getUserIDs()),
      RED_HAT_KEYS.map(key => [`${key.name} <security@redhat.com>`]),
    )
    for (const key of keys) await key.verifyPrimaryKey(NOW)
  })

  it('are each one whole armored block', () => {
    for (const key of RED_HAT_KEYS) assert.equal(readArmor(key.armored, 'PUBLIC KEY BLOCK').length, 1)
  })
})
