/**
 * The blobs of a layout folder, by digest. A blob that is there is there as a whole; whether its bytes are still right
 * is proved by whoever reads it.
 */
import { createReadStream } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { PlaceError } from '../../lib/errors.ts'
import { type Digest, type DigestAlgorithm, verifyBytes } from '../../lib/oci/digest.ts'
import { MAX_MANIFEST_BYTES, type RawManifest } from '../../lib/oci/manifest.ts'
import { BlobWriter } from './blob-writer.ts'
import { isMissing, writeWhole } from './landing.ts'
import { blobPath } from './paths.ts'

/** Read-ahead of blob streams, bytes: large enough that the disk is asked seldom. */
const READ_AHEAD = 512 * 1024

export class BlobStore {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Bytes; undefined when the blob is not there. */
  async size(digest: Digest): Promise<number | undefined> {
    try {
      const found = await stat(blobPath(this.folder, digest))
      return found.isFile() ? found.size : undefined
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** The bytes as they are on disk, unchecked: all, or those from `start` to `end`, both included. */
  stream(digest: Digest, range: { readonly start?: number; readonly end?: number } = {}): Readable {
    return createReadStream(blobPath(this.folder, digest), { ...range, highWaterMark: READ_AHEAD })
  }

  /**
   * A small blob as a whole, checked.
   *
   * @throws PlaceError with status 404 when it is missing, DigestMismatchError when it is damaged.
   */
  async manifestBytes(digest: Digest): Promise<Uint8Array> {
    const size = await this.size(digest)
    if (size === undefined) throw this.missing(digest)
    if (size > MAX_MANIFEST_BYTES)
      throw new PlaceError(`${digest} in ${this.folder} is no manifest: it has ${size} bytes`)
    const bytes = await readFile(blobPath(this.folder, digest))
    verifyBytes(`${digest} in ${this.folder}`, bytes, digest)
    return bytes
  }

  writer(algorithm: DigestAlgorithm): Promise<BlobWriter> {
    return BlobWriter.open(this.folder, algorithm)
  }

  /** Writes it unless exactly these bytes are there already. */
  async writeManifest(manifest: RawManifest): Promise<void> {
    if (await this.#holds(manifest)) return
    await writeWhole(this.folder, blobPath(this.folder, manifest.digest), manifest.bytes)
  }

  async #holds(manifest: RawManifest): Promise<boolean> {
    if ((await this.size(manifest.digest)) !== manifest.bytes.length) return false
    return Buffer.compare(await readFile(blobPath(this.folder, manifest.digest)), manifest.bytes) === 0
  }

  async remove(digest: Digest): Promise<void> {
    await rm(blobPath(this.folder, digest), { force: true })
  }

  missing(digest: Digest): PlaceError {
    return new PlaceError(`${digest} is missing from the OCI layout ${this.folder}`, {
      status: 404,
      hint: 'the layout is incomplete; copy the image into it again',
    })
  }
}
