/**
 * The requests that one upload is made of (OCI distribution-spec 1.1, "Pushing blobs", "Mounting a blob from another
 * repository"): start it, or mount; send bytes; ask how far it came; close it. Which of them to send is decided in
 * `upload-ways.ts`.
 */
import { algorithmOf, type Digest, isDigest } from '../../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import { mountInto, pushTo } from '../auth/scope.ts'
import { answerFault } from '../http/answer-fault.ts'
import { discard } from '../http/body.ts'
import { type Fault, type Operation, RegistryError } from '../http/registry-error.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import type { RepositoryAt } from '../repository-at.ts'
import type { Payload } from './blob-source.ts'
import { explainRefusedStart } from './refused-start.ts'
import { uploading, writing } from './target-place.ts'
import { leastChunkOf, locationOf, receivedOf, withDigest } from './upload-location.ts'

/** An upload that is under way. */
export interface UploadPlace {
  readonly location: URL
  /** Bytes that the registry has. */
  readonly offset: number
  /** The smallest chunk the registry takes, bytes. */
  readonly leastChunk: number
}

export type MountAnswer =
  | { readonly kind: 'mounted' }
  /** The registry started an upload instead: it is used, because not every registry lets go of one. */
  | { readonly kind: 'started'; readonly place: UploadPlace }

export type Sent =
  | { readonly kind: 'stored' }
  | { readonly kind: 'received'; readonly location: URL; readonly received: number | undefined }
  /** The registry, or a proxy before it, does not take the bytes in this way. */
  | { readonly kind: 'refused'; readonly fault: Fault; readonly received: number | undefined }

const NO_BODY = { 'content-length': '0' }
/** A mount saves an upload; it is not worth a long wait. */
const MOUNT_RETRIES = 1
const REFUSALS: ReadonlySet<number> = new Set([404, 405, 411, 413, 415, 416, 501])

/** @throws RegistryError: whatever it is, the blob can still be uploaded. */
export function mountBlob(
  at: RepositoryAt,
  digest: Digest,
  from: RepositoryPath,
  operation: Operation,
  signal: AbortSignal,
): Promise<MountAnswer> {
  const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`
  return at.session.request(
    {
      operation,
      method: 'POST',
      path: `/v2/${at.path}/blobs/uploads/?${query}`,
      intent: writing(at),
      scopes: mountInto(at.path, from),
      headers: NO_BODY,
      wanted: status => status === 201 || status === 202,
      retries: MOUNT_RETRIES,
    },
    signal,
    async answer => {
      await discard(answer)
      if (answer.status === 202) return { kind: 'started', place: placeOf(answer) }
      checkDigest(answer, digest)
      return { kind: 'mounted' }
    },
  )
}

export async function startUpload(
  at: RepositoryAt,
  operation: Operation,
  signal: AbortSignal,
): Promise<UploadPlace> {
  try {
    return await at.session.request(
      {
        operation,
        method: 'POST',
        path: `/v2/${at.path}/blobs/uploads/`,
        intent: writing(at),
        scopes: pushTo(at.path),
        headers: NO_BODY,
        wanted: status => status === 202,
      },
      signal,
      async answer => {
        await discard(answer)
        return placeOf(answer)
      },
    )
  } catch (error) {
    throw error instanceof RegistryError ? await explainRefusedStart(at, error, signal) : error
  }
}

function placeOf(answer: Answer): UploadPlace {
  return { location: locationOf(answer), offset: 0, leastChunk: leastChunkOf(answer) }
}

/** Sends everything in the request that also closes the upload. */
export function putWhole(
  at: RepositoryAt,
  location: URL,
  digest: Digest,
  payload: Payload,
  operation: Operation,
  signal: AbortSignal,
): Promise<Sent> {
  return at.session.request(
    {
      operation,
      method: 'PUT',
      path: withDigest(location, digest),
      intent: uploading(at),
      scopes: pushTo(at.path),
      headers: bytesHeaders(payload.size),
      ...payload.content,
      wanted: status => isClosed(status) || REFUSALS.has(status),
    },
    signal,
    async answer => (isClosed(answer.status) ? stored(answer, digest) : refused(at, answer)),
  )
}

/** Sends bytes; `start` says which they are, where the registry shall check that. */
export function patchBytes(
  at: RepositoryAt,
  location: URL,
  digest: Digest,
  payload: Payload,
  start: number | undefined,
  operation: Operation,
  signal: AbortSignal,
): Promise<Sent> {
  const range = start === undefined ? {} : { 'content-range': `${start}-${start + payload.size - 1}` }
  return at.session.request(
    {
      operation,
      method: 'PATCH',
      path: location,
      intent: uploading(at),
      scopes: pushTo(at.path),
      headers: { ...bytesHeaders(payload.size), ...range },
      ...payload.content,
      // A chunk that was sent again after a lost answer would be there twice.
      retries: 0,
      wanted: status => status === 201 || status === 202 || status === 204 || REFUSALS.has(status),
    },
    signal,
    async answer => {
      if (answer.status === 201) return stored(answer, digest)
      if (REFUSALS.has(answer.status)) return refused(at, answer)
      await discard(answer)
      const next = headerOf(answer, 'location') === undefined ? location : locationOf(answer)
      return { kind: 'received', location: next, received: receivedOf(answer) }
    },
  )
}

export function closeUpload(
  at: RepositoryAt,
  location: URL,
  digest: Digest,
  operation: Operation,
  signal: AbortSignal,
): Promise<Sent> {
  return at.session.request(
    {
      operation,
      method: 'PUT',
      path: withDigest(location, digest),
      intent: uploading(at),
      scopes: pushTo(at.path),
      headers: NO_BODY,
      wanted: status => isClosed(status) || status === 404 || status === 416,
      retries: 0,
    },
    signal,
    async answer => (isClosed(answer.status) ? stored(answer, digest) : refused(at, answer)),
  )
}

/** How far an upload came; undefined when the registry does not say, or no longer knows the upload. */
export async function askProgress(
  at: RepositoryAt,
  place: UploadPlace,
  operation: Operation,
  signal: AbortSignal,
): Promise<UploadPlace | undefined> {
  try {
    return await at.session.request(
      {
        operation,
        method: 'GET',
        path: place.location,
        scopes: pushTo(at.path),
        wanted: status => status === 204 || status === 202 || status === 200,
        retries: 0,
      },
      signal,
      async answer => {
        await discard(answer)
        const offset = receivedOf(answer)
        if (offset === undefined) return undefined
        const location = headerOf(answer, 'location') === undefined ? place.location : locationOf(answer)
        return { ...place, location, offset }
      },
    )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof RegistryError) return undefined
    throw error
  }
}

function isClosed(status: number): boolean {
  return status === 201 || status === 200 || status === 204
}

function bytesHeaders(size: number): Readonly<Record<string, string>> {
  return { 'content-type': 'application/octet-stream', 'content-length': String(size) }
}

async function stored(answer: Answer, digest: Digest): Promise<Sent> {
  await discard(answer)
  checkDigest(answer, digest)
  return { kind: 'stored' }
}

async function refused(at: RepositoryAt, answer: Answer): Promise<Sent> {
  return {
    kind: 'refused',
    fault: await answerFault(answer, at.session.host),
    received: receivedOf(answer),
  }
}

function checkDigest(answer: Answer, digest: Digest): void {
  const stated = headerOf(answer, 'docker-content-digest')
  if (stated === undefined || !isDigest(stated) || algorithmOf(stated) !== algorithmOf(digest)) return
  if (stated !== digest)
    throw new RegistryError({ detail: `${answer.url.host} says that it stored ${stated} instead` })
}
