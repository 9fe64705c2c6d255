/**
 * Reads manifests: what a tag names now (HEAD where the registry's answer tells enough, else GET), and the bytes, proved
 * against their digest (OCI distribution-spec 1.1, "Pulling manifests").
 */

import { DigestMismatchError } from '../../../lib/errors.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { algorithmOf, type Digest, digestOf, isDigest, verifyBytes } from '../../../lib/oci/digest.ts'
import { isRecord } from '../../../lib/oci/json.ts'
import { MAX_MANIFEST_BYTES, type RawManifest } from '../../../lib/oci/manifest.ts'
import {
  essenceOf,
  MANIFEST_ACCEPT,
  manifestKindOf,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../../lib/oci/media-types.ts'
import { pullFrom } from '../auth/scope.ts'
import { answerFault, GONE_HINT, isWebPage } from '../http/answer-fault.ts'
import { discard, readAtMost } from '../http/body.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import type { ApiRequest } from '../http/session.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'

/** What a tag or digest names, undefined when it is not there. @throws RegistryError, DigestMismatchError */
export async function resolveManifest(
  at: RepositoryAt,
  reference: string,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  if (!at.session.facts.headTellsNothing) {
    const told = await headManifest(at, reference, signal)
    if (told.kind === 'found') return told.descriptor
    if (told.kind === 'absent') return undefined
    const found = await getManifest(at, reference, 'look up', signal)
    // Only an answer that did come, and lacked what HEAD lacked, shows what this registry is like.
    if (found !== undefined && told.kind === 'silent') at.session.facts.headTellsNothing = true
    return found && descriptorOf(found)
  }
  const found = await getManifest(at, reference, 'look up', signal)
  return found && descriptorOf(found)
}

/** @throws RegistryError with status 404 when it is not there, DigestMismatchError */
export async function readManifest(
  at: RepositoryAt,
  digest: Digest,
  signal: AbortSignal,
): Promise<RawManifest> {
  const found = await getManifest(at, digest, 'read the manifest', signal)
  if (found !== undefined) return found
  const fault = {
    status: 404,
    code: 'MANIFEST_UNKNOWN',
    detail: `${at.session.host} does not have it`,
    hint: GONE_HINT,
  }
  throw new RegistryError(fault, { action: 'read the manifest', subject: nameOf(at, digest) })
}

type Told =
  | { readonly kind: 'found'; readonly descriptor: Descriptor }
  | { readonly kind: 'absent' }
  /** It is there, but the headers do not say what it is. */
  | { readonly kind: 'silent' }
  /** HEAD itself is refused. */
  | { readonly kind: 'refused' }

async function headManifest(at: RepositoryAt, reference: string, signal: AbortSignal): Promise<Told> {
  const operation = { action: 'look up', subject: nameOf(at, reference) }
  const request = requestFor(at, 'HEAD', reference, operation)
  return at.session.request(
    { ...request, wanted: status => [200, 400, 404, 405, 501].includes(status) },
    signal,
    async answer => {
      await discard(answer)
      if (answer.status === 404) return absent(at, answer, signal)
      if (answer.status !== 200) return { kind: 'refused' }
      const digest = isDigest(reference) ? reference : headerOf(answer, 'docker-content-digest')
      const mediaType = essenceOf(headerOf(answer, 'content-type') ?? '')
      const size = Number(headerOf(answer, 'content-length') ?? Number.NaN)
      if (digest === undefined || !isDigest(digest) || !(size > 0) || manifestKindOf(mediaType) === undefined)
        return { kind: 'silent' }
      return { kind: 'found', descriptor: { mediaType, digest, size } }
    },
  )
}

/** "Not found" from a server that shows web pages for everything means a wrong address, not a missing image. */
async function absent(at: RepositoryAt, answer: Answer, signal: AbortSignal): Promise<Told> {
  const { looksLikeRegistry } = await at.session.contact(signal)
  return isWebPage(answer) && !looksLikeRegistry ? { kind: 'refused' } : { kind: 'absent' }
}

/** The manifest, proved; undefined when it is not there. Damaged bytes are asked for again like what broke off. */
async function getManifest(
  at: RepositoryAt,
  reference: string,
  action: string,
  signal: AbortSignal,
): Promise<RawManifest | undefined> {
  const what = nameOf(at, reference)
  const request = requestFor(at, 'GET', reference, { action, subject: what })
  return at.session.request(
    { ...request, wanted: status => status === 200 || status === 404 },
    signal,
    async answer => {
      if (isWebPage(answer)) {
        const { looksLikeRegistry } = await at.session.contact(signal)
        if (answer.status === 200 || !looksLikeRegistry)
          throw new RegistryError({ ...(await answerFault(answer, at.session.host)), code: 'NOT_A_REGISTRY' })
      }
      if (answer.status === 404) {
        await discard(answer)
        return undefined
      }
      return proved(what, reference, await readWhole(answer), answer)
    },
  )
}

function proved(what: string, reference: string, bytes: Uint8Array, answer: Answer): RawManifest {
  const stated = headerOf(answer, 'docker-content-digest')
  const mediaType = mediaTypeOf(bytes, essenceOf(headerOf(answer, 'content-type') ?? ''))
  if (isDigest(reference)) {
    verifyBytes(what, bytes, reference)
    return { digest: reference, mediaType, bytes }
  }
  if (stated === undefined || !isDigest(stated)) return { digest: digestOf(bytes), mediaType, bytes }
  const actual = digestOf(bytes, algorithmOf(stated))
  if (actual !== stated) throw new DigestMismatchError(what, stated, actual)
  return { digest: stated, mediaType, bytes }
}

async function readWhole(answer: Answer): Promise<Uint8Array> {
  try {
    return await readAtMost(answer, MAX_MANIFEST_BYTES)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new RegistryError({
      cause,
      detail: `its manifest is larger than the ${MAX_MANIFEST_BYTES / 1024 / 1024} MiB that registries have to take`,
    })
  }
}

/** What the manifest calls itself, else what the server calls it, else what its fields show. */
function mediaTypeOf(bytes: Uint8Array, stated: string): string {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return stated
  }
  if (!isRecord(json)) return stated
  if (typeof json.mediaType === 'string' && json.mediaType !== '') return json.mediaType
  if (manifestKindOf(stated) !== undefined) return stated
  if (Array.isArray(json.manifests)) return OCI_INDEX
  return Array.isArray(json.layers) ? OCI_MANIFEST : stated
}

function descriptorOf({ mediaType, digest, bytes }: RawManifest): Descriptor {
  return { mediaType, digest, size: bytes.length }
}

function requestFor(
  at: RepositoryAt,
  method: 'GET' | 'HEAD',
  reference: string,
  operation: Operation,
): Omit<ApiRequest, 'wanted'> {
  return {
    operation,
    method,
    path: `/v2/${at.path}/manifests/${reference}`,
    scopes: pullFrom(at.path),
    headers: { accept: MANIFEST_ACCEPT },
  }
}
