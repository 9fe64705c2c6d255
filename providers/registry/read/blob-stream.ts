/**
 * Several answers → the bytes of one blob, each once and in order: when a connection breaks or stalls, the rest is asked
 * for and reading goes on, so that who reads, and the check of the digest over it all, never notice.
 *
 * Only attempts that bring nothing new count towards the limit. Written out instead of as a generator: it stands in the
 * way of every byte.
 */
import { MirrorformError } from '../../../lib/errors.ts'
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import { pauseBefore } from '../http/retry.ts'
import type { HostSession } from '../http/session.ts'

/** An answer that is being read. */
export interface OpenBlob {
  readonly session: HostSession
  /** Offset in the blob of the first byte. */
  readonly from: number
  readonly bytes: AsyncIterator<Uint8Array>
  /** Bytes of the answer as the server stated them, when it is not the size of the blob: then it is another blob. */
  readonly statedSize: number | undefined
  /** Lets go of connection and place, also in the middle. May be called again. */
  close(): void
}

/** @param again undefined when it is opened for the first time */
export type Open = (from: number, again: Again | undefined) => Promise<OpenBlob>

export interface Again {
  /** The session whose last answer brought nothing new: another, where there is one, is the better choice. */
  readonly failing: HostSession | undefined
}

type Piece = IteratorResult<Uint8Array, undefined>

const END: Piece = { done: true, value: undefined }

export class BlobStream implements AsyncIterator<Uint8Array, undefined> {
  readonly #descriptor: Descriptor
  readonly #operation: Operation
  readonly #reopen: Open
  readonly #signal: AbortSignal
  #open: OpenBlob
  /** Bytes handed on. */
  #delivered = 0
  /** Attempts since the last new byte. */
  #failures = 0

  constructor(
    descriptor: Descriptor,
    operation: Operation,
    open: OpenBlob,
    reopen: Open,
    signal: AbortSignal,
  ) {
    this.#descriptor = descriptor
    this.#operation = operation
    this.#open = open
    this.#reopen = reopen
    this.#signal = signal
  }

  readonly next = (): Promise<Piece> => this.#open.bytes.next().then(this.#given, this.#goOn)

  readonly return = async (): Promise<Piece> => this.#end()

  /** Where it is being read from. */
  get session(): HostSession {
    return this.#open.session
  }

  close(): void {
    this.#open.close()
  }

  readonly #given = (piece: IteratorResult<Uint8Array, unknown>): Piece | Promise<Piece> => {
    if (piece.done === true) return this.#isEnd() ? this.#end() : this.#goOn(this.#cutShort())
    return this.#deliver(piece.value)
  }

  #deliver(chunk: Uint8Array): Piece {
    if (chunk.length > 0) this.#failures = 0
    this.#delivered += chunk.length
    return { done: false, value: chunk }
  }

  /** Also when it is too short because the server holds something else: the check of the size tells that best. */
  #isEnd(): boolean {
    return this.#delivered >= this.#descriptor.size || this.#open.statedSize !== undefined
  }

  #end(): Piece {
    this.close()
    return END
  }

  /** @throws the error when going on is hopeless, told of what was being read */
  readonly #goOn = async (cause: unknown): Promise<Piece> => {
    for (let error = cause; ; ) {
      this.close()
      this.#signal.throwIfAborted()
      const { session } = this.#open
      const { policy } = session
      const told = this.#told(error)
      if (!(told instanceof RegistryError) || !told.retryable || this.#failures >= policy.retries) throw told
      await policy.clock.sleep(pauseBefore(this.#failures, undefined, policy), this.#signal)
      this.#failures++
      this.#open = await this.#reopen(this.#delivered, { failing: this.#failures > 1 ? session : undefined })
      try {
        return await this.#firstNew()
      } catch (broken) {
        error = broken
      }
    }
  }

  /** The first piece that was not handed on yet, where the server starts from an earlier byte. */
  async #firstNew(): Promise<Piece> {
    for (let known = this.#delivered - this.#open.from; ; ) {
      const piece = await this.#open.bytes.next()
      if (piece.done === true) {
        if (this.#isEnd()) return this.#end()
        throw this.#cutShort()
      }
      if (piece.value.length > known) return this.#deliver(piece.value.subarray(known))
      known -= piece.value.length
    }
  }

  #cutShort(): RegistryError {
    const { host } = this.#open.session
    return new RegistryError(
      { retryable: true, detail: `${host} closed the connection after part of the answer` },
      this.#operation,
    )
  }

  #told(error: unknown): unknown {
    if (error instanceof MirrorformError) return error
    return new RegistryError(this.#open.session.connectionFault(error), this.#operation)
  }
}
