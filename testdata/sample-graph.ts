/**
 * Graphs for tests of pure functions: manifests and blobs named by words, whose digests follow from the words.
 */
import type { Attachment, ImageContent, ManifestNode, ManifestStore } from '../lib/graph/graph.ts'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../lib/oci/media-types.ts'
import { parseRepositoryPath, parseTag, type Tag } from '../lib/oci/reference.ts'
import type { Destination } from '../lib/target.ts'

export const BLOB_SIZE = 100

export function manifestNamed(word: string): Digest {
  return digestOf(`manifest ${word}`)
}

export function blobNamed(word: string): Digest {
  return digestOf(`blob ${word}`)
}

/** What each manifest lists: words of manifests for an index, else words of blobs. */
export type GraphWords = Readonly<
  Record<string, { readonly manifests?: readonly string[]; readonly blobs?: readonly string[] }>
>

/** Every manifest that an index lists and nothing describes becomes an image without blobs. */
export function graphOf(words: GraphWords): ManifestStore {
  const listed = Object.values(words).flatMap(({ manifests = [] }) => manifests)
  const all = new Map(listed.map(word => [word, {}] as const))
  const described: ReadonlyMap<string, GraphWords[string]> = new Map([...all, ...Object.entries(words)])
  const nodes = [...described].map(([word, { manifests = [], blobs = [] }]): ManifestNode => {
    const mediaType = manifests.length > 0 ? OCI_INDEX : OCI_MANIFEST
    return {
      digest: manifestNamed(word),
      mediaType,
      size: 10,
      manifests: manifests.map(manifestNamed),
      blobs: blobs.map(blobNamed),
    }
  })
  return {
    manifests: new Map(nodes.map(node => [node.digest, node])),
    blobs: new Map(nodes.flatMap(node => node.blobs.map(digest => [digest, BLOB_SIZE]))),
  }
}

/** `team/app:1` */
export function destinationAt(place: string): Destination {
  const colon = place.lastIndexOf(':')
  return { repository: parseRepositoryPath(place.slice(0, colon)), tag: parseTag(place.slice(colon + 1)) }
}

/** The image at `place` with the root called `word`, from source.example under the same name. */
export function imageAt(place: string, word: string, over: Partial<ImageContent> = {}): ImageContent {
  return {
    destination: destinationAt(place),
    source: `source.example/${place}`,
    digest: manifestNamed(word),
    platforms: [],
    omitted: [],
    attachments: [],
    origins: [{ kind: 'additionalImage', name: place }],
    ...over,
  }
}

/** `word` attached to `subject`, under a tag or as a referrer without one. */
export function attachmentOf(subject: string, word: string, tag?: string): Attachment {
  const attachment = { digest: manifestNamed(word), subject: manifestNamed(subject) }
  return tag === undefined ? attachment : { ...attachment, tag: parseTag(tag) }
}

export function tagsOf(tags: Readonly<Record<string, string>>): ReadonlyMap<Tag, Digest> {
  return new Map(Object.entries(tags).map(([tag, word]) => [parseTag(tag), manifestNamed(word)]))
}
