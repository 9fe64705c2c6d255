/**
 * A stream of bytes -> the places reserved for it, header and padding included, hashed while it is written.
 *
 * Chunks are collected to batches of about a MiB; while one is being written the next is collected, so that source and
 * disk work at the same time and nothing more than two batches is held. Nothing is copied.
 */
import { createHash } from 'node:crypto'
import { DigestMismatchError } from '../../lib/errors.ts'
import { algorithmOf, type Digest } from '../../lib/oci/digest.ts'
import type { Part } from './contents.ts'
import type { OpenVolumes } from './open-files.ts'
import { headerSize, padded, tarHeader } from './tar-header.ts'
import type { Place } from './volume-room.ts'

const BATCH = 1024 * 1024

/** A place and the name its bytes have in the volume. */
export interface NamedPlace extends Place {
  readonly name: string
}

/**
 * @returns where the bytes are; a split blob's parts have digests of their own.
 * @throws DigestMismatchError when the bytes are not those that `expected` names; the places then hold nothing of use.
 */
export async function writeParts(
  volumes: OpenVolumes,
  places: readonly NamedPlace[],
  expected: { readonly digest: Digest; readonly size: number },
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const hash = createHash(algorithmOf(expected.digest))
  const parts = new PartQueue(volumes, places)
  let size = 0
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted()
      size += chunk.length
      if (size > expected.size) throw wrongSize(expected, `more than ${expected.size} bytes`)
      hash.update(chunk)
      await parts.append(chunk)
    }
    if (size !== expected.size) throw wrongSize(expected, `${size} bytes`)
    const actual = `${algorithmOf(expected.digest)}:${hash.digest('hex')}`
    if (actual !== expected.digest) throw new DigestMismatchError(expected.digest, expected.digest, actual)
    return await parts.finish()
  } catch (error) {
    await parts.settle().catch(() => undefined)
    throw error
  }
}

class PartQueue {
  readonly #volumes: OpenVolumes
  readonly #places: readonly NamedPlace[]
  readonly #parts: Part[] = []
  #at = 0
  /** Bytes of the current part that were taken, and where its next batch goes. */
  #taken = 0
  #position = 0
  #hash = createHash('sha256')
  #batch: Uint8Array[] = []
  #batched = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(volumes: OpenVolumes, places: readonly NamedPlace[]) {
    this.#volumes = volumes
    this.#places = places
    this.#begin()
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const place = this.#places[this.#at]
      if (place === undefined) throw new Error('more bytes than places for them')
      const piece = rest.subarray(0, place.size - this.#taken)
      rest = rest.subarray(piece.length)
      this.#taken += piece.length
      if (this.#places.length > 1) this.#hash.update(piece)
      this.#add(piece)
      if (this.#taken === place.size) await this.#endPart(place)
      else if (this.#batched >= BATCH) await this.#flush(place)
    }
  }

  async finish(): Promise<readonly Part[]> {
    const place = this.#places[this.#at]
    // An empty blob is a place of its own that no chunk ever ends.
    if (place !== undefined) await this.#endPart(place)
    await this.settle()
    return this.#parts
  }

  async settle(): Promise<void> {
    await this.#writing
  }

  #begin(): void {
    const place = this.#places[this.#at]
    if (place === undefined) return
    this.#taken = 0
    this.#position = place.offset
    this.#hash = createHash('sha256')
    this.#add(tarHeader(place.name, place.size))
  }

  async #endPart(place: NamedPlace): Promise<void> {
    this.#add(new Uint8Array(padded(place.size) - place.size))
    await this.#flush(place)
    const offset = place.offset + headerSize(place.name, place.size)
    const part = { volume: place.volume, offset, length: place.size }
    const isSplit = this.#places.length > 1
    this.#parts.push(isSplit ? { ...part, digest: `sha256:${this.#hash.digest('hex')}` as Digest } : part)
    this.#at += 1
    this.#begin()
  }

  #add(piece: Uint8Array): void {
    this.#batch.push(piece)
    this.#batched += piece.length
  }

  async #flush({ volume }: NamedPlace): Promise<void> {
    await this.#writing
    const [batch, position] = [this.#batch, this.#position]
    this.#position += this.#batched
    this.#batch = []
    this.#batched = 0
    this.#writing = this.#volumes.use(volume, file => file.write(batch, position))
    // Whoever waits for the batch next gets the error; until then it must not count as unhandled.
    this.#writing.catch(() => undefined)
  }
}

function wrongSize(
  { digest, size }: { readonly digest: Digest; readonly size: number },
  got: string,
): DigestMismatchError {
  return new DigestMismatchError(digest, `${digest} of ${size} bytes`, got)
}
