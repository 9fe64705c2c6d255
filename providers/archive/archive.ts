/**
 * An archive that was carried here, as a source: manifests and blobs by digest, names and documents, read straight out
 * of the volumes.
 *
 * Volumes may lie in several folders, and may be missing as long as nothing in them is asked for. Each is compared with
 * archive.json before it is believed, and every byte is checked against its digest.
 */
import type { ImageContent } from '../../lib/graph/graph.ts'
import { blobsBelow, closureOf } from '../../lib/graph/graph.ts'
import { formatSource } from '../../lib/graph/naming.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { ReferrersLister, RepositoryReader, Sources, TagLister } from '../../lib/provider.ts'
import { ArchiveError } from './archive-error.ts'
import { ArchiveIndex } from './archive-index.ts'
import { ArchiveRepository } from './archive-repository.ts'
import type { ArchiveContents, DocumentRecord } from './contents.ts'
import { FoundVolumes, listVolumes } from './found-volumes.ts'
import { readEntry } from './part-reader.ts'
import { readContents } from './read-contents.ts'

/** Documents are read as a whole; larger than this, bytes, is none. */
const LARGEST_DOCUMENT = 2 ** 30

export interface OpenOptions {
  /** PEM of a public key: an archive that its owner has not signed is refused. */
  readonly verifyKey?: string | undefined
  /** Further folders where volumes lie. */
  readonly folders?: readonly string[] | undefined
}

export type ArchiveReader = RepositoryReader & TagLister & ReferrersLister

export interface Archive {
  /** `file:///media/disc` */
  readonly name: string
  readonly folder: string
  readonly contents: ArchiveContents
  /** Whether a signature was checked, and was right. */
  readonly isVerified: boolean
  readonly volumes: FoundVolumes
  /** A repository as the near side planned it: without the far side's host. */
  repository(path: RepositoryPath): ArchiveReader
  /** Content by digest, and tags by the source the images were collected from, whatever the source. */
  readonly sources: Sources
  /** Whether a blob or manifest is in the archive; its volume may be missing nevertheless. */
  has(digest: Digest): boolean
  /** What of an image is neither in the archive nor assumed to be at the far side. */
  missing(image: ImageContent): readonly Digest[]
  /** What of an image the archive does not carry. */
  notCarried(image: ImageContent): readonly Digest[]
  /** The bytes of a document, checked. @throws ArchiveError when it is not there or its volume is missing */
  document(record: DocumentRecord): Promise<Uint8Array>
}

/**
 * Opens the archive in a folder: its list, or the copy of it in the last volume. No blob is read.
 *
 * @throws ArchiveError when there is no archive, or it is damaged, tampered with or not signed by the key's owner;
 *   UsageError when the key is none
 */
export async function openArchive(folder: string, options: OpenOptions = {}): Promise<Archive> {
  const paths = await listVolumes([folder, ...(options.folders ?? [])])
  const contents = await readContents(folder, paths, options.verifyKey)
  const name = `file://${folder}`
  const volumes = new FoundVolumes(name, contents, paths)
  const index = new ArchiveIndex(contents)
  const readers = new Map<string, ArchiveRepository>()
  const reader = (key: string, open: () => ArchiveRepository): ArchiveRepository => {
    const known = readers.get(key) ?? open()
    readers.set(key, known)
    return known
  }
  const notCarried = (image: ImageContent): readonly Digest[] => {
    const manifests = closureOf(contents, image)
    return [...manifests, ...blobsBelow(contents, manifests)].filter(digest => !contents.entries.has(digest))
  }
  return {
    name,
    folder,
    contents,
    isVerified: options.verifyKey !== undefined,
    volumes,
    repository: path =>
      reader(`/${path}`, () => new ArchiveRepository(name, index, volumes, { repository: path })),
    sources: {
      open(source) {
        const text = formatSource(source)
        return reader(text, () => new ArchiveRepository(name, index, volumes, { source }))
      },
    },
    has: digest => contents.entries.has(digest),
    missing: image => notCarried(image).filter(digest => !index.assumed.has(digest)),
    notCarried,
    async document({ kind, name: what, digest }) {
      const entry = contents.entries.get(digest)
      if (entry === undefined)
        throw new ArchiveError(`${name} does not hold the ${kind} ${what}`, { status: 404 })
      if (entry.size > LARGEST_DOCUMENT)
        throw new ArchiveError(`the ${kind} ${what} in ${name} has ${entry.size} bytes, which is no document`)
      return readEntry(entry, volume => volumes.find(volume), name)
    },
  }
}
