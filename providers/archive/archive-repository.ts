/** Reads one repository of an archive: by the names it was packed under, or by the source its images were collected from. */
import type { ImageContent } from '../../lib/graph/graph.ts'
import { parseSource } from '../../lib/graph/naming.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import { type RepositoryPath, repositoryName, type Tag } from '../../lib/oci/reference.ts'
import type {
  ImageSource,
  ReferrersLister,
  RepositoryReader,
  TagList,
  TagLister,
} from '../../lib/provider.ts'
import { compareText } from '../../lib/target.ts'
import { tagList } from '../layout/index.ts'
import { ArchiveError, NOT_ASKED } from './archive-error.ts'
import type { ArchiveIndex } from './archive-index.ts'
import type { Entry, NameRecord } from './contents.ts'
import type { FoundVolumes } from './found-volumes.ts'
import { readManifest, streamEntry } from './part-reader.ts'
import { referrerOf } from './referrer.ts'

/** Which names a reader answers to. */
export type Scope = { readonly repository: RepositoryPath } | { readonly source: ImageSource }

export class ArchiveRepository implements RepositoryReader, TagLister, ReferrersLister {
  readonly name: string
  readonly #index: ArchiveIndex
  readonly #volumes: FoundVolumes
  readonly #scope: Scope

  constructor(archive: string, index: ArchiveIndex, volumes: FoundVolumes, scope: Scope) {
    this.name =
      'repository' in scope ? `${archive}:${scope.repository}` : `${nameOf(scope.source)} in ${archive}`
    this.#index = index
    this.#volumes = volumes
    this.#scope = scope
  }

  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    const digest = isDigest(reference) ? reference : this.#named(reference)
    const entry = digest === undefined ? undefined : this.#index.contents.entries.get(digest)
    if (digest === undefined || entry?.mediaType === undefined) return undefined
    return { mediaType: entry.mediaType, digest, size: entry.size }
  }

  async manifest(digest: Digest): Promise<RawManifest> {
    return readManifest(this.#entry(digest), volume => this.#volumes.find(volume), this.name)
  }

  async blob({ digest }: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return streamEntry(this.#entry(digest), volume => this.#volumes.find(volume), this.name, signal)
  }

  async tags(_signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    const tags = this.#names().flatMap(({ tag }) => tag ?? [])
    return tagList(tags, limit)
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    const digests = new Set(this.#names().flatMap(name => (name.subject === subject ? name.digest : [])))
    return Promise.all(
      [...digests].sort(compareText).map(async digest => referrerOf(await this.manifest(digest))),
    )
  }

  /** @throws ArchiveError with status 404, which says where the far side should have it from. */
  #entry(digest: Digest): Entry {
    const entry = this.#index.contents.entries.get(digest)
    if (entry !== undefined) return entry
    const isAssumed = this.#index.assumed.has(digest)
    throw new ArchiveError(
      `${digest} is not in ${this.name}${isAssumed ? ': it was expected to be at the target already' : ''}`,
      {
        status: 404,
        hint: isAssumed
          ? 'an earlier archive carried it: import that one first, or plan a new one from a receipt of this site'
          : NOT_ASKED,
      },
    )
  }

  /** A source's own tag first; what is attached to its images has a tag only where they went. */
  #named(tag: Tag): Digest | undefined {
    const image = this.#images().find(({ source }) => tagOf(parseSource(source)) === tag)
    return image?.digest ?? this.#names().find(name => name.tag === tag)?.digest
  }

  #images(): readonly ImageContent[] {
    return 'source' in this.#scope ? this.#index.imagesFrom(this.#scope.source) : []
  }

  #names(): readonly NameRecord[] {
    if ('repository' in this.#scope) return this.#index.namesIn(this.#scope.repository)
    const repositories = new Set(this.#images().map(({ destination }) => destination.repository))
    return [...repositories].flatMap(repository => this.#index.namesIn(repository))
  }
}

/** Of the place that images were collected from: `quay.io/acme/app`, `oci:/srv/layout` */
export function nameOf(source: ImageSource): string {
  return source.kind === 'registry' ? repositoryName(source.reference) : `oci:${source.folder}`
}

function tagOf(source: ImageSource): string | undefined {
  return source.kind === 'registry' ? source.reference.tag : source.tag
}
