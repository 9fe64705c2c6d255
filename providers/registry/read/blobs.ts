/**
 * Reads blobs as streams that are checked while they flow: nothing is kept, and the last piece is only handed on once
 * size and digest are proved. Continuing after a broken connection belongs here, between the answer and the check.
 */
import { MirrorformError } from '../../../lib/errors.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { verifyStream } from '../../../lib/oci/digest.ts'
import { pullFrom, type Scopes } from '../auth/scope.ts'
import { discard } from '../http/body.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import type { HostSession } from '../http/session.ts'
import { headerOf } from '../http/wire.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'

/** @throws RegistryError (404 when it is not there); the stream throws it too, and DigestMismatchError. */
export async function readBlob(
  at: RepositoryAt,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const operation = { action: 'read the blob', subject: nameOf(at, descriptor.digest) }
  const body = await at.session.request(
    {
      operation,
      method: 'GET',
      path: `/v2/${at.path}/blobs/${descriptor.digest}`,
      scopes: pullFrom(at.path),
      wanted: status => status === 200,
    },
    signal,
    async answer => answer.body as AsyncIterable<Uint8Array>,
  )
  return told(verifyStream(operation.subject, body, descriptor), at.session, operation, signal)
}

/** Whether the blob is there. @throws RegistryError for any answer but yes and no */
export async function hasBlob(
  at: RepositoryAt,
  descriptor: Descriptor,
  scopes: Scopes,
  signal: AbortSignal,
): Promise<boolean> {
  return at.session.request(
    {
      operation: { action: 'look for the blob', subject: nameOf(at, descriptor.digest) },
      method: 'HEAD',
      path: `/v2/${at.path}/blobs/${descriptor.digest}`,
      scopes,
      wanted: status => [200, 400, 404, 405].includes(status),
    },
    signal,
    async answer => {
      await discard(answer)
      const size = headerOf(answer, 'content-length')
      return answer.status === 200 && (!Number(size) || Number(size) === descriptor.size)
    },
  )
}

/**
 * The same stream, whose connection errors say what was being read. Written out instead of as a generator: it stands in
 * the way of every byte.
 */
function told(
  stream: AsyncGenerator<Uint8Array, void, undefined>,
  session: HostSession,
  operation: Operation,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const fail = (error: unknown): never => {
    if (signal.aborted) throw signal.reason
    if (error instanceof MirrorformError) throw error
    throw new RegistryError(session.connectionFault(error), operation)
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => stream.next().catch(fail),
      return: async () => stream.return(),
    }),
  }
}
