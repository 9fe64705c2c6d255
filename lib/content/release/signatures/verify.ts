/**
 * Asks for the signatures of a payload one after the other until one is valid: signed, whole, by a key of the keyring, for
 * this digest. Nothing of a payload is used before that.
 *
 * oc-mirror v2 looks at `signature-1` only, and neither at the end of the check nor at the digest that was signed; both are
 * part of it here.
 */
import { PlaceError, PlanError } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { Documents } from '../../documents.ts'
import { type Keyring, keysOf, RED_HAT_KEYRING } from './keyring.ts'
import { isRedHatUrl, signatureUrl, withoutSecrets } from './location.ts'
import { readClaim } from './release-claim.ts'
import { hintFor, type Refusal, SignatureError } from './signature-error.ts'
import { openMessage, type Trust } from './signed-message.ts'

export interface SignedPayload {
  readonly digest: Digest
  /** For messages: `4.16.8 (amd64), quay.io/openshift-release-dev/ocp-release@sha256:…` */
  readonly name: string
  readonly type: 'ocp' | 'okd'
}

export interface VerifyOptions {
  readonly documents: Documents
  readonly keys: Keyring
  /** RED_HAT_SIGNATURES_URL, or what OCP_SIGNATURE_URL says. http, https or file. */
  readonly url: string
  /** What the expiry of signatures is compared with. */
  readonly now: Date
}

export interface VerifiedSignature {
  /** The signed message as the server sent it. */
  readonly bytes: Uint8Array
  /** `quay.io/openshift-release-dev/ocp-release:4.16.8-x86_64`: what the signer calls the image. */
  readonly reference: string
  /** Fingerprint of the primary key, upper-case hex. */
  readonly signedBy: string
}

/** Keys change over the years, and a store then holds one signature for each; nobody has had this many. */
const MAX_SIGNATURES = 10
/** Real ones have about 900 bytes. */
const MAX_SIGNATURE_BYTES = 256 * 1024

/**
 * The first valid signature of a payload.
 *
 * @throws SignatureError naming the payload and every place that was tried; PlanError when a place cannot be asked, or the
 *   URL or the keyring cannot be used.
 */
export async function verifyPayload(
  payload: SignedPayload,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<readonly VerifiedSignature[]> {
  checkProduct(payload, options)
  const refusals: { readonly url: string; readonly refusal: Refusal }[] = []
  for (let number = 1; number <= MAX_SIGNATURES; number++) {
    const url = signatureUrl(options.url, payload.digest, number)
    const bytes = await readSignature(payload, url, options.documents, signal)
    if (bytes === undefined) {
      if (number === 1) throw noSignature(payload, url)
      break
    }
    const verified = await verifySignature(bytes, payload.digest, await trustOf(options))
    if (verified.kind === 'verified') return [verified.signature]
    refusals.push({ url: withoutSecrets(url), refusal: verified })
  }
  throw noneValid(payload, refusals)
}

async function readSignature(
  { name }: SignedPayload,
  url: string,
  documents: Documents,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await documents.read(url, { maxBytes: MAX_SIGNATURE_BYTES }, signal)
  } catch (cause) {
    if (!(cause instanceof PlaceError)) throw cause
    throw new PlanError(`cannot verify ${name}: ${cause.message}`, {
      cause,
      hint: cause.hint ?? 'where signatures are served elsewhere, name the place in OCP_SIGNATURE_URL',
    })
  }
}

async function trustOf({ keys, now }: VerifyOptions): Promise<Trust> {
  return { keys: await keysOf(keys), keyringName: keys.name, now }
}

async function verifySignature(
  bytes: Uint8Array,
  digest: Digest,
  trust: Trust,
): Promise<{ readonly kind: 'verified'; readonly signature: VerifiedSignature } | Refusal> {
  const opened = await openMessage(bytes, trust)
  if (opened.kind === 'refused') return opened
  const claim = readClaim(opened.body, digest)
  if (claim.kind === 'refused') return claim
  return { kind: 'verified', signature: { bytes, reference: claim.reference, signedBy: opened.signedBy } }
}

/** Red Hat neither signs OKD nor serves its signatures. */
function checkProduct({ type, name }: SignedPayload, { keys, url }: VerifyOptions): void {
  if (type !== 'okd') return
  const missing = [
    ...(isRedHatUrl(url) ? ['OCP_SIGNATURE_URL'] : []),
    ...(keys === RED_HAT_KEYRING ? ['OCP_SIGNATURE_VERIFICATION_PK'] : []),
  ]
  if (missing.length > 0)
    throw new SignatureError(
      'no-keyring',
      `cannot verify ${name}: OKD is not signed by Red Hat, and ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
      { hint: hintFor('no-keyring') },
    )
}

function noSignature({ name }: SignedPayload, url: string): SignatureError {
  return new SignatureError('missing', `${name} has no signature; tried ${withoutSecrets(url)}`, {
    hint: hintFor('missing'),
  })
}

function noneValid(
  { name }: SignedPayload,
  refusals: readonly { readonly url: string; readonly refusal: Refusal }[],
): SignatureError {
  const told = [...Map.groupBy(refusals, ({ refusal }) => refusal.why)].map(([why, [one, ...others]]) => {
    const alike =
      others.length > 0 ? `; the same is true of ${others.map(({ url }) => lastPart(url)).join(', ')}` : ''
    return `the signature at ${one?.url} ${why}${alike}`
  })
  const [first] = refusals
  const fault = first?.refusal.fault ?? 'missing'
  return new SignatureError(fault, `${name} is not verified: ${told.join('; ')}`, {
    hint: hintFor(fault),
    cause: first?.refusal.cause,
  })
}

/** `signature-2`: a server that answers every address with its own page has all of them. */
function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
