/**
 * One repository by its original name, read at a target on the way: tags and digests as the state of that target has them,
 * bytes and what was attached meanwhile from its registry. Nothing is asked of anybody else.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'
import {
  canListReferrers,
  canListTags,
  type ReferrersLister,
  type RepositoryReader,
  type TagList,
  type TagLister,
} from '../../lib/provider.ts'
import type { StateImage } from '../../lib/state.ts'
import { compareText, formatRepository } from '../../lib/target.ts'
import { isGone, madeAnew, notHeld, otherPlatforms } from './enclave-error.ts'
import type { HeldImages } from './held-images.ts'
import type { Hop } from './hop.ts'

export interface EnclavePlace {
  readonly hop: Hop
  readonly held: HeldImages
  /** A repository of the target on the way. */
  open(repository: RepositoryPath): RepositoryReader
}

export class EnclaveRepository implements RepositoryReader, TagLister, ReferrersLister {
  readonly name: string
  readonly #source: string
  readonly #place: EnclavePlace
  readonly #images: readonly StateImage[]
  /** Where its images are, each once. */
  readonly #repositories: readonly RepositoryPath[]

  /** @param source `quay.io/acme/app` */
  constructor(source: string, place: EnclavePlace) {
    this.#source = source
    this.#place = place
    this.#images = place.held.of(source)
    this.#repositories = [...new Set(this.#images.map(({ destination }) => destination.repository))]
    this.name = `${source} at ${place.hop.name}`
  }

  async resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    if (isDigest(reference)) return this.#resolveDigest(reference, signal)
    const image = this.#place.held.named(this.#source, reference)
    if (image === undefined) return this.#attached(reference, signal)
    const { repository } = image.destination
    const found = await this.#place.open(repository).resolve(image.digest, signal)
    if (found !== undefined) return found
    throw isGone(this.#place.hop, `${this.#source}:${reference}`, this.#nameAt(repository))
  }

  async manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest> {
    return this.#read(digest, reader => reader.manifest(digest, signal))
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.#read(descriptor.digest, reader => reader.blob(descriptor, signal))
  }

  /** Of all repositories that have images of this one. */
  async tags(signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    const lists = await Promise.all(
      this.#repositories.map(repository => {
        const reader = this.#place.open(repository)
        return canListTags(reader) ? reader.tags(signal, limit) : { tags: [], complete: false }
      }),
    )
    const tags = new Set(lists.flatMap(list => list?.tags ?? []))
    return {
      tags: [...tags].sort(compareText),
      complete: lists.every(list => list === undefined || list.complete),
    }
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
    const [repository] = this.#placesOf(subject)
    const reader = repository === undefined ? undefined : this.#place.open(repository)
    return reader !== undefined && canListReferrers(reader) ? reader.referrers(subject, signal) : undefined
  }

  async #resolveDigest(digest: Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    for (const repository of this.#placesOf(digest)) {
      const found = await this.#place.open(repository).resolve(digest, signal)
      if (found !== undefined) return found
    }
    throw this.#missing(digest)
  }

  /**
   * Signatures and lists of referrers have tags that no image set names. Any other tag that the registry may have beside
   * our images is not the one that the original repository has.
   */
  async #attached(tag: Tag, signal: AbortSignal): Promise<Descriptor | undefined> {
    if (!ATTACHED.test(tag)) throw notHeld(this.#place.hop, `${this.#source}:${tag}`)
    for (const repository of this.#repositories) {
      const found = await this.#place.open(repository).resolve(tag, signal)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** What the state does not know can be there all the same: a signature that was attached in this registry. */
  async #read<T>(digest: Digest, read: (reader: RepositoryReader) => Promise<T>): Promise<T> {
    let fault: unknown
    for (const repository of this.#placesOf(digest)) {
      try {
        return await read(this.#place.open(repository))
      } catch (error) {
        if (!(error instanceof PlaceError && error.status === 404)) throw error
        fault = error
      }
    }
    throw this.#missing(digest, fault)
  }

  #placesOf(digest: Digest): readonly RepositoryPath[] {
    const known = this.#place.held.placeOf(digest)
    return known === undefined ? this.#repositories : [...new Set([known, ...this.#repositories])]
  }

  #missing(digest: Digest, cause?: unknown): PlaceError {
    const { hop, held } = this.#place
    const what = `${this.#source}@${digest}`
    const known = held.placeOf(digest)
    if (known !== undefined) return isGone(hop, what, this.#nameAt(known), cause)
    const made = this.#images.find(({ sourceDigest }) => sourceDigest === digest)
    if (made !== undefined) return madeAnew(hop, what, made.digest)
    const partial = this.#images.find(({ omitted }) => omitted.includes(digest))
    return partial === undefined ? notHeld(hop, what) : otherPlatforms(hop, what, partial.platforms)
  }

  #nameAt(repository: RepositoryPath): string {
    return formatRepository(this.#place.hop.address, repository)
  }
}

/** cosign's tags, and the referrers tag schema (OCI distribution-spec 1.1). */
const ATTACHED = /^sha(256|512)-[0-9a-f]+(\.(sig|att|sbom))?$/
