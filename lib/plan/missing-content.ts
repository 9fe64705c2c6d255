/**
 * A plan that takes its images from archives -> what it would have to send and cannot: content that is in none of them and
 * not at the target either. Such an image is not touched, so that nothing is tagged that is not there as a whole. Pure.
 */
import { blobsBelow, closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { ArchiveRecord } from '../state.ts'
import { compareText } from '../target.ts'
import type { MissingContent, Plan } from './plan.ts'

export interface CarriedContent {
  /** Whether one of the archives has it. */
  has(digest: Digest): boolean
  /** Manifests that the target holds in some repository, by its state. */
  readonly held: ManifestStore | undefined
}

/** Images of the plan's changes, in their order. */
export function missingContent(
  plan: Pick<Plan, 'changes' | 'manifests' | 'blobs' | 'made'>,
  { has, held }: CarriedContent,
): readonly Omit<MissingContent, 'shippedIn'>[] {
  const lacking = new Set<Digest>()
  for (const change of plan.changes) {
    if (!('transfer' in change)) continue
    for (const { how, digest } of change.transfer.blobs)
      if (how === 'copy' && !has(digest) && !plan.made.has(digest)) lacking.add(digest)
    for (const { digest } of change.transfer.manifests)
      if (!has(digest) && !held?.manifests.has(digest) && plan.manifests.get(digest)?.text === undefined)
        lacking.add(digest)
  }
  if (lacking.size === 0) return []
  return plan.changes.flatMap(change => {
    if (!('transfer' in change)) return []
    const { image, transfer } = change
    const sent = new Set([...transfer.blobs, ...transfer.manifests].map(({ digest }) => digest))
    const lacks = contentOf(plan, image).filter(digest => lacking.has(digest))
    if (!lacks.some(digest => sent.has(digest))) return []
    const { destination, source, digest } = image
    return [{ destination, source, digest, lacks: lacks.sort(compareText) }]
  })
}

/** Which earlier archives carried some content, by number. */
export type ShippedBefore = (lacks: readonly Digest[]) => readonly number[]

/** @param images of the newest archive, which say in which one each was shipped */
export function shippedBefore(
  images: readonly ImageContent[],
  store: ManifestStore,
  earlier: readonly ArchiveRecord[],
): ShippedBefore {
  const numbers = new Map(earlier.map(({ id, number }) => [id, number]))
  const carriers = new Map<Digest, Set<number>>()
  for (const image of images) {
    const number = image.shippedIn === undefined ? undefined : numbers.get(image.shippedIn)
    if (number === undefined) continue
    for (const digest of contentOf(store, image))
      carriers.set(digest, (carriers.get(digest) ?? new Set()).add(number))
  }
  return lacks => {
    const found = new Set(lacks.flatMap(digest => [...(carriers.get(digest) ?? [])]))
    return [...found].sort((a, b) => a - b)
  }
}

function contentOf(store: ManifestStore, image: ImageContent): Digest[] {
  const manifests = closureOf(store, image)
  return [...manifests, ...blobsBelow(store, manifests)]
}
