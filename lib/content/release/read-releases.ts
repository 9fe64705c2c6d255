/**
 * Payloads -> what they hold, and the signatures that vouch for them. Each payload is read once in a run, whichever
 * channels, passes and image sets name it; a few are in work at once.
 */
import pLimit from 'p-limit'
import type { ReleaseProduct } from '../../config/index.ts'
import { hintOf, InterruptedError, messageOf, PlanError } from '../../errors.ts'
import type { Digest } from '../../oci/digest.ts'
import type { Platform } from '../../oci/platform.ts'
import { formatReference, type Reference } from '../../oci/reference.ts'
import type { FactCache, ManifestCache, Sources } from '../../provider.ts'
import type { Documents } from '../documents.ts'
import { settleAll } from './failures.ts'
import { type Payload, readPayload } from './payload/index.ts'
import { type Keyring, type VerifiedSignature, verifyPayload } from './signatures/index.ts'

/** Payloads in work at once: enough to hide the time a registry takes to answer, few enough not to be throttled. */
const PARALLEL_PAYLOADS = 8

export interface ReleasePlaces {
  readonly sources: Sources
  readonly cache: ManifestCache
  readonly facts: FactCache
  readonly documents: Documents
}

export interface SignatureOptions {
  readonly url: string
  readonly keys: Keyring
  /** What expiry dates are compared with. */
  readonly now: Date
}

export interface ReleaseToRead {
  readonly payload: Reference & { readonly digest: Digest }
  /** For messages: `4.16.8 (amd64)`; absent where only the reference is known. */
  readonly name?: string
  readonly product: ReleaseProduct
  /** Of a multi payload: whose instance is read. */
  readonly platforms: readonly Platform[]
  /** false: not looked at (`--ignore-release-signature`). */
  readonly verify: boolean
}

export interface ReadRelease {
  readonly payload: Payload
  /** Empty only where they were not looked at. */
  readonly signatures: readonly VerifiedSignature[]
}

/** Reads one payload and verifies it. @throws PlanError, with both causes where both went wrong. */
export type ReleaseReader = (release: ReleaseToRead, signal: AbortSignal) => Promise<ReadRelease>

export function createReleaseReader(places: ReleasePlaces, options: SignatureOptions): ReleaseReader {
  const limit = pLimit(PARALLEL_PAYLOADS)
  const known = new Map<string, Promise<ReadRelease>>()
  return (release, signal) => {
    const key = `${release.payload.digest} ${release.verify} ${JSON.stringify(release.platforms)}`
    const before = known.get(key)
    if (before !== undefined) return before
    const reading = limit(() => read(release, places, options, signal))
    known.set(key, reading)
    return reading
  }
}

async function read(
  release: ReleaseToRead,
  { sources, cache, facts, documents }: ReleasePlaces,
  options: SignatureOptions,
  signal: AbortSignal,
): Promise<ReadRelease> {
  const { payload: reference, product, platforms } = release
  const { digest } = reference
  const written = formatReference(reference)
  const name = release.name === undefined ? written : `${release.name}, ${written}`
  const reader = sources.open({ kind: 'registry', reference })
  const verifying = release.verify
    ? naming(
        `${name} cannot be verified`,
        verifyPayload({ digest, name, type: product }, { documents, ...options }, signal),
      )
    : Promise.resolve([])
  const reading = naming(
    `${name} cannot be read`,
    readPayload({ reader, digest, name, platforms }, cache, facts, signal),
  )
  await settleAll<unknown>([reading, verifying], signal)
  return { payload: await reading, signatures: await verifying }
}

/** Errors of places and of content know nothing of releases: a PlanError names them already. */
async function naming<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof PlanError || cause instanceof InterruptedError) throw cause
    throw new PlanError(`${what}: ${messageOf(cause)}`, { cause, hint: hintOf(cause) })
  }
}
