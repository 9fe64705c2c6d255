/**
 * Upload sessions: blobs that arrive in pieces. A session belongs to one repository, takes one request at a time, and
 * keeps what it received when a connection breaks, so that a client can ask how far it came and go on.
 */
import { randomUUID } from 'node:crypto'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { BlobStore, BlobWriter } from '../layout/index.ts'
import { Problem } from './problem.ts'

/** Milliseconds after which a session that nobody continued is dropped. */
const IDLE_LIMIT = 60 * 60 * 1000

/** The request that writes, as its exchange knows it. */
export interface Writing {
  /** Aborted when its client leaves. */
  readonly signal: AbortSignal
  /** Closes its connection unless all of its content has come. */
  breakOff(): void
}

export interface UploadSession {
  readonly id: string
  readonly repository: RepositoryPath
  readonly writer: BlobWriter
}

interface Tracked extends UploadSession {
  /** The request that is writing now. */
  writing: { readonly done: Promise<unknown>; readonly by: Writing } | undefined
  usedAt: number
}

export class Uploads {
  readonly #blobs: BlobStore
  readonly #now: () => number
  readonly #sessions = new Map<string, Tracked>()

  constructor(blobs: BlobStore, now: () => number) {
    this.#blobs = blobs
    this.#now = now
  }

  async begin(repository: RepositoryPath): Promise<UploadSession> {
    await this.#dropIdle()
    const writer = await this.#blobs.writer('sha256')
    const session: Tracked = { id: randomUUID(), repository, writer, writing: undefined, usedAt: this.#now() }
    this.#sessions.set(session.id, session)
    return session
  }

  /**
   * For a question about the session: after a broken request has stored all it received.
   *
   * @throws Problem when there is no such session in the repository.
   */
  async get(repository: RepositoryPath, id: string): Promise<UploadSession> {
    const session = this.#get(repository, id)
    if (session.writing?.by.signal.aborted) await session.writing.done
    return this.#get(repository, id)
  }

  /**
   * Runs `work` with the session to itself, after the request before it: a client that goes on after a broken
   * connection is often faster than the news of the break, and one that gave up a stalled request may never be
   * missed, so a request whose content has not come by then is broken off.
   */
  async use<T>(
    repository: RepositoryPath,
    id: string,
    by: Writing,
    work: (session: UploadSession) => Promise<T>,
  ): Promise<T> {
    let session = this.#get(repository, id)
    while (session.writing !== undefined) {
      session.writing.by.breakOff()
      await session.writing.done
      session = this.#get(repository, id)
    }
    const running = work(session)
    session.writing = { done: running.catch(() => undefined), by }
    try {
      return await running
    } finally {
      session.writing = undefined
      session.usedAt = this.#now()
    }
  }

  /** The session is over; its file has been given its name or is removed by `cancel`. */
  end(id: string): void {
    this.#sessions.delete(id)
  }

  async cancel(session: UploadSession): Promise<void> {
    this.end(session.id)
    await session.writer.discard()
  }

  async cancelAll(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(session => this.cancel(session)))
  }

  #get(repository: RepositoryPath, id: string): Tracked {
    const session = this.#sessions.get(id)
    if (session?.repository === repository) return session
    throw new Problem('BLOB_UPLOAD_UNKNOWN', `there is no upload ${id} in ${repository}`)
  }

  async #dropIdle(): Promise<void> {
    const limit = this.#now() - IDLE_LIMIT
    for (const session of this.#sessions.values())
      if (session.writing === undefined && session.usedAt < limit) await this.cancel(session)
  }
}
