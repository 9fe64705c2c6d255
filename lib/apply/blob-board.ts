/**
 * Sends blobs, each once for a repository, and tells who waits for whom.
 *
 * A blob that several images need is copied by the first and mounted by the others, which wait for the copy to end.
 * Should the copy fail, the one that waited sends the blob itself. Every finished blob goes to the journal.
 */
import pLimit from 'p-limit'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { BlobMove } from '../plan/plan.ts'
import type { RepositoryReader } from '../provider.ts'
import type { LooseBlob } from '../state.ts'
import { type ApplyContext, throwIfStopping } from './context.ts'

export interface BlobBoard {
  /** Resolves once the repository holds the blob. Asking twice for the same blob sends it once. */
  ensure(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<void>
  /** Sends the blob unless the repository says that it is there, whatever was known before. */
  ensureAgain(repository: RepositoryPath, digest: Digest, source: RepositoryReader): Promise<void>
}

/** @param sent blobs an earlier, interrupted apply has sent: asked for before they are sent again */
export function createBlobBoard(context: ApplyContext, sent: readonly LooseBlob[]): BlobBoard {
  const limit = pLimit(context.parallelBlobs)
  const work = new Map<string, Promise<void>>()
  const loose = new Set(sent.map(({ repository, digest }) => `${repository}@${digest}`))
  const { target, emit, signal } = context

  function descriptorOf(digest: Digest) {
    return { mediaType: 'application/octet-stream', digest, size: context.content.blobs.get(digest) ?? 0 }
  }

  async function isThere(repository: RepositoryPath, digest: Digest): Promise<boolean> {
    const { size } = descriptorOf(digest)
    if (!(await target.repository(repository).hasBlob(descriptorOf(digest), signal))) return false
    emit({ type: 'blob', digest, size, how: 'present' })
    return true
  }

  async function push(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<void> {
    throwIfStopping(context)
    const descriptor = descriptorOf(move.digest)
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
    await context.record({
      did: 'blob',
      blob: { repository, digest: descriptor.digest, size: descriptor.size },
    })
    emit({
      type: 'blob',
      digest: move.digest,
      size: descriptor.size,
      how: how === 'mounted' ? 'mounted' : 'copied',
    })
  }

  async function send(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<void> {
    if (move.how === 'mount') await work.get(`${move.from}@${move.digest}`)?.catch(() => undefined)
    await limit(async () => {
      if (loose.has(`${repository}@${move.digest}`) && (await isThere(repository, move.digest))) return
      await push(repository, move, source)
    })
  }

  function ensure(repository: RepositoryPath, move: BlobMove, source: RepositoryReader): Promise<void> {
    const key = `${repository}@${move.digest}`
    const begun = work.get(key)
    if (begun !== undefined) return begun.catch(() => begin(key, send(repository, move, source)))
    return begin(key, send(repository, move, source))
  }

  function begin(key: string, sending: Promise<void>): Promise<void> {
    work.set(key, sending)
    return sending
  }

  function ensureAgain(repository: RepositoryPath, digest: Digest, source: RepositoryReader): Promise<void> {
    return limit(async () => {
      if (!(await isThere(repository, digest))) await push(repository, { how: 'copy', digest }, source)
    })
  }

  return { ensure, ensureAgain }
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
