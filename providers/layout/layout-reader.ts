/**
 * What source and target have in common: reading manifests and blobs of a layout folder by digest, and finding what
 * refers to a manifest by looking at every manifest that the index lists.
 */
import { addAbortSignal } from 'node:stream'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, verifyStream } from '../../lib/oci/digest.ts'
import { artifactTypeOf, parseManifest, type RawManifest } from '../../lib/oci/manifest.ts'
import { oncePerKey } from '../../lib/once-per-key.ts'
import { compareText } from '../../lib/target.ts'
import { BlobStore } from './blob-store.ts'
import type { IndexEntry } from './index-file.ts'
import { LayoutIndex } from './layout-index.ts'

interface Listed {
  readonly descriptor: Descriptor
  readonly subject: Digest | undefined
}

export class LayoutReader {
  /** `oci:/srv/layout` */
  readonly name: string
  readonly folder: string
  readonly index: LayoutIndex
  readonly blobs: BlobStore
  /** Manifests never change, so what one says is read once. */
  readonly #once = oncePerKey<Digest, Listed>()

  constructor(folder: string) {
    this.name = `oci:${folder}`
    this.folder = folder
    this.index = new LayoutIndex(folder)
    this.blobs = new BlobStore(folder)
  }

  /** @throws PlaceError with status 404, DigestMismatchError, SyntaxFault when it is no manifest. */
  async manifest(digest: Digest): Promise<RawManifest> {
    const bytes = await this.blobs.manifestBytes(digest)
    const { mediaType } = parseManifest({ mediaType: '', bytes }, `${this.name}@${digest}`)
    return { digest, mediaType, bytes }
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    if ((await this.blobs.size(descriptor.digest)) === undefined) throw this.blobs.missing(descriptor.digest)
    const stream = addAbortSignal(signal, this.blobs.stream(descriptor.digest))
    return verifyStream(`${descriptor.digest} in ${this.folder}`, stream, descriptor)
  }

  /** undefined when there is no such manifest. */
  async describe(digest: Digest): Promise<Descriptor | undefined> {
    if ((await this.blobs.size(digest)) === undefined) return undefined
    const { mediaType, bytes } = await this.manifest(digest)
    return { mediaType, digest, size: bytes.length }
  }

  /** The manifests among `entries` whose subject is the given one, sorted by digest, as a referrers list states them. */
  async referrersAmong(
    entries: readonly IndexEntry[],
    subject: Digest,
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>()
    for (const { descriptor } of entries) {
      signal.throwIfAborted()
      const listed = await this.listed(descriptor.digest)
      if (listed?.subject === subject) found.set(descriptor.digest, listed.descriptor)
    }
    return [...found.values()].sort((a, b) => compareText(a.digest, b.digest))
  }

  /** What a manifest says about itself; undefined when it cannot be read, which is for whoever needs it to report. */
  listed(digest: Digest): Promise<Listed | undefined> {
    return this.#once(digest, () => this.#readListed(digest)).catch(() => undefined)
  }

  async #readListed(digest: Digest): Promise<Listed> {
    const raw = await this.manifest(digest)
    const manifest = parseManifest(raw, digest)
    const artifactType = artifactTypeOf(manifest)
    const { annotations, subject } = manifest
    return {
      subject: subject?.digest,
      descriptor: {
        mediaType: raw.mediaType,
        digest,
        size: raw.bytes.length,
        ...(artifactType !== undefined && { artifactType }),
        ...(annotations && { annotations }),
      },
    }
  }
}
