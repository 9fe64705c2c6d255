/**
 * Random states and journals for property tests (imported by tests only).
 *
 * Everything in one example comes from one small world of blobs and manifests, so that the same digest always means
 * the same content, as it does outside.
 */
import fc from 'fast-check'
import type { Attachment, ImageContent, ManifestNode, ManifestStore, Origin } from '../graph/graph.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../oci/media-types.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import type { JournalEntry, LooseBlob, State } from '../state.ts'
import { compareText, type Destination, destinationKey, type TargetAddress } from '../target.ts'
import { reachableFrom, sortedImages } from './reachable.ts'
import { sortedLoose } from './state-file.ts'

/** Records as the program makes them, with an ordinary prototype. */
export const record = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(members, { noNullPrototype: true }) as fc.Arbitrary<T>

const BLOBS: readonly Digest[] = Array.from({ length: 6 }, (_, n) =>
  digestOf(`blob ${n}`, n === 0 ? 'sha512' : 'sha256'),
)
const LEAVES: readonly ManifestNode[] = Array.from({ length: 5 }, (_, n) => ({
  digest: digestOf(`manifest ${n}`),
  mediaType: OCI_MANIFEST,
  size: 400 + n,
  manifests: [],
  blobs: BLOBS.filter((_, at) => (at + n) % 3 !== 0),
  ...(n === 4 && { foreign: [digestOf('foreign layer')] }),
}))
const INDEXES: readonly ManifestNode[] = [
  indexOf(OCI_INDEX, LEAVES.slice(0, 3)),
  indexOf(DOCKER_LIST, LEAVES.slice(2)),
  madeIndex(LEAVES.slice(1, 2)),
]
const NODES: readonly ManifestNode[] = [...LEAVES, ...INDEXES]

/** Everything there is in the examples. */
export const WORLD: ManifestStore = {
  manifests: new Map(NODES.map(node => [node.digest, node])),
  blobs: new Map(BLOBS.map((digest, n) => [digest, 1000 * n])),
}

function indexOf(mediaType: string, children: readonly ManifestNode[]): ManifestNode {
  const manifests = children.map(({ digest }) => digest)
  return { digest: digestOf(manifests.join()), mediaType, size: 700, manifests, blobs: [] }
}

function madeIndex(children: readonly ManifestNode[]): ManifestNode {
  const text = JSON.stringify({ manifests: children.map(({ digest }) => ({ digest })) })
  return { ...indexOf(OCI_INDEX, children), digest: digestOf(text), size: text.length, text }
}

export const digests: fc.Arbitrary<Digest> = fc.constantFrom(...NODES.map(({ digest }) => digest))
export const blobs = fc.constantFrom(...BLOBS)
export const texts = fc.string({ unit: 'binary', maxLength: 12 })
export const tags = fc.stringMatching(
  /^[A-Za-z0-9_][A-Za-z0-9._-]{0,9}$/,
) as fc.Arbitrary<string> as fc.Arbitrary<Tag>
export const repositories = fc.constantFrom(
  'ubi9/ubi',
  'ocp/release',
  'a',
  'a/b/c-d',
) as fc.Arbitrary<RepositoryPath>
export const destinations: fc.Arbitrary<Destination> = record({ repository: repositories, tag: tags })

export const targets: fc.Arbitrary<TargetAddress> = fc.constantFrom<TargetAddress>(
  { kind: 'registry', host: 'registry.enc1.example:5000', prefix: 'ocp' as RepositoryPath },
  { kind: 'registry', host: '[::1]:5000', prefix: '' },
  { kind: 'layout', folder: './mirror layout' },
  { kind: 'archive', folder: '/media/usb' },
)

const channels = fc.array(texts, { maxLength: 2 })

