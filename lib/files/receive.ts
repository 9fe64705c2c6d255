/**
 * What we think a far side holds + its receipt -> what it holds.
 *
 * The receipt is right about everything that had arrived when it was written. An image that went into an archive which it
 * does not name may still be on its way, and counts as shipped; one whose archive was brought there, and which is not
 * held all the same, was lost, and leaves the state, so that it is planned again. A receipt that does not know an archive
 * which an earlier one confirmed is older than that, and would take back what is known since.
 */
import { ReceiptError } from '../errors.ts'
import type { ImageContent } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { ArchiveRecord, State } from '../state.ts'
import { compareText, destinationKey, formatTarget } from '../target.ts'
import { reachableFrom, sortedImages } from './reachable.ts'
import type { Receipt } from './receipt-file.ts'

export interface Received {
  readonly state: State
  /** Shipped, and there now. */
  readonly confirmed: readonly ImageContent[]
  /** At the far side, and new to us. */
  readonly taken: readonly ImageContent[]
  /** Expected to be there, and not: planned again. */
  readonly lost: readonly ImageContent[]
  /** On its way. */
  readonly shipped: readonly ImageContent[]
}

/**
 * @param state undefined when there is none on this side yet
 * @param name of the receipt, for messages
 * @throws ReceiptError when it is the receipt of another far side, or older than one that was received before
 */
export function receive(state: State | undefined, receipt: Receipt, name: string): Received {
  const { state: there } = receipt
  refuseOther(state, there, name)
  const brought = new Set(there.archives?.map(({ id }) => id))
  refuseOlder(state, brought, name)
  const held = new Map(there.images.map(image => [destinationKey(image.destination), image]))
  const before = new Map(state?.images.map(image => [destinationKey(image.destination), image]))
  const isOnItsWay = ({ shippedIn }: ImageContent) => shippedIn !== undefined && !brought.has(shippedIn)
  const shipped = [...before.values()].filter(
    image => isOnItsWay(image) && held.get(destinationKey(image.destination))?.digest !== image.digest,
  )
  const waiting = new Set(shipped.map(image => destinationKey(image.destination)))
  const arrived = [...held].flatMap(([key, image]) => (waiting.has(key) ? [] : [image]))
  const isKnown = (image: ImageContent) =>
    before.get(destinationKey(image.destination))?.digest === image.digest
  const images = sortedImages([...arrived, ...shipped])
  const store = {
    manifests: new Map([...(state?.manifests ?? []), ...there.manifests]),
    blobs: new Map([...(state?.blobs ?? []), ...there.blobs]),
  }
  const archives = archivesAfter(state?.archives, there.archives ?? [], images)
  return {
    state: {
      lineage: there.lineage,
      target: there.target,
      images,
      ...reachableFrom(store, images),
      loose: [],
      ...(archives.length > 0 && { archives }),
    },
    confirmed: arrived.filter(
      image => isKnown(image) && before.get(destinationKey(image.destination))?.shippedIn !== undefined,
    ),
    taken: arrived.filter(image => !isKnown(image)),
    lost: [...before].flatMap(([key, image]) => (held.has(key) || waiting.has(key) ? [] : [image])),
    shipped,
  }
}

/**
 * Those on their way, the last one, which the next one's number follows from, the last that is confirmed, and those that
 * brought what is there.
 */
function archivesAfter(
  ours: readonly ArchiveRecord[] | undefined,
  brought: readonly ArchiveRecord[],
  images: readonly ImageContent[],
): readonly ArchiveRecord[] {
  const confirmed = brought.map((each): ArchiveRecord => ({ ...each, isConfirmed: true }))
  const all = [...new Map([...(ours ?? []), ...confirmed].map(each => [each.id, each])).values()]
  const last = Math.max(...all.map(({ number }) => number))
  const lastConfirmed = Math.max(...confirmed.map(({ number }) => number))
  const carriers = new Set(images.map(({ arrivedIn }) => arrivedIn))
  return all
    .filter(
      ({ id, number, isConfirmed }) =>
        number === last || isConfirmed === undefined || number === lastConfirmed || carriers.has(id),
    )
    .sort((a, b) => a.number - b.number || compareText(a.id, b.id))
}

function refuseOlder(state: State | undefined, brought: ReadonlySet<Digest>, name: string): void {
  const unknown = state?.archives?.find(({ id, isConfirmed }) => isConfirmed && !brought.has(id))
  if (unknown === undefined) return
  throw new ReceiptError(
    `${name} is older than a receipt that was received before: it does not know archive ${unknown.number}`,
    {
      hint: 'carry the newest receipt of that site; where the site itself was set back, import the receipt into a new state file',
    },
  )
}

function refuseOther(state: State | undefined, there: State, name: string): void {
  if (state === undefined) return
  const [ours, theirs] = [formatTarget(state.target), formatTarget(there.target)]
  if (ours !== theirs)
    throw new ReceiptError(`${name} is a receipt of ${theirs}, the state is that of ${ours}`, {
      hint: 'each far side has a state of its own; name the right one with --state',
    })
  if (state.lineage !== there.lineage)
    throw new ReceiptError(
      `${name} belongs to another state of ${ours}: its lineage is ${there.lineage}, ours is ${state.lineage}`,
      {
        hint: 'the far side was set up anew, or fed by somebody else; to take it as it is, import the receipt into a new state file',
      },
    )
}
