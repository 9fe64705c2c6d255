/**
 * Reads blobs as streams that are checked while they flow: nothing is kept, and the last piece is only handed on once
 * size and digest are proved. What a broken connection left out is asked for as a closed range (RFC 9110 section 14),
 * whether or not the server says that it has ranges: most have them and few say so.
 */
import { DigestMismatchError } from '../../../lib/errors.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { verifyStream } from '../../../lib/oci/digest.ts'
import { pullFrom, type Scopes } from '../auth/scope.ts'
import { discard } from '../http/body.ts'
import { pauseBefore } from '../http/retry.ts'
import type { KeepPlace } from '../http/session.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import { type Again, BlobStream, type Open, type OpenBlob } from './blob-stream.ts'

/** How servers, and delivery networks before them, refuse a range; the whole is asked for then. */
const NO_RANGES: ReadonlySet<number> = new Set([400, 405, 416, 501])

/**
 * Damage that is found before a byte was handed on, as in every blob that comes in one piece, is asked for again, as
 * often as anything else. Once bytes were handed on, only who has them can begin again.
 *
 * @param name of the repository, for messages
 * @param open opens the blob, from its start or, later, from where reading stopped
 * @throws RegistryError (404 when it is not there); the stream throws it too, and DigestMismatchError.
 */
export async function streamBlob(
  name: string,
  descriptor: Descriptor,
  open: Open,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const operation = { action: 'read the blob', subject: nameOf({ name }, descriptor.digest) }
  const start = async (again?: Again) => {
    const stream = new BlobStream(descriptor, operation, await open(0, again), open, signal)
    const checked = verifyStream(operation.subject, { [Symbol.asyncIterator]: () => stream }, descriptor)
    return { stream, checked }
  }
  let current = await start()
  const first = async () => {
    for (let failures = 0; ; failures++) {
      try {
        return await current.checked.next()
      } catch (error) {
        current.stream.close()
        signal.throwIfAborted()
        const { session } = current.stream
        if (!(error instanceof DigestMismatchError) || failures >= session.policy.retries) throw error
        if (failures > 0)
          await session.policy.clock.sleep(pauseBefore(failures - 1, undefined, session.policy), signal)
        current = await start({ failing: failures > 0 ? session : undefined })
      }
    }
  }
  let next = () => {
    next = () => current.checked.next()
    return first()
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => next(),
      return: async () => {
        current.stream.close()
        return current.checked.return()
      },
    }),
  }
}

/** From one place only. @throws as `streamBlob` does */
export function readBlob(
  at: RepositoryAt,
  descriptor: Descriptor,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  return streamBlob(
    at.name,
    descriptor,
    (from, again) => openBlob(at, descriptor, from, again, signal),
    signal,
  )
}

/** @param from bytes that are known already. @throws RegistryError */
export async function openBlob(
  at: RepositoryAt,
  descriptor: Descriptor,
  from: number,
  again: Again | undefined,
  signal: AbortSignal,
): Promise<OpenBlob> {
  // Whoever writes what is read here may hold a place that readers wait for: going on must not wait for readers.
  const urgent = again !== undefined
  const rest = from > 0 ? await request(at, descriptor, from, urgent, signal) : undefined
  const opened = rest ?? (await request(at, descriptor, 0, urgent, signal))
  if (opened !== undefined) return opened
  throw new TypeError('a request for a whole blob was answered as one for a part of it')
}

/** undefined: this server does not give parts of this blob. */
function request(
  at: RepositoryAt,
  descriptor: Descriptor,
  from: number,
  urgent: boolean,
  signal: AbortSignal,
): Promise<OpenBlob | undefined> {
  const { digest, size } = descriptor
  return at.session.request(
    {
      operation: { action: 'read the blob', subject: nameOf(at, digest) },
      method: 'GET',
      path: `/v2/${at.path}/blobs/${digest}`,
      scopes: pullFrom(at.path),
      headers: from > 0 ? { range: `bytes=${from}-${size - 1}` } : {},
      wanted: status => status === 200 || (from > 0 && (status === 206 || NO_RANGES.has(status))),
      urgent,
    },
    signal,
    async (answer, keep) => {
      if (answer.status === 200) return opened(at, answer, descriptor, 0, keep, signal)
      if (answer.status === 206 && isRest(answer, from, size))
        return opened(at, answer, descriptor, from, keep, signal)
      await discard(answer)
      return undefined
    },
  )
}

/** `Content-Range: bytes 100-299/300`: starts where it has to, and is of a blob of this size as far as it says. */
function isRest(answer: Answer, from: number, size: number): boolean {
  const [, first, last, total = '*'] =
    /^\s*bytes\s+(\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(headerOf(answer, 'content-range') ?? '') ?? []
  return (
    Number(first) === from &&
    Number(last) >= from &&
    Number(last) < size &&
    (total === '*' || Number(total) === size)
  )
}

function opened(
  at: RepositoryAt,
  answer: Answer,
  { size }: Descriptor,
  from: number,
  keep: KeepPlace,
  signal: AbortSignal,
): OpenBlob {
  const { session } = at
  const leave = keep()
  const raw = answer.body as AsyncIterable<Uint8Array>
  const length = headerOf(answer, 'content-length')
  const bytes = session.bandwidth?.received(raw, signal) ?? raw
  return {
    session,
    from,
    bytes: bytes[Symbol.asyncIterator](),
    statedSize: from > 0 || length === undefined || Number(length) === size ? undefined : Number(length),
    close: () => {
      if (!answer.body.readableEnded) answer.body.destroy()
      leave()
    },
  }
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
