/** Random plans for property tests (imported by tests only), from the same small world as the states. */
import fc from 'fast-check'
import {
  archiveRecords,
  blobs,
  destinations,
  digests,
  images,
  record,
  repositories,
  tags,
  targets,
  texts,
  WORLD,
} from '../files/arbitraries.ts'
import { reachableFrom, sortedByKey } from '../files/reachable.ts'
import { digestOf } from '../oci/digest.ts'
import type { Change, Expectation, Plan, PlanSource, Removal, Transfer } from './plan.ts'

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
  record({ action: fc.constant('adopt' as const), image: images, expect: expectations, ...reasons }),
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

/** What few plans have: their part in a shipment, or in an import. */
const carryings: fc.Arbitrary<Pick<Plan, 'shipment' | 'from' | 'missing'>> = fc.oneof(
  fc.constant({}),
  record({
    folder: fc.string({ minLength: 1, maxLength: 8 }),
    volumeSize: counts,
    number: fc.nat(),
    earlier: fc.array(archiveRecords, { maxLength: 2 }),
    notHeld: fc.array(destinations, { maxLength: 2 }),
    against: record({ path: texts, digest: digests }),
  }).map(({ against, ...shipment }) => ({
    shipment: { ...shipment, ...(shipment.number % 2 === 0 && { against }) },
  })),
  record({
    from: fc.array(
      record({ folder: fc.string({ minLength: 1, maxLength: 8 }), record: archiveRecords }).map(
        ({ folder, record }): PlanSource => {
          const { id, number } = record
          if (number % 3 === 0) return { folder, id, record }
          if (number % 3 === 1) return { folder, id }
          return {
            tool: 'oc-mirror-v2',
            folder,
            id,
            ...(number % 2 === 0 && { files: ['mirror_000001.tar'] }),
          }
        },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    missing: fc.array(
      record({
        destination: destinations,
        source: texts,
        digest: digests,
        lacks: fc.array(digests, { maxLength: 2 }),
        shippedIn: fc.array(fc.nat(), { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
)

const filled = fc.string({ minLength: 1, maxLength: 8 })

/** What a kind: Mirror file says of how the target is reached and read. */
const routes: fc.Arbitrary<Pick<Plan, 'route'>> = fc.oneof(
  fc.constant({}),
  record({ name: filled, target: targets, statePath: filled }).map(via => ({ route: { via } })),
  record({ registriesConf: filled, parallelImages: fc.nat(), bandwidth: filled }).map(
    ({ registriesConf, ...limits }) => ({ route: { registriesConf, limits } }),
  ),
)

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
  taken: fc.array(images, { maxLength: 2 }),
  carrying: carryings,
  routing: routes,
}).map(({ taken, carrying, routing, ...plan }) => ({
  ...plan,
  ...(taken.length > 0 && { takenOver: taken }),
  ...routing,
  ...carrying,
  ...reachableFrom(WORLD, [...plan.changes.map(({ image }) => image), ...taken]),
}))
