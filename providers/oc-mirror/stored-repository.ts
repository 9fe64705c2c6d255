/**
 * Reads one repository of a content store. The stores keep no media types, so a manifest says itself what it is; what
 * refers to an image is found by looking at every manifest of the repository, once.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest, verifyBytes, verifyStream } from '../../lib/oci/digest.ts'
import {
  artifactTypeOf,
  MAX_MANIFEST_BYTES,
  parseManifest,
  type RawManifest,
} from '../../lib/oci/manifest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import type { TagList } from '../../lib/provider.ts'
import { compareText } from '../../lib/target.ts'
import { tagList } from '../layout/index.ts'
import type { ContentStore } from './content-store.ts'
import { readWhole, type StoredFile, streamFile } from './file-tree.ts'
import type { StoredReader } from './stored-images.ts'

interface Referrer {
  readonly subject: Digest
  readonly descriptor: Descriptor
}

export class StoredRepository implements StoredReader {
  readonly name: string
  readonly #store: ContentStore
  readonly #path: RepositoryPath
  #tags: Promise<ReadonlyMap<Tag, Digest | undefined>> | undefined
  #referrers: Promise<readonly Referrer[]> | undefined

  constructor(store: ContentStore, path: RepositoryPath) {
    this.name = `${path} in ${store.name}`
    this.#store = store
    this.#path = path
  }

  /** @throws PlaceError when a tag is there and what it names is not; SyntaxFault when that is no manifest. */
  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    if (isDigest(reference)) {
      if ((await this.#store.find(this.#path, reference)) === undefined) return undefined
      return describe(await this.manifest(reference))
    }
    const tags = await this.#readTags()
    const digest = tags.get(reference)
    if (digest !== undefined) return describe(await this.manifest(digest))
    if (!tags.has(reference)) return undefined
    throw new PlaceError(`the tag ${reference} of ${this.name} leads nowhere`, {
      hint: 'its link is damaged; make the copy again, or ask for the image by its digest',
    })
  }

  async manifest(digest: Digest): Promise<RawManifest> {
    const what = `${digest} in ${this.name}`
    const bytes = await readWhole(await this.#find(digest), what, MAX_MANIFEST_BYTES)
    verifyBytes(what, bytes, digest)
    const { mediaType } = parseManifest({ mediaType: '', bytes }, what)
    return { digest, mediaType, bytes }
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const file = await this.#find(descriptor.digest)
    return verifyStream(`${descriptor.digest} in ${this.name}`, streamFile(file, signal), descriptor)
  }

  async tags(_signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    return tagList((await this.#readTags()).keys(), limit)
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    this.#referrers ??= this.#readReferrers(signal).catch(error => {
      this.#referrers = undefined
      throw error
    })
    return (await this.#referrers).flatMap(found => (found.subject === subject ? found.descriptor : []))
  }

  #readTags(): Promise<ReadonlyMap<Tag, Digest | undefined>> {
    this.#tags ??= this.#store.tags(this.#path).catch(error => {
      this.#tags = undefined
      throw error
    })
    return this.#tags
  }

  /** A manifest that cannot be read is for whoever needs it to report. */
  async #readReferrers(signal: AbortSignal): Promise<readonly Referrer[]> {
    const found: Referrer[] = []
    for (const digest of [...(await this.#store.revisions(this.#path))].sort(compareText)) {
      signal.throwIfAborted()
      const raw = await this.manifest(digest).catch(() => undefined)
      const manifest = raw && parseManifest(raw, digest)
      if (raw === undefined || manifest?.subject === undefined) continue
      const artifactType = artifactTypeOf(manifest)
      const { annotations } = manifest
      const more = {
        ...(artifactType !== undefined && { artifactType }),
        ...(annotations && { annotations }),
      }
      found.push({ subject: manifest.subject.digest, descriptor: { ...describe(raw), ...more } })
    }
    return found
  }

  async #find(digest: Digest): Promise<StoredFile> {
    const file = await this.#store.find(this.#path, digest)
    if (file !== undefined) return file
    throw new PlaceError(`${digest} is missing from ${this.name}`, {
      status: 404,
      hint: this.#store.whyMissing,
    })
  }
}

function describe({ mediaType, digest, bytes }: RawManifest): Descriptor {
  return { mediaType, digest, size: bytes.length }
}