export const origins: fc.Arbitrary<Origin> = fc.oneof(
  record({ kind: fc.constant('additionalImage' as const), name: texts }),
  record({ kind: fc.constant('release' as const), version: texts, architecture: texts, channels }),
  record({
    kind: fc.constant('release' as const),
    version: texts,
    architecture: texts,
    channels,
    component: texts,
  }),
  fc.constant({ kind: 'graphData' as const }),
  record({ kind: fc.constant('sample' as const), name: texts }),
  record({ kind: fc.constant('catalog' as const), catalog: texts }),
  record({
    kind: fc.constant('bundle' as const),
    catalog: texts,
    package: texts,
    bundle: texts,
    channels,
  }),
)

export const images: fc.Arbitrary<ImageContent> = digests.chain(digest =>
  record({
    destination: destinations,
    source: texts,
    sourceDigest: fc.option(digests, { nil: undefined }),
    platforms: fc.subarray(['linux/amd64', 'linux/arm64/v8']),
    omitted: fc.subarray([...(WORLD.manifests.get(digest)?.manifests ?? [])]),
    attachments: fc.array(attachmentsOf(digest), { maxLength: 2 }),
    origins: fc.array(origins, { maxLength: 2 }),
    releaseSignatures: fc.array(texts, { maxLength: 2 }),
    arrivedIn: fc.option(digests, { nil: undefined }),
  }).map(({ sourceDigest, releaseSignatures, arrivedIn, ...image }) => ({
    digest,
    ...image,
    ...(sourceDigest && { sourceDigest }),
    ...(releaseSignatures.length > 0 && { releaseSignatures }),
    ...(arrivedIn && { arrivedIn }),
  })),
)

function attachmentsOf(subject: Digest): fc.Arbitrary<Attachment> {
  return record({ digest: digests, tag: fc.option(tags, { nil: undefined }) }).map(({ digest, tag }) => ({
    digest,
    subject,
    ...(tag && { tag }),
  }))
}

const looseBlobs: fc.Arbitrary<LooseBlob> = record({ repository: repositories, digest: blobs }).map(blob => ({
  ...blob,
  size: WORLD.blobs.get(blob.digest) ?? 0,
}))

export const archiveRecords = record({
  id: digests,
  number: fc.nat(),
  plan: digests,
  readAt: fc.option(targets, { nil: undefined }),
}).map(({ readAt, ...record }) => ({ ...record, ...(readAt && { readAt }) }))

/** A state as `decodeState` gives it: sorted, without twins, holding what its images reach. */
export const states: fc.Arbitrary<State> = record({
  lineage: fc.uuid(),
  target: targets,
  images: fc.uniqueArray(images, { maxLength: 6, selector: image => destinationKey(image.destination) }),
  loose: fc.uniqueArray(looseBlobs, { maxLength: 4, selector: blob => blob.repository + blob.digest }),
  shippedIn: fc.option(digests, { nil: undefined }),
  archives: fc.array(archiveRecords, { maxLength: 2 }),
  awaited: fc.uniqueArray(destinations, { maxLength: 2, selector: destinationKey }),
}).map(({ images, loose, shippedIn, archives, awaited, ...state }) => ({
  ...state,
  ...(awaited.length > 0 && {
    awaited: awaited.toSorted((a, b) => compareText(destinationKey(a), destinationKey(b))),
  }),
  ...(archives.length > 0 && { archives }),
  images: sortedImages(images).map((image, at) =>
    shippedIn && at % 2 === 0 ? { ...image, shippedIn } : image,
  ),
  ...reachableFrom(WORLD, images),
  loose: sortedLoose(loose),
}))

/** Journal entries as they are read back: every image with exactly its own content. */
export const journalEntries: fc.Arbitrary<JournalEntry> = fc.oneof(
  looseBlobs.map(blob => ({ did: 'blob' as const, blob })),
  images.map(image => ({ did: 'image' as const, image, content: reachableFrom(WORLD, [image]) })),
  record({
    did: fc.constant('remove' as const),
    destination: destinations,
    as: fc.constantFrom('delete' as const, 'forget' as const),
  }),
)
