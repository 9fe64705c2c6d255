/**
 * One repository of an archive that is being written. Blobs are shared by all repositories; only names are its own.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest, verifyBytes } from '../../lib/oci/digest.ts'
import { blobsOf, parseManifest, type RawManifest } from '../../lib/oci/manifest.ts'
import { isForeignLayer } from '../../lib/oci/media-types.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { BlobContent, TagList, TargetRepository } from '../../lib/provider.ts'
import { compareText } from '../../lib/target.ts'
import { tagList } from '../layout/index.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import type { NameRecord } from './contents.ts'
import type { FarSideRepository } from './far-side.ts'
import { readManifest, streamEntry } from './part-reader.ts'
import { referrerOf } from './referrer.ts'

export class ArchiveTargetRepository implements TargetRepository {
  readonly name: string
  readonly #writer: ArchiveWriter
  readonly #path: RepositoryPath
  readonly #farSide: FarSideRepository
  /** What the far side is expected to have and the plan deletes there. */
  readonly #gone = new Set<Tag | Digest>()

  constructor(writer: ArchiveWriter, path: RepositoryPath, farSide: FarSideRepository) {
    this.name = `file://${writer.folder}:${path}`
    this.#writer = writer
    this.#path = path
    this.#farSide = farSide
  }

  /** What the archive brings under the name; else what the far side is expected to have. */
  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    const digest = isDigest(reference) ? reference : (this.#pushed(reference) ?? this.#expected(reference))
    if (digest === undefined) return undefined
    const entry = this.#writer.entries.get(digest)
    if (entry?.mediaType !== undefined) return { mediaType: entry.mediaType, digest, size: entry.size }
    return this.#gone.has(digest) ? undefined : this.#farSide.describe(digest)
  }

  async manifest(digest: Digest): Promise<RawManifest> {
    const entry = this.#writer.entries.get(digest)
    if (entry === undefined) throw this.#absent(digest)
    return readManifest(entry, volume => this.#writer.volumes.pathOf(volume), this.name)
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const entry = this.#writer.entries.get(descriptor.digest)
    if (entry === undefined) throw this.#absent(descriptor.digest)
    return streamEntry(entry, volume => this.#writer.volumes.pathOf(volume), this.name, signal)
  }

  async tags(_signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    const pushed = this.#names().flatMap(({ tag }) => tag ?? [])
    const expected = [...this.#farSide.named.keys()].filter(tag => !this.#gone.has(tag))
    return tagList([...pushed, ...expected], limit)
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const digests = new Set(this.#names().flatMap(name => (name.subject === subject ? name.digest : [])))
    return Promise.all(
      [...digests].sort(compareText).map(async digest => referrerOf(await this.manifest(digest))),
    )
  }

  async hasBlob(descriptor: Descriptor): Promise<boolean> {
    const { digest, size } = descriptor
    return this.#writer.entries.get(digest)?.size === size || this.#farSide.hasBlob(descriptor)
  }

  /** A blob that is mounted costs nothing: it is in the archive for another repository, or at the far side. */
  async pushBlob(
    descriptor: Descriptor,
    content: BlobContent,
    signal: AbortSignal,
  ): Promise<'mounted' | 'uploaded'> {
    if (content.mountFrom !== undefined && (await this.hasBlob(descriptor))) return 'mounted'
    const { digest, size } = descriptor
    return (await this.#writer.put({ digest, size }, content, signal)) ? 'uploaded' : 'mounted'
  }

  async pushManifest(manifest: RawManifest, as: Tag | Digest, signal: AbortSignal): Promise<void> {
    const what = `${this.name}@${manifest.digest}`
    verifyBytes(what, manifest.bytes, isDigest(as) ? as : manifest.digest)
    const parsed = parseManifest(manifest, what)
    if (parsed.kind === 'image') await this.#checkBlobs(blobsOf(parsed), what)
    const { digest, mediaType, bytes } = manifest
    const name: NameRecord = {
      repository: this.#path,
      ...(!isDigest(as) && { tag: as }),
      digest,
      ...(parsed.subject !== undefined && { subject: parsed.subject.digest }),
    }
    const isNamed = name.tag !== undefined || name.subject !== undefined
    const blob = { digest, size: bytes.length, mediaType }
    await this.#writer.put(blob, { open: async () => once(bytes) }, signal, isNamed ? name : undefined)
    if (isNamed) await this.#writer.name(name)
    this.#gone.delete(as)
  }

  /** Takes back what this archive brought under the tag; what the far side has, its own apply of the plan deletes. */
  async deleteTag(tag: Tag): Promise<void> {
    this.#gone.add(tag)
    for (const name of this.#names()) if (name.tag === tag) await this.#writer.unname(name)
  }

  async deleteManifest(digest: Digest): Promise<void> {
    for (const [tag, named] of this.#farSide.named) if (named === digest) this.#gone.add(tag)
    this.#gone.add(digest)
    for (const name of this.#names()) if (name.digest === digest) await this.#writer.unname(name)
  }

  #names(): readonly NameRecord[] {
    return [...this.#writer.names.values()].filter(({ repository }) => repository === this.#path)
  }

  #pushed(tag: Tag): Digest | undefined {
    return this.#writer.names.get(`${this.#path}:${tag}`)?.digest
  }

  #expected(tag: Tag): Digest | undefined {
    return this.#gone.has(tag) ? undefined : this.#farSide.named.get(tag)
  }

  /** Whoever has the far side and the archive has the whole image, as a registry would insist. */
  async #checkBlobs(blobs: readonly Descriptor[], what: string): Promise<void> {
    for (const blob of blobs)
      if (!isForeignLayer(blob.mediaType) && !(await this.hasBlob(blob)))
        throw new PlaceError(
          `cannot write ${what}: its blob ${blob.digest} is neither in the archive nor expected at the far side`,
          { code: 'MANIFEST_BLOB_UNKNOWN', status: 404 },
        )
  }

  #absent(digest: Digest): PlaceError {
    return new PlaceError(`${digest} is not in ${this.name}`, { status: 404 })
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
