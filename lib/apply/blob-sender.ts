/**
 * Sends blobs, so many at once over all images, and writes each finished one to the journal.
 *
 * Whether a blob has to be sent is the plan's business; `ensure` asks the repository first, for everything that may
 * have got there in another way since the plan was made.
 */
import pLimit from 'p-limit'
import { DigestMismatchError, PlaceError, PlanError } from '../errors.ts'
import type { ManifestStore } from '../graph/graph.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { type Digest, verifyStream } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { BlobMove } from '../plan/plan.ts'
import type { RepositoryReader } from '../provider.ts'
import type { LooseBlob } from '../state.ts'
import { type ApplyContext, throwIfStopping } from './context.ts'

export interface BlobSender {
  /** Sends the blob; false when an earlier, interrupted apply had, and it is still there. */
  send(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<boolean>
  /** Sends the blob unless the repository says that it is there: false. Asking twice at once asks and sends once. */
  ensure(repository: RepositoryPath, digest: Digest, source: RepositoryReader): Promise<boolean>
}

/** How often a blob that came damaged is copied again, from its start. */
const DAMAGE_RETRIES = 5

/** @param loose blobs an earlier, interrupted apply has sent: asked for before they are sent again */
export function createBlobSender(context: ApplyContext, loose: readonly LooseBlob[]): BlobSender {
  const { target, emit, signal, content } = context
  const limit = pLimit(context.parallelBlobs)
  const sentBefore = new Set(loose.map(({ repository, digest }) => `${repository}@${digest}`))
  const ensuring = new Map<string, Promise<boolean>>()

  function descriptorOf(digest: Digest) {
    return { mediaType: 'application/octet-stream', digest, size: content.blobs.get(digest) ?? 0 }
  }

  async function isThere(repository: RepositoryPath, digest: Digest): Promise<boolean> {
    const descriptor = descriptorOf(digest)
    if (!(await target.repository(repository).hasBlob(descriptor, signal))) return false
    emit({ type: 'blob', digest, size: descriptor.size, how: 'present' })
    return true
  }

  async function push(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<void> {
    const descriptor = descriptorOf(move.digest)
    const { digest, size } = descriptor
    let counted = 0
    const open = async (abort: AbortSignal) => {
      if (counted > 0) emit({ type: 'retract', count: counted })
      counted = 0
      return count(await bytesOf(descriptor, source, abort), bytes => {
        counted += bytes
        emit({ type: 'bytes', count: bytes })
      })
    }
    const mountFrom = move.how === 'mount' ? move.from : undefined
    const place = target.repository(repository)
    // A blob that came in one piece was read again by its reader already; of others, some had gone to the target.
    const mayBeMended = (error: unknown) => error instanceof DigestMismatchError && counted > 0
    const how = await again(context.damageRetries ?? DAMAGE_RETRIES, mayBeMended, signal, () =>
      place.pushBlob(descriptor, { open, mountFrom }, signal),
    )
    await context.record({ did: 'blob', blob: { repository, digest, size } })
    emit({ type: 'blob', digest, size, how: how === 'mounted' ? 'mounted' : 'copied' })
  }

  /** What mirrorform made stands in the plan; everything else is at the source. */
  async function bytesOf(
    descriptor: Descriptor,
    source: RepositoryReader,
    abort: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const bytes = context.made.get(descriptor.digest)
    if (bytes === undefined) return fromSource(descriptor, source, abort)
    return verifyStream(`the plan's blob ${descriptor.digest}`, whole(bytes), descriptor)
  }

  async function fromSource(
    descriptor: Descriptor,
    source: RepositoryReader,
    abort: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    try {
      return await source.blob(descriptor, abort)
    } catch (error) {
      if (!(error instanceof PlaceError && error.status === 404 && isOfMade(content, descriptor.digest)))
        throw error
      throw new PlanError(
        `neither the source nor the plan has blob ${descriptor.digest} of an image that mirrorform put together`,
        { hint: 'plan again: the new plan brings what the target has lost', cause: error },
      )
    }
  }

  function send(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<boolean> {
    return limit(async () => {
      throwIfStopping(context)
      if (sentBefore.has(`${repository}@${move.digest}`) && (await isThere(repository, move.digest)))
        return false
      await push(repository, move, source)
      return true
    })
  }

  function ensure(repository: RepositoryPath, digest: Digest, source: RepositoryReader): Promise<boolean> {
    const key = `${repository}@${digest}`
    const begun = ensuring.get(key)
    if (begun !== undefined) return begun.then(() => false)
    const work = limit(async () => {
      throwIfStopping(context)
      if (await isThere(repository, digest)) return false
      await push(repository, { how: 'copy', digest }, source)
      return true
    })
    ensuring.set(key, work)
    work.catch(() => ensuring.delete(key))
    return work
  }

  return { send, ensure }
}

/** Whether a manifest that mirrorform made lists the blob. */
function isOfMade({ manifests }: ManifestStore, digest: Digest): boolean {
  return [...manifests.values()].some(({ text, blobs }) => text !== undefined && blobs.includes(digest))
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

async function again<T>(
  retries: number,
  isWorthIt: (error: unknown) => boolean,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (failures >= retries || signal.aborted || !isWorthIt(error)) throw error
    }
  }
}

/** No generator: one that was not begun does not pass on that nobody will read, and the source's connection stays taken. */
function count(chunks: AsyncIterable<Uint8Array>, add: (bytes: number) => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      const inner = chunks[Symbol.asyncIterator]()
      return {
        next: async () => {
          const piece = await inner.next()
          if (piece.done !== true) add(piece.value.length)
          return piece
        },
        return: async () => (await inner.return?.()) ?? { done: true, value: undefined },
      }
    },
  }
}
