/**
 * The content of a blob on its way out, from any place in it: what follows the last byte taken comes from the stream
 * that is open, anything before it from a new one. Small parts are taken whole, so that they go out in one piece and can
 * be sent again. It remembers whether it was the source that failed, which is nobody's fault at the target.
 */
import { PlaceError } from '../../../lib/errors.ts'
import type { BlobContent } from '../../../lib/provider.ts'

/** Bytes up to which a part is taken whole: image configs, signatures. */
const SMALL = 64 * 1024

export interface Payload {
  /** bytes */
  readonly size: number
  readonly content: { readonly body: Uint8Array } | { readonly stream: AsyncIterable<Uint8Array> }
}

interface Opened {
  readonly iterator: AsyncIterator<Uint8Array>
  /** Bytes taken so far. */
  taken: number
  /** Where the part ends that they are taken for. */
  end: number
  /** What is left of a piece that reached over the end of a part. */
  rest: Uint8Array | undefined
}

export class BlobSource {
  readonly #content: BlobContent
  readonly #size: number
  #opened: Opened | undefined
  /** Opened ahead, and nothing taken of it yet. */
  #coming: Promise<AsyncIterable<Uint8Array>> | undefined
  #failure: { readonly error: unknown } | undefined

  /** @param size of the whole blob, bytes */
  constructor(content: BlobContent, size: number) {
    this.#content = content
    this.#size = size
  }

  /** What the source threw, if it did, since this was last asked. */
  takeFailure(): { readonly error: unknown } | undefined {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }

  /** Whether every byte was handed out. */
  get isSpent(): boolean {
    return this.#opened?.taken === this.#size
  }

  /** Opens the content while its upload is begun: one round trip hides behind the other. What fails is told by `part`. */
  ahead(signal: AbortSignal): void {
    if (this.#opened !== undefined || this.#coming !== undefined) return
    this.#coming = this.#content.open(signal)
    this.#coming.catch(() => {})
  }

  /**
   * The bytes from `start` up to `end`, exclusive; ends what was given out before. It resolves when the first of them are
   * there, so that no request, and no token, waits for a slow source.
   *
   * @throws what the source throws
   */
  async part(start: number, end: number, signal: AbortSignal): Promise<Payload> {
    const opened = await this.#openAt(start, signal)
    opened.end = end
    const size = end - start
    const first = await this.#take(opened, end)
    if (first !== undefined && size > SMALL)
      return { size, content: { stream: this.#stream(opened, first, end) } }
    const pieces: Uint8Array[] = []
    for (let piece = first; piece; piece = await this.#take(opened, end)) pieces.push(piece)
    return { size, content: { body: Buffer.concat(pieces) } }
  }

  /** Lets go of a source that was not read to its end. */
  async close(): Promise<void> {
    const opened = this.#opened
    this.#coming?.then(letGo, () => {})
    this.#coming = undefined
    this.#opened = undefined
    await opened?.iterator.return?.().catch(() => {})
  }

  /** Goes on with what is open only after a part that was taken to its end: no reader is left to take from it. */
  async #openAt(start: number, signal: AbortSignal): Promise<Opened> {
    const before = this.#opened
    if (before !== undefined && before.taken === start && before.end === start) return before
    const coming = this.#coming
    this.#coming = undefined
    await this.close()
    const content = await (coming ?? this.#content.open(signal))
    const opened: Opened = {
      iterator: content[Symbol.asyncIterator](),
      taken: 0,
      end: start,
      rest: undefined,
    }
    this.#opened = opened
    while (opened.taken < start) {
      signal.throwIfAborted()
      await this.#take(opened, start)
    }
    return opened
  }

  #stream(opened: Opened, first: Uint8Array, end: number): AsyncIterable<Uint8Array> {
    let ahead: Uint8Array | undefined = first
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const piece = ahead === undefined ? this.#take(opened, end) : Promise.resolve(ahead)
          ahead = undefined
          return piece.then(asResult)
        },
        return: async () => ({ done: true, value: undefined }),
      }),
    }
  }

  /** The next piece before `end`; undefined at the end. Few promises: it stands in the way of every byte. */
  async #take(opened: Opened, end: number): Promise<Uint8Array | undefined> {
    if (opened.taken >= end) return undefined
    try {
      const piece = opened.rest ?? this.#pieceOf(opened, await opened.iterator.next())
      const within = end - opened.taken
      const taken = piece.length > within ? piece.subarray(0, within) : piece
      opened.rest = piece.length > within ? piece.subarray(within) : undefined
      opened.taken += taken.length
      return taken
    } catch (error) {
      if (this.#opened === opened) this.#failure ??= { error }
      throw error
    }
  }

  #pieceOf({ taken }: Opened, { done, value }: IteratorResult<Uint8Array>): Uint8Array {
    if (done === true) throw new PlaceError(`the source ended after ${taken} of ${this.#size} bytes`)
    return value
  }
}

/** A generator that was never asked for anything frees nothing when it is told to end. */
async function letGo(content: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = content[Symbol.asyncIterator]()
  await iterator.next().catch(() => {})
  await iterator.return?.().catch(() => {})
}

function asResult(piece: Uint8Array | undefined): IteratorResult<Uint8Array> {
  return piece === undefined ? { done: true, value: undefined } : { done: false, value: piece }
}
