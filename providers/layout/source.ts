/**
 * An OCI image layout folder, whoever made it, as a source of images.
 *
 * An image is asked for by its `org.opencontainers.image.ref.name`. In a layout that mirrorform wrote, names are
 * `repository:tag`, and the tag alone is enough as long as it means one image.
 */
import { PlaceError } from '../../lib/errors.ts'
import type { Descriptor } from '../../lib/oci/descriptor.ts'
import { type Digest, isDigest } from '../../lib/oci/digest.ts'
import type { RawManifest } from '../../lib/oci/manifest.ts'
import { isTag, type Tag } from '../../lib/oci/reference.ts'
import type { ReferrersLister, RepositoryReader, TagList, TagLister } from '../../lib/provider.ts'
import { compareText } from '../../lib/target.ts'
import { isAttachmentTag } from './attachment-names.ts'
import { type IndexEntry, parseImageName } from './index-file.ts'
import { LayoutReader } from './layout-reader.ts'
import { tagList } from './tag-list.ts'

/** What an image is called when nothing else is said; a layout's only image answers to it. */
const DEFAULT_TAG = 'latest'

export type LayoutSource = RepositoryReader & TagLister & ReferrersLister

/**
 * Opens a layout folder; nothing is read before the first question.
 *
 * @param tag the ref.name of the image that is meant, or only its tag. Without it, `resolve('latest')` gives the only
 *   image there is, and fails with the names of all when there are several.
 */
export function openLayoutSource(folder: string, tag?: string): LayoutSource {
  return new LayoutFolderSource(folder, tag)
}

class LayoutFolderSource implements LayoutSource {
  readonly name: string
  readonly #reader: LayoutReader
  readonly #opened: string | undefined

  constructor(folder: string, opened: string | undefined) {
    this.#reader = new LayoutReader(folder)
    this.#opened = opened
    this.name = opened === undefined ? this.#reader.name : `${this.#reader.name}:${opened}`
  }

  /** @throws PlaceError when the layout is damaged, or the tag means several images. */
  async resolve(reference: Tag | Digest): Promise<Descriptor | undefined> {
    if (isDigest(reference)) return this.#reader.describe(reference)
    const { entries } = await this.#reader.index.read()
    const named = this.#named(entries, reference)
    const found =
      named ??
      (this.#opened === undefined && reference === DEFAULT_TAG ? await this.#only(entries) : undefined)
    return found?.descriptor
  }

  manifest(digest: Digest): Promise<RawManifest> {
    return this.#reader.manifest(digest)
  }

  blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.#reader.blob(descriptor, signal)
  }

  async tags(_signal: AbortSignal, limit?: number): Promise<TagList> {
    const { entries } = await this.#reader.index.read()
    const scope = this.#repository(entries)
    const tags = entries.flatMap(entry => tagIn(entry, scope) ?? [])
    return tagList(tags, limit) ?? { tags: [], complete: true }
  }

  async referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
    const { entries } = await this.#reader.index.read()
    return this.#reader.referrersAmong(entries, subject, signal)
  }

  /** By the whole name; else by the tag, first in the repository of the opened image, then anywhere. */
  #named(entries: readonly IndexEntry[], tag: Tag): IndexEntry | undefined {
    const names = [this.#opened === undefined || !endsWithTag(this.#opened, tag) ? tag : this.#opened, tag]
    const exact = entries.find(entry => entry.name !== undefined && names.includes(entry.name))
    if (exact !== undefined) return exact
    const scope = this.#repository(entries)
    return scope === undefined
      ? this.#one(
          entries.filter(entry => endsWithTag(entry.name, tag)),
          `the tag ${tag}`,
        )
      : entries.find(entry => entry.name === `${scope}:${tag}`)
  }

  /** The repository part of the opened image's name, where it has one. */
  #repository(entries: readonly IndexEntry[]): string | undefined {
    const opened = this.#opened
    if (opened === undefined || entries.some(entry => entry.name === opened && !opened.includes(':')))
      return undefined
    if (opened.includes(':')) return parseImageName(opened)?.repository
    const found = this.#one(
      entries.filter(entry => endsWithTag(entry.name, opened)),
      `the tag ${opened}`,
    )
    return found?.name === undefined ? undefined : parseImageName(found.name)?.repository
  }

  /** The only image of the layout, not counting what is attached to it. */
  async #only(entries: readonly IndexEntry[]): Promise<IndexEntry | undefined> {
    const named = entries.filter(
      ({ name }) => name !== undefined && !isAttachmentTag(name.slice(name.lastIndexOf(':') + 1)),
    )
    if (named.length > 0) return this.#one(named, 'no tag')
    const roots: IndexEntry[] = []
    for (const entry of entries) {
      const listed = await this.#reader.listed(entry.descriptor.digest)
      if (listed?.subject === undefined) roots.push(entry)
    }
    return this.#one(roots, 'no tag')
  }

  /** @throws PlaceError naming the candidates when they are different images. */
  #one(entries: readonly IndexEntry[], asked: string): IndexEntry | undefined {
    const digests = new Set(entries.map(entry => entry.descriptor.digest))
    if (digests.size <= 1) return entries[0]
    const names = entries.map(entry => entry.name ?? entry.descriptor.digest).sort(compareText)
    const shown = names.length > 8 ? [...names.slice(0, 8), `${names.length - 8} more`] : names
    throw new PlaceError(
      `${this.#reader.name} holds ${digests.size} images that ${asked} could mean: ${shown.join(', ')}`,
      { hint: `say which one, for example oci://${this.#reader.folder}:${names[0]}` },
    )
  }
}

function endsWithTag(name: string | undefined, tag: string): boolean {
  return name === tag || name?.endsWith(`:${tag}`) === true
}

/** The tag an entry has in a repository or, without one, in a layout whose names are plain tags. */
function tagIn({ name }: IndexEntry, repository: string | undefined): Tag | undefined {
  if (name === undefined) return undefined
  const tag =
    repository === undefined
      ? name
      : name.startsWith(`${repository}:`)
        ? name.slice(repository.length + 1)
        : ''
  return isTag(tag) ? tag : undefined
}
