/**
 * Archives that were carried here, as the one place images come from: whatever an image set names is looked up in them,
 * and what they were written without, because it was expected to be there already, is read at the target.
 */
import type { Absence } from '../../lib/errors.ts'
import type { ImageContent } from '../../lib/graph/graph.ts'
import { parseSource } from '../../lib/graph/naming.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import type { Tag } from '../../lib/oci/reference.ts'
import type { ImageSource, ReferrersLister, RepositoryReader, Sources } from '../../lib/provider.ts'
import { compareText } from '../../lib/target.ts'
import type { Archive } from './archive.ts'
import { ArchiveError, NOT_ASKED } from './archive-error.ts'
import { nameOf } from './archive-repository.ts'
import { referrerOf } from './referrer.ts'

/** The repository of the target that has a manifest or blob; undefined when none is known to. */
export type HeldAt = (digest: Digest) => RepositoryReader | undefined

/** @param archives at least one; what several have is read from the first */
export function carriedSources(archives: readonly Archive[], heldAt: HeldAt): Sources {
  const images = archives.flatMap(({ contents }) => contents.images)
  const byRepository = Map.groupBy(images, image => nameOf(parseSource(image.source)))
  const readers = new Map<string, CarriedRepository>()
  return {
    open(source) {
      const name = nameOf(source)
      const known =
        readers.get(name) ?? new CarriedRepository(archives, source, byRepository.get(name) ?? [], heldAt)
      readers.set(name, known)
      return known
    },
  }
}

class CarriedRepository implements RepositoryReader, ReferrersLister {
  readonly name: string
  readonly absence: Absence
  readonly #archives: readonly Archive[]
  readonly #source: ImageSource
  /** Collected from this repository. */
  readonly #images: readonly ImageContent[]
  readonly #heldAt: HeldAt

  constructor(
    archives: readonly Archive[],
    source: ImageSource,
    images: readonly ImageContent[],
    heldAt: HeldAt,
  ) {
    const names = archives.map(({ name }) => name).join(', ')
    this.name = `${nameOf(source)} in ${names}`
    this.absence = { said: `is not in ${names}`, hint: NOT_ASKED }
    this.#archives = archives
    this.#source = source
    this.#images = images
    this.#heldAt = heldAt
  }

  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    const digest = isDigest(reference) ? reference : this.#named(reference)
    if (digest === undefined) return undefined
    for (const { contents } of this.#archives) {
      const node = contents.manifests.get(digest)
      if (node !== undefined) return { mediaType: node.mediaType, digest, size: node.size }
    }
    return undefined
  }

  async manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest> {
    const place = this.#archives.find(archive => archive.has(digest))
    if (place !== undefined) return place.sources.open(this.#source).manifest(digest, signal)
    for (const { contents } of this.#archives) {
      const node = contents.manifests.get(digest)
      if (node?.text !== undefined)
        return { digest, mediaType: node.mediaType, bytes: Buffer.from(node.text) }
    }
    return (this.#heldAt(digest) ?? this.#first()).manifest(digest, signal)
  }

  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { digest } = descriptor
    const place = this.#archives.find(archive => archive.has(digest))
    const reader = place?.sources.open(this.#source) ?? this.#heldAt(digest) ?? this.#first()
    return reader.blob(descriptor, signal)
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    const attached = this.#images.flatMap(({ attachments }) => attachments)
    const digests = attached.flatMap(each =>
      each.subject === subject && each.tag === undefined ? each.digest : [],
    )
    const sorted = [...new Set(digests)].sort(compareText)
    return Promise.all(sorted.map(async digest => referrerOf(await this.manifest(digest, signal))))
  }

  /** It says what is missing, and what to do. */
  #first(): RepositoryReader {
    const [first] = this.#archives
    if (first === undefined) throw new ArchiveError('there is no archive to read from')
    return first.sources.open(this.#source)
  }

  /** The tag it was collected by; else the one it got, for what was collected by digest or is attached. */
  #named(tag: Tag): Digest | undefined {
    const image =
      this.#images.find(({ source }) => tagOf(parseSource(source)) === tag) ??
      this.#images.find(({ destination }) => destination.tag === tag)
    return image?.digest ?? this.#attached(tag)
  }

  #attached(tag: Tag): Digest | undefined {
    return this.#images.flatMap(({ attachments }) => attachments).find(each => each.tag === tag)?.digest
  }
}

function tagOf(source: ImageSource): string | undefined {
  return source.kind === 'registry' ? source.reference.tag : source.tag
}
