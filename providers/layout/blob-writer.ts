/**
 * One blob on its way into a layout folder: chunks are hashed while they are written, in batches of about a MiB, and
 * the blob gets its name only once its digest is proved. Writing can be paused and taken up again, as the chunked
 * uploads of a registry need.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, rm } from 'node:fs/promises'
import { DigestMismatchError, PlaceError } from '../../lib/errors.ts'
import { algorithmOf, type Digest, type DigestAlgorithm } from '../../lib/oci/digest.ts'
import { land, openIncoming } from './landing.ts'
import { blobPath } from './paths.ts'

/** Chunks are collected up to this many bytes before they are written, so that small ones cost little. */
const BATCH = 1024 * 1024

export class BlobWriter {
  readonly #folder: string
  readonly #handle: FileHandle
  readonly #temporary: string
  readonly #algorithm: DigestAlgorithm
  readonly #hash: Hash
  #size = 0
  #batch: Uint8Array[] = []
  #batched = 0
  #writing: Promise<unknown> = Promise.resolve()
  #closed = false

  private constructor(folder: string, handle: FileHandle, temporary: string, algorithm: DigestAlgorithm) {
    this.#folder = folder
    this.#handle = handle
    this.#temporary = temporary
    this.#algorithm = algorithm
    this.#hash = createHash(algorithm)
  }

  /** @param algorithm the one the digest is expected to use; `finish` takes the other one too, at the price of a read. */
  static async open(folder: string, algorithm: DigestAlgorithm = 'sha256'): Promise<BlobWriter> {
    const { handle, path } = await openIncoming(folder)
    return new BlobWriter(folder, handle, path, algorithm)
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#size
  }

  /** Takes a chunk, which must not be changed afterwards. Resolves when the writer is ready for the next one. */
  async append(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk)
    this.#size += chunk.length
    this.#batch.push(chunk)
    this.#batched += chunk.length
    if (this.#batched < BATCH) return
    await this.#writing
    this.#startBatch()
  }

  /** Everything taken so far is in the file: what a registry promises when it answers a PATCH. */
  async settle(): Promise<void> {
    await this.#writing
    this.#startBatch()
    await this.#writing
  }

  /**
   * Makes the blob visible under `expected`.
   *
   * @throws DigestMismatchError when the bytes are others; the blob is discarded.
   */
  async finish(expected: { readonly digest: Digest; readonly size?: number }, what: string): Promise<void> {
    try {
      await this.settle()
      if (expected.size !== undefined && expected.size !== this.#size)
        throw new DigestMismatchError(
          what,
          `${expected.digest} of ${expected.size} bytes`,
          `${this.#size} bytes`,
        )
      const actual = await this.#digest(algorithmOf(expected.digest))
      if (actual !== expected.digest) throw new DigestMismatchError(what, expected.digest, actual)
      this.#closed = true
      await land(this.#handle, this.#temporary, blobPath(this.#folder, expected.digest))
    } catch (error) {
      await this.discard()
      throw error
    }
  }

  async discard(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      await this.#writing.catch(() => undefined)
      await this.#handle.close().catch(() => undefined)
    }
    await rm(this.#temporary, { force: true })
  }

  #startBatch(): void {
    const batch = this.#batch
    const size = this.#batched
    if (batch.length === 0) return
    this.#batch = []
    this.#batched = 0
    this.#writing = this.#write(batch, size)
    // Whoever awaits the batch next gets the error; until then it must not count as unhandled.
    this.#writing.catch(() => undefined)
  }

  async #write(batch: readonly Uint8Array[], size: number): Promise<void> {
    const { bytesWritten } = await this.#handle.writev(batch)
    if (bytesWritten !== size)
      throw new PlaceError(
        `cannot write ${this.#temporary}: the disk took ${bytesWritten} of ${size} bytes`,
        {
          hint: 'there may be no space left where the layout folder is',
        },
      )
  }

  async #digest(algorithm: DigestAlgorithm): Promise<string> {
    const hash = algorithm === this.#algorithm ? this.#hash : await this.#hashFile(algorithm)
    return `${algorithm}:${hash.digest('hex')}`
  }

  async #hashFile(algorithm: DigestAlgorithm): Promise<Hash> {
    const hash = createHash(algorithm)
    for await (const chunk of createReadStream(this.#temporary)) hash.update(chunk)
    return hash
  }
}
