/**
 * Sends blobs, so many at once over all images, and writes each finished one to the journal.
 *
 * Whether a blob has to be sent is the plan's business; `ensure` asks the repository first, for everything that may
 * have got there in another way since the plan was made.
 */
import pLimit from 'p-limit'
import type { Digest } from '../oci/digest.ts'
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
      return count(await source.blob(descriptor, abort), bytes => {
        counted += bytes
        emit({ type: 'bytes', count: bytes })
      })
    }
    const mountFrom = move.how === 'mount' ? move.from : undefined
    const how = await target.repository(repository).pushBlob(descriptor, { open, mountFrom }, signal)
    await context.record({ did: 'blob', blob: { repository, digest, size } })
    emit({ type: 'blob', digest, size, how: how === 'mounted' ? 'mounted' : 'copied' })
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

async function* count(
  chunks: AsyncIterable<Uint8Array>,
  add: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    add(chunk.length)
    yield chunk
  }
}
