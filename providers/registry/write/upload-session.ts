/**
 * The requests that one upload is made of (OCI distribution-spec 1.1, "Pushing blobs", "Mounting a blob from another
 * repository"): start it, or mount; send the bytes; close it.
 *
 * Where to send is what the registry says in `Location`, relative or not, with its query untouched.
 */
import { algorithmOf, type Digest, isDigest } from '../../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../../lib/oci/reference.ts'
import { mountInto, pushTo } from '../auth/scope.ts'
import { discard } from '../http/body.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { uploading, writing } from './target-place.ts'

export type MountAnswer =
  | { readonly kind: 'mounted' }
  /** The registry started an upload instead: it is used, because not every registry lets go of one. */
  | { readonly kind: 'started'; readonly location: URL }

const NO_BODY = { 'content-length': '0' }
/** A mount saves an upload; it is not worth a long wait. */
const MOUNT_RETRIES = 1

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
      if (answer.status === 202) return { kind: 'started', location: locationOf(answer) }
      checkDigest(answer, digest)
      return { kind: 'mounted' }
    },
  )
}

export async function startUpload(at: RepositoryAt, operation: Operation, signal: AbortSignal): Promise<URL> {
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
        return locationOf(answer)
      },
    )
  } catch (error) {
    if (error instanceof RegistryError && (error.status === 404 || error.status === 405))
      throw error.with({
        hint: 'the repository or its project may have to be created first (ECR, Harbor), or this is a read-only proxy repository',
      })
    throw error
  }
}

export interface Payload {
  readonly size: number
  /** Small blobs whole, others as a stream that can be sent once. */
  readonly content: { readonly body: Uint8Array } | { readonly stream: AsyncIterable<Uint8Array> }
}

/**
 * Sends everything in the request that also closes the upload.
 *
 * @returns false when the registry does not take uploads in this way
 */
export function putWhole(
  at: RepositoryAt,
  location: URL,
  digest: Digest,
  payload: Payload,
  operation: Operation,
  signal: AbortSignal,
): Promise<boolean> {
  return at.session.request(
    {
      operation,
      method: 'PUT',
      path: withDigest(location, digest),
      intent: uploading(at),
      scopes: pushTo(at.path),
      headers: bytesHeaders(payload.size),
      ...payload.content,
      wanted: status => isClosed(status) || status === 404 || status === 405 || status === 416,
    },
    signal,
    async answer => {
      await discard(answer)
      if (!isClosed(answer.status)) return false
      checkDigest(answer, digest)
      return true
    },
  )
}

/** Sends everything in one PATCH, without `Content-Range`, and closes the upload with an empty PUT. */
export async function patchAndClose(
  at: RepositoryAt,
  location: URL,
  digest: Digest,
  payload: Payload,
  operation: Operation,
  signal: AbortSignal,
): Promise<void> {
  const shared = { operation, intent: uploading(at), scopes: pushTo(at.path) } as const
  const next = await at.session.request(
    {
      ...shared,
      method: 'PATCH',
      path: location,
      headers: bytesHeaders(payload.size),
      ...payload.content,
      wanted: status => status === 202 || status === 204,
    },
    signal,
    async answer => {
      await discard(answer)
      return headerOf(answer, 'location') === undefined ? location : locationOf(answer)
    },
  )
  await at.session.request(
    {
      ...shared,
      method: 'PUT',
      path: withDigest(next, digest),
      headers: NO_BODY,
      wanted: isClosed,
      retries: 0,
    },
    signal,
    async answer => {
      await discard(answer)
      checkDigest(answer, digest)
    },
  )
}

function isClosed(status: number): boolean {
  return status === 201 || status === 200 || status === 204
}

function bytesHeaders(size: number): Readonly<Record<string, string>> {
  return { 'content-type': 'application/octet-stream', 'content-length': String(size) }
}

/**
 * Where to go on. A registry behind a proxy that ends TLS may not know it is reached by HTTPS: on the same host the
 * scheme stays what it was.
 */
export function locationOf(answer: Pick<Answer, 'headers' | 'url'>): URL {
  const text = headerOf(answer, 'location')
  if (text === undefined || !URL.canParse(text, answer.url.href))
    throw new RegistryError({ detail: `${answer.url.host} does not say where to upload to` })
  const location = new URL(text, answer.url)
  if (location.protocol === 'http:' && answer.url.protocol === 'https:' && location.host === answer.url.host)
    location.protocol = 'https:'
  return location
}

/** Adds `digest` to the query and leaves the rest of it as it is, byte for byte. */
export function withDigest(location: URL, digest: Digest): URL {
  const url = new URL(location)
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`
  return url
}

function checkDigest(answer: Answer, digest: Digest): void {
  const stated = headerOf(answer, 'docker-content-digest')
  if (stated === undefined || !isDigest(stated) || algorithmOf(stated) !== algorithmOf(digest)) return
  if (stated !== digest)
    throw new RegistryError({ detail: `${answer.url.host} says that it stored ${stated} instead` })
}
