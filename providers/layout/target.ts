/**
 * An OCI image layout folder as a target: repositories are the names in its index, blobs are shared by all of them.
 *
 * An image is listed as `repository:tag`, so that `skopeo copy oci:folder:repository:tag …` finds it. A manifest pushed
 * by digest is only a blob, except one with a `subject`, which is listed without a name so that it can be found.
 */
import { DigestMismatchError, MirrorformError, messageOf, PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { algorithmOf, type Digest, isDigest, verifyBytes } from '../../lib/oci/digest.ts'
import { blobsOf, type Manifest, parseManifest, type RawManifest } from '../../lib/oci/manifest.ts'
import { isForeignLayer } from '../../lib/oci/media-types.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type {
  BlobContent,
  SpaceTeller,
  TagList,
  Target,
  TargetAbilities,
  TargetRepository,
} from '../../lib/provider.ts'
import { freeBytesAt } from './free-space.ts'
import {
  belongsTo,
  entryFor,
  imageName,
  parseImageName,
  withEntry,
  withoutDigest,
  withoutName,
} from './index-file.ts'
import { LayoutReader } from './layout-reader.ts'
import { tagList } from './tag-list.ts'

const ABILITIES: TargetAbilities = {
  deleteTag: 'yes',
  deleteManifest: 'yes',
  sparseIndex: 'yes',
  referrersApi: 'yes',
}

/**
 * Opens a folder as a target; nothing is read or made before the first request.
 *
 * One process writes to a folder at a time, which the state's lock sees to.
 */
export function openLayoutTarget(folder: string): Target & SpaceTeller {
  const reader = new LayoutReader(folder)
  const repositories = new Map<RepositoryPath, TargetRepository>()
  return {
    address: { kind: 'layout', folder },
    abilities: async () => ABILITIES,
    freeBytes: () => freeBytesAt(folder),
    repository: path => {
      const known = repositories.get(path) ?? new LayoutRepository(reader, path)
      repositories.set(path, known)
      return known
    },
  }
}

class LayoutRepository implements TargetRepository {
  readonly name: string
  readonly #reader: LayoutReader
  readonly #path: RepositoryPath

  constructor(reader: LayoutReader, path: RepositoryPath) {
    this.#reader = reader
    this.#path = path
    this.name = `${reader.name}:${path}`
  }

  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    if (isDigest(reference)) return this.#reader.describe(reference)
    const name = imageName(this.#path, reference)
    const { entries } = await this.#reader.index.readOrEmpty()
    const found = entries.find(entry => entry.name === name)?.descriptor
    return found && { mediaType: found.mediaType, digest: found.digest, size: found.size }
  }

  manifest(digest: Digest): Promise<RawManifest> {
    return this.#reader.manifest(digest)
  }

  blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.#reader.blob(descriptor, signal)
  }

  async tags(_signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    const { entries } = await this.#reader.index.readOrEmpty()
    const tags = entries.flatMap(({ name }) => {
      const place = name === undefined ? undefined : parseImageName(name)
      return place?.repository === this.#path ? place.tag : []
    })
    return tagList(tags, limit)
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    const { entries } = await this.#reader.index.readOrEmpty()
    const ours = entries.filter(
      entry => belongsTo(entry, this.#path) || (entry.name === undefined && entry.repository === undefined),
    )
    return this.#reader.referrersAmong(ours, subject, signal)
  }

  /** A file of another size is not the blob; its bytes are proved when they are read. */
  async hasBlob({ digest, size }: Descriptor): Promise<boolean> {
    return (await this.#reader.blobs.size(digest)) === size
  }

  async pushBlob(
    descriptor: Descriptor,
    content: BlobContent,
    signal: AbortSignal,
  ): Promise<'mounted' | 'uploaded'> {
    if (content.mountFrom !== undefined && (await this.hasBlob(descriptor))) return 'mounted'
    const chunks = await content.open(signal)
    await this.#writing(`the blob ${descriptor.digest}`, () => this.#writeBlob(descriptor, chunks, signal))
    return 'uploaded'
  }

  async pushManifest(manifest: RawManifest, as: Tag | Digest): Promise<void> {
    const what = `${this.name}@${manifest.digest}`
    verifyBytes(what, manifest.bytes, isDigest(as) ? as : manifest.digest)
    const parsed = parseManifest(manifest, what)
    await this.#checkBlobs(parsed, what)
    await this.#writing(`the manifest ${manifest.digest}`, async () => {
      await this.#reader.index.create()
      await this.#reader.blobs.writeManifest(manifest)
      if (isDigest(as) && parsed.subject === undefined) return
      const entry = entryFor(manifest, this.#path, isDigest(as) ? undefined : as)
      await this.#reader.index.change(index => withEntry(index, entry))
    })
  }

  async deleteTag(tag: Tag): Promise<void> {
    await this.#remove(`the tag ${tag}`, index => withoutName(index, imageName(this.#path, tag)))
  }

  /** Its tags in this repository go with it; the blobs stay until `collectGarbage`. */
  async deleteManifest(digest: Digest): Promise<void> {
    await this.#remove(`the manifest ${digest}`, index => withoutDigest(index, this.#path, digest))
  }

  async #remove(what: string, change: Parameters<LayoutReader['index']['change']>[0]): Promise<void> {
    const { entries } = await this.#reader.index.readOrEmpty()
    if (entries.length > 0) await this.#writing(what, () => this.#reader.index.change(change))
  }

  async #writeBlob(
    descriptor: Descriptor,
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#reader.index.create()
    const writer = await this.#reader.blobs.writer(algorithmOf(descriptor.digest))
    try {
      for await (const chunk of chunks) {
        signal.throwIfAborted()
        await writer.append(chunk)
        if (writer.size > descriptor.size)
          throw new DigestMismatchError(
            this.name,
            `${descriptor.digest} of ${descriptor.size} bytes`,
            `more than ${descriptor.size} bytes`,
          )
      }
    } catch (error) {
      await writer.discard()
      throw error
    }
    await writer.finish(descriptor, this.name)
  }

  /** A layout that lists an image has its blobs, as a registry would insist. */
  async #checkBlobs(manifest: Manifest, what: string): Promise<void> {
    if (manifest.kind === 'index') return
    for (const blob of blobsOf(manifest))
      if (!isForeignLayer(blob.mediaType) && !(await this.hasBlob(blob)))
        throw new PlaceError(`cannot write ${what}: its blob ${blob.digest} is not in the layout`, {
          code: 'MANIFEST_BLOB_UNKNOWN',
          status: 404,
        })
  }

  /** @throws PlaceError for whatever the file system says. */
  async #writing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof MirrorformError || !isFileError(cause)) throw cause
      throw new PlaceError(`cannot write ${what} into ${this.name}: ${messageOf(cause)}`, {
        cause,
        code: cause.code,
        hint: 'check that the folder is writable and that the disk has space left',
      })
    }
  }
}

function isFileError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}
