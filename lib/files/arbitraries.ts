/**
 * Random states, plans and journals for property tests (imported by tests only).
 *
 * Everything in one example comes from one small world of blobs and manifests, so that the same digest always means
 * the same content, as it does outside.
 */
import fc from 'fast-check'
import type { Attachment, ImageContent, ManifestNode, ManifestStore, Origin } from '../graph/graph.ts'
import { type Digest, digestOf } from '../oci/digest.ts'
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../oci/media-types.ts'
import type { RepositoryPath, Tag } from '../oci/reference.ts'
import type { Change, Expectation, Plan, Removal, Transfer } from '../plan/plan.ts'
import type { JournalEntry, LooseBlob, State } from '../state.ts'
import { type Destination, destinationKey, type TargetAddress } from '../target.ts'
import { reachableFrom, sortedByKey, sortedImages } from './reachable.ts'
import { sortedLoose } from './state-file.ts'

/** Records as the program makes them, with an ordinary prototype. */
const record = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
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
const blobs = fc.constantFrom(...BLOBS)
const texts = fc.string({ unit: 'binary', maxLength: 12 })
const tags = fc.stringMatching(
  /^[A-Za-z0-9_][A-Za-z0-9._-]{0,9}$/,
) as fc.Arbitrary<string> as fc.Arbitrary<Tag>
const repositories = fc.constantFrom(
  'ubi9/ubi',
  'ocp/release',
  'a',
  'a/b/c-d',
) as fc.Arbitrary<RepositoryPath>
const destinations: fc.Arbitrary<Destination> = record({ repository: repositories, tag: tags })

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
  }).map(({ sourceDigest, releaseSignatures, ...image }) => ({
    digest,
    ...image,
    ...(sourceDigest && { sourceDigest }),
    ...(releaseSignatures.length > 0 && { releaseSignatures }),
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

/** A state as `decodeState` gives it: sorted, without twins, holding what its images reach. */
export const states: fc.Arbitrary<State> = record({
  lineage: fc.uuid(),
  target: targets,
  images: fc.uniqueArray(images, { maxLength: 6, selector: image => destinationKey(image.destination) }),
  loose: fc.uniqueArray(looseBlobs, { maxLength: 4, selector: blob => blob.repository + blob.digest }),
}).map(({ images, loose, ...state }) => ({
  ...state,
  images: sortedImages(images),
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

const expectations: fc.Arbitrary<Expectation> = fc.oneof(
  digests,
  fc.constantFrom('absent' as const, 'unknown' as const),
)

const transfers: fc.Arbitrary<Transfer> = record({
  blobs: fc.array(
    fc.oneof(
      blobs.map(digest => ({ how: 'copy' as const, digest })),
      record({ how: fc.constant('mount' as const), digest: blobs, from: repositories }),
    ),
    { maxLength: 3 },
  ),
  manifests: fc.array(fc.oneof(record({ digest: digests }), record({ digest: digests, tag: tags })), {
    maxLength: 3,
  }),
})

const removals: fc.Arbitrary<Removal> = record({
  steps: fc.array(
    fc.oneof(
      record({ do: fc.constant('delete-tag' as const), tag: tags }),
      record({
        do: fc.constant('delete-manifest' as const),
        digest: digests,
        releases: fc.array(tags, { maxLength: 2 }),
      }),
      record({ do: fc.constant('displace-tag' as const), tag: tags, with: digests }),
    ),
    { maxLength: 2 },
  ),
  sparedTags: fc.array(tags, { maxLength: 2 }),
})

const sending = { image: images, expect: expectations, transfer: transfers }
const reasons = { reason: texts }

export const changes: fc.Arbitrary<Change> = fc.oneof(
  record({ action: fc.constant('add' as const), ...sending }),
  record({ action: fc.constant('add' as const), ...sending, ...reasons }),
  record({ action: fc.constant('adopt' as const), image: images, expect: expectations }),
  record({ action: fc.constant('move' as const), from: digests, ...sending }),
  record({ action: fc.constant('move' as const), from: digests, ...sending, ...reasons }),
  record({ action: fc.constant('repair' as const), ...sending, ...reasons }),
  record({ action: fc.constant('keep' as const), image: images, ...reasons }),
  record({
    action: fc.constant('delete' as const),
    image: images,
    expect: expectations,
    removal: removals,
    reclaims: fc.nat(),
  }),
  record({ action: fc.constant('forget' as const), image: images, ...reasons }),
)

const counts = fc.maxSafeNat()

export const plans: fc.Arbitrary<Plan> = record({
  target: targets,
  lineage: fc.option(fc.uuid(), { nil: undefined }),
  stateRevision: fc.option(digests, { nil: undefined }),
  statePath: texts,
  inputs: fc.array(record({ path: texts, digest: digests }), { maxLength: 2 }),
  options: record({
    refresh: fc.boolean(),
    only: fc.array(texts, { maxLength: 2 }),
    exclude: fc.array(texts, { maxLength: 2 }),
    destroy: fc.boolean(),
    allowMassDelete: fc.boolean(),
  }),
  summary: record({
    add: counts,
    adopt: counts,
    move: counts,
    repair: counts,
    keep: counts,
    delete: counts,
    forget: counts,
    bytesToTransfer: counts,
    blobsToTransfer: counts,
    bytesMounted: counts,
    bytesPresent: counts,
    bytesReclaimable: counts,
  }),
  changes: fc.array(changes, { maxLength: 5 }),
  selections: fc.array(
    record({
      title: texts,
      kept: fc.array(record({ name: texts, why: texts }), { maxLength: 3 }),
      remarks: fc.array(texts, { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
  documents: fc.array(
    record({ url: texts, bytes: fc.uint8Array({ maxLength: 40 }) }).map(({ url, bytes }) => ({
      url,
      digest: digestOf(bytes),
      bytes,
    })),
    { maxLength: 2 },
  ),
  made: fc
    .array(fc.uint8Array({ maxLength: 40 }), { maxLength: 2 })
    .map(list => sortedByKey(new Map(list.map(bytes => [digestOf(bytes), bytes])))),
  notes: fc.array(texts, { maxLength: 2 }),
}).map(plan => ({
  ...plan,
  ...reachableFrom(
    WORLD,
    plan.changes.map(({ image }) => image),
  ),
}))
