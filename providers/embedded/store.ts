/**
 * The content of the embedded registry: a layout folder seen as repositories.
 *
 * Tags are the entries of index.json named `repository:tag`, blobs are the layout's, and the ledger says which
 * repository holds what. What another tool put into the layout is found by its tag, with everything below it.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import { blobsOf, type Manifest, parseManifest, type RawManifest } from '../../lib/oci/manifest.ts'
import { isRepositoryPath, type RepositoryPath, type Tag } from '../../lib/oci/reference.ts'
import { compareText } from '../../lib/target.ts'
import {
  BlobStore,
  entryFor,
  type IndexEntry,
  type IndexFile,
  imageName,
  LayoutIndex,
  listFolder,
  parseImageName,
  withEntry,
  withoutDigest,
  withoutName,
} from '../layout/index.ts'
import { type HeldManifest, Ledger } from './ledger.ts'

type TagMap = ReadonlyMap<RepositoryPath, ReadonlyMap<Tag, Digest>>

export class RegistryStore {
  readonly blobs: BlobStore
  readonly ledger: Ledger
  readonly #index: LayoutIndex
  #seen: { readonly index: IndexFile; readonly tags: Promise<TagMap> } | undefined
  /** Foreign entries without a name that were looked at already. */
  readonly #examined = new Set<Digest>()

  private constructor(folder: string, ledger: Ledger) {
    this.blobs = new BlobStore(folder)
    this.ledger = ledger
    this.#index = new LayoutIndex(folder)
  }

  /** @throws PlaceError when the folder holds a damaged layout. */
  static async open(folder: string): Promise<RegistryStore> {
    const there = await blobsIn(folder)
    await rm(path.join(folder, '.mirrorform', 'incoming'), { recursive: true, force: true })
    const store = new RegistryStore(folder, await Ledger.open(folder, digest => there.has(digest)))
    await store.#index.create()
    await store.#tagMap()
    return store
  }

  /** undefined when the repository has never held anything. */
  async tags(repository: RepositoryPath): Promise<readonly Tag[] | undefined> {
    const tags = (await this.#tagMap()).get(repository)
    if (tags === undefined) return this.ledger.knows(repository) ? [] : undefined
    return [...tags.keys()].sort(compareText)
  }

  async repositories(): Promise<readonly RepositoryPath[]> {
    await this.#tagMap()
    return this.ledger.repositories()
  }

  /** What a tag or digest names in a repository. */
  async find(
    repository: RepositoryPath,
    reference: Tag | Digest,
  ): Promise<(HeldManifest & { readonly digest: Digest }) | undefined> {
    const tags = await this.#tagMap()
    const digest = isDigest(reference) ? reference : tags.get(repository)?.get(reference)
    if (digest === undefined) return undefined
    const held = this.ledger.manifest(repository, digest)
    return held && { digest, ...held }
  }

  /** Stores a checked manifest, and the tag where there is one. */
  async putManifest(
    repository: RepositoryPath,
    tag: Tag | undefined,
    manifest: RawManifest,
    subject: Digest | undefined,
  ): Promise<void> {
    await this.blobs.writeManifest(manifest)
    await this.#hold(repository, manifest, subject)
    if (tag === undefined && subject === undefined) return
    const entry = entryFor(manifest, repository, tag)
    await this.#index.change(index => withEntry(index, entry))
  }

  async deleteTag(repository: RepositoryPath, tag: Tag): Promise<void> {
    await this.#index.change(index => withoutName(index, imageName(repository, tag)))
  }

  /** The manifest and every tag on it leave the repository; other repositories keep what they have. */
  async deleteManifest(repository: RepositoryPath, digest: Digest): Promise<void> {
    await this.#index.change(index => withoutDigest(index, repository, digest))
    await this.ledger.record({ did: 'drop-manifest', repository, digest })
  }

  /** The tags of index.json by repository; when the file has changed, what is new in it is taken over first. */
  async #tagMap(): Promise<TagMap> {
    const index = await this.#index.readOrEmpty()
    if (this.#seen?.index !== index) this.#seen = { index, tags: this.#readTags(index) }
    return this.#seen.tags
  }

  async #readTags(index: IndexFile): Promise<TagMap> {
    const tags = new Map<RepositoryPath, Map<Tag, Digest>>()
    for (const { name, descriptor } of index.entries) {
      const place = name === undefined ? undefined : parseImageName(name)
      if (place === undefined) continue
      const ofRepository = tags.get(place.repository) ?? new Map<Tag, Digest>()
      tags.set(place.repository, ofRepository.set(place.tag, descriptor.digest))
      if (!this.#has(place.repository, descriptor.digest)) await this.#adopt(place.repository, descriptor)
    }
    for (const entry of index.entries) if (entry.name === undefined) await this.#adoptNameless(entry)
    return tags
  }

  #has(repository: RepositoryPath, manifest: Digest): boolean {
    return this.ledger.manifest(repository, manifest) !== undefined
  }

  /** Takes over a manifest that another tool put into the layout, and all below it that is there. */
  async #adopt(
    repository: RepositoryPath,
    descriptor: Pick<RawManifest, 'digest' | 'mediaType'>,
  ): Promise<void> {
    const found = this.#has(repository, descriptor.digest) ? undefined : await this.#readManifest(descriptor)
    if (found === undefined) return
    const { manifest } = found
    if (manifest.kind === 'index') {
      for (const child of manifest.manifests) await this.#adopt(repository, child)
    } else {
      for (const { digest } of blobsOf(manifest))
        if ((await this.blobs.size(digest)) !== undefined)
          await this.ledger.record({ did: 'hold-blob', repository, digest })
    }
    await this.#hold(repository, found.raw, manifest.subject?.digest)
  }

  /** An entry without a name says whose it is, or belongs, as a referrer, to all that hold its subject. */
  async #adoptNameless({ repository, descriptor }: IndexEntry): Promise<void> {
    if (repository !== undefined) {
      if (isRepositoryPath(repository)) await this.#adopt(repository, descriptor)
      return
    }
    if (this.#examined.has(descriptor.digest)) return
    this.#examined.add(descriptor.digest)
    const subject = (await this.#readManifest(descriptor))?.manifest.subject
    if (subject === undefined) return
    for (const holder of this.ledger.holdersOf(subject.digest)) await this.#adopt(holder, descriptor)
  }

  async #readManifest(
    descriptor: Pick<RawManifest, 'digest' | 'mediaType'>,
  ): Promise<{ readonly raw: RawManifest; readonly manifest: Manifest } | undefined> {
    try {
      const bytes = await this.blobs.manifestBytes(descriptor.digest)
      const manifest = parseManifest({ mediaType: descriptor.mediaType, bytes }, descriptor.digest)
      return { raw: { digest: descriptor.digest, mediaType: manifest.mediaType, bytes }, manifest }
    } catch {
      // A manifest that is missing or damaged is simply not offered.
      return undefined
    }
  }

  async #hold(repository: RepositoryPath, manifest: RawManifest, subject: Digest | undefined): Promise<void> {
    const { digest, mediaType, bytes } = manifest
    const about = subject === undefined ? {} : { subject }
    await this.ledger.record({
      did: 'hold-manifest',
      repository,
      digest,
      mediaType,
      size: bytes.length,
      ...about,
    })
  }
}

async function blobsIn(folder: string): Promise<ReadonlySet<Digest>> {
  const digests = new Set<Digest>()
  for (const algorithm of ['sha256', 'sha512'])
    for (const name of await listFolder(path.join(folder, 'blobs', algorithm))) {
      const digest = `${algorithm}:${name}`
      if (isDigest(digest)) digests.add(digest)
    }
  return digests
}
