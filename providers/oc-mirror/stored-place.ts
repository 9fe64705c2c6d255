/**
 * One source, read from what is on the disk: from the newest of several archives that has it, and what none of them has from
 * where the target holds it already, because these tools ship every blob once.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import { oncePerKey } from '../../lib/once-per-key.ts'
import type { StoredKind } from '../../lib/plan/plan.ts'
import type { ReferrersLister, RepositoryReader } from '../../lib/provider.ts'
import type { StoredImages, StoredReader } from './stored-images.ts'

/** Elsewhere content belongs to no repository. */
const BY_REPOSITORY: ReadonlySet<StoredKind> = new Set(['image-mirror', 'oc-mirror-v1'])

/** Where an image is on the disk. */
export interface StoredName {
  readonly repository: RepositoryPath
  readonly digest: Digest
}

/** Places at the target that may have what the disk does not, the likeliest first. */
export type HeldThere = (digest: Digest, repository: RepositoryPath) => readonly RepositoryReader[]

interface Holder {
  readonly stored: StoredImages
  readonly repository: RepositoryPath
}

export class StoredPlace implements RepositoryReader, ReferrersLister {
  readonly name: string
  readonly #all: readonly StoredImages[]
  readonly #paths: readonly [RepositoryPath, ...RepositoryPath[]]
  readonly #renamed: (tag: Tag) => StoredName | undefined
  readonly #heldThere: HeldThere
  readonly #once = oncePerKey<string, ReadonlyMap<Tag, Digest | undefined>>()

  /** @param paths where these tools keep it, the likeliest first */
  constructor(
    name: string,
    all: readonly StoredImages[],
    paths: readonly [RepositoryPath, ...RepositoryPath[]],
    renamed: (tag: Tag) => StoredName | undefined,
    heldThere: HeldThere,
  ) {
    this.name = `${name} in ${all.map(each => each.name).join(', ')}`
    this.#all = all
    this.#paths = paths
    this.#renamed = renamed
    this.#heldThere = heldThere
  }

  /** What a tag names, or the digest itself; undefined when the tag is not there. */
  async digestOf(reference: Tag | Digest): Promise<Digest | undefined> {
    return isDigest(reference) ? reference : this.#named(reference)
  }

  /** Where on the disk the bytes of a manifest or blob are. */
  async holderOf(digest: Digest, signal: AbortSignal): Promise<Holder | undefined> {
    for (const stored of this.#all) {
      for (const repository of this.#paths)
        if (await stored.has(repository, digest)) return { stored, repository }
      if (!BY_REPOSITORY.has(stored.kind)) continue
      for (const repository of await stored.repositories(signal))
        if (await stored.has(repository, digest)) return { stored, repository }
    }
    return undefined
  }

  /** Whether a manifest was ever given to one of the repositories where this would be. */
  async isKnown(digest: Digest): Promise<boolean> {
    for (const stored of this.#all)
      for (const repository of this.#paths)
        if ((await stored.revisions(repository)).includes(digest)) return true
    return false
  }

  /** @throws PlaceError with status 404 when a tag is there and what it names is not. */
  async resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    const digest = await this.digestOf(reference)
    if (digest === undefined) return undefined
    const found = await this.#manifestOrNone(digest, signal)
    if (found !== undefined) return { mediaType: found.mediaType, digest, size: found.bytes.length }
    if (isDigest(reference)) return undefined
    throw await this.#missing(digest, signal)
  }

  async manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest> {
    const found = await this.#manifestOrNone(digest, signal)
    if (found !== undefined) return found
    throw await this.#missing(digest, signal)
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { digest } = descriptor
    const holder = await this.#holder(digest, signal)
    const found = holder?.blob(descriptor, signal)
    const there = found ?? (await this.#fromTarget(digest, reader => reader.blob(descriptor, signal)))
    if (there !== undefined) return there
    throw await this.#missing(digest, signal)
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>()
    for (const stored of this.#all)
      for (const path of this.#paths)
        for (const each of (await stored.repository(path).referrers(subject, signal)) ?? [])
          found.set(each.digest, each)
    return [...found.values()]
  }

  async #manifestOrNone(digest: Digest, signal: AbortSignal): Promise<RawManifest | undefined> {
    const holder = await this.#holder(digest, signal)
    if (holder !== undefined) return holder.manifest(digest, signal)
    return this.#fromTarget(digest, reader => reader.manifest(digest, signal))
  }

  /** undefined where the target does not have it either. */
  async #fromTarget<T>(
    digest: Digest,
    read: (reader: RepositoryReader) => Promise<T>,
  ): Promise<T | undefined> {
    for (const reader of this.#heldThere(digest, this.#paths[0])) {
      const found = await read(reader).catch(error => {
        if (error instanceof PlaceError && error.status === 404) return undefined
        throw error
      })
      if (found !== undefined) return found
    }
    return undefined
  }

  async #named(tag: Tag): Promise<Digest | undefined> {
    const renamed = this.#renamed(tag)
    if (renamed !== undefined) return renamed.digest
    for (const stored of this.#all)
      for (const path of this.#paths) {
        const digest = (await this.#tagsOf(stored, path)).get(tag)
        if (digest !== undefined) return digest
      }
    return undefined
  }

  #tagsOf(stored: StoredImages, path: RepositoryPath): Promise<ReadonlyMap<Tag, Digest | undefined>> {
    const key = [stored.folder, ...(stored.files ?? []), path].join(' ')
    return this.#once(key, () => stored.tags(path))
  }

  async #holder(digest: Digest, signal: AbortSignal): Promise<StoredReader | undefined> {
    const holder = await this.holderOf(digest, signal)
    return holder?.stored.repository(holder.repository)
  }

  /** In the words of the newest, which knows what files are missing. */
  async #missing(digest: Digest, signal: AbortSignal): Promise<unknown> {
    const [path] = this.#paths
    const [first] = this.#all
    try {
      await first?.repository(path).manifest(digest, signal)
    } catch (error) {
      return error
    }
    return new PlaceError(`${digest} is missing from ${this.name}`, { status: 404 })
  }
}
