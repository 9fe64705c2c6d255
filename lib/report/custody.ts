/**
 * By which way did an image get here? From the states of a target and of those before it: the places it was at, with its digest
 * at each, and the archives between them, the newest first. Where the states do not show the way, the chain ends and says why.
 */
import { closureOf, type ImageContent } from '../graph/graph.ts'
import { formatSource, parseSource } from '../graph/naming.ts'
import type { Digest } from '../oci/digest.ts'
import { repositoryName } from '../oci/reference.ts'
import type { ArchiveRecord, State, StateImage } from '../state.ts'
import { formatDestination, formatTarget, type TargetAddress } from '../target.ts'
import { isMade } from './uses.ts'

/** A target that images may have gone through. */
export interface CustodyPlace {
  /** In the kind: Mirror file; absent where the target has none. */
  readonly name?: string
  readonly target: TargetAddress
  /** A text says why there is none. */
  readonly state: State | string
}

export type Station =
  | {
      readonly at: 'target'
      readonly name?: string
      readonly destination: string
      readonly digest: Digest
      /** The image that it is a part of there. */
      readonly within?: Digest
      /** What mirrorform did to it there: made it from the image of the next station, or left platforms out of its index. */
      readonly change?: 'made' | 'rewritten'
    }
  | {
      readonly at: 'archive'
      readonly id: Digest
      /** Absent where the state does not know the archive any more. */
      readonly number?: number
      /** No receipt says that it arrived. */
      readonly isOnItsWay?: true
    }
  | { readonly at: 'source'; readonly source: string; readonly digest: Digest }
  | { readonly at: 'unknown'; readonly why: string }

interface Held {
  readonly image: StateImage
  /** A manifest below the image's root, where not the image itself went on. */
  readonly part?: Digest
}

/**
 * @param place where the image is
 * @param before the targets on the way there, nearest first
 */
export function custodyOf(
  image: StateImage,
  place: CustodyPlace & { readonly state: State },
  before: readonly CustodyPlace[],
): readonly Station[] {
  const stations = stationsFrom({ image }, place, before)
  return stations.map((station, at) => withoutInherited(station, stations.slice(at + 1)))
}

/** What was made or rewritten further back is only handed on here. */
function withoutInherited(station: Station, before: readonly Station[]): Station {
  if (station.at !== 'target' || station.change === undefined) return station
  if (!before.some(each => each.at === 'target' && each.digest === station.digest)) return station
  const { change: _, ...rest } = station
  return rest
}

function stationsFrom(
  held: Held,
  { state, target, name }: CustodyPlace & { readonly state: State },
  before: readonly CustodyPlace[],
): readonly Station[] {
  const { image, part } = held
  const change = changeOf(state, held)
  const here: Station = {
    at: 'target',
    ...(name !== undefined && { name }),
    destination: formatDestination(target, image.destination),
    digest: part ?? image.digest,
    ...(part !== undefined && { within: image.digest }),
    ...(change !== undefined && { change }),
  }
  const id = image.arrivedIn ?? image.shippedIn
  const record = state.archives?.find(each => each.id === id)
  const archive: readonly Station[] =
    id === undefined
      ? []
      : [
          {
            at: 'archive',
            id,
            ...(record !== undefined && { number: record.number }),
            ...(image.arrivedIn === undefined && { isOnItsWay: true }),
          },
        ]
  return [here, ...archive, ...stationsBefore(held, record, before)]
}

/** An archive of which the state knows says itself where its images were read. */
function stationsBefore(
  held: Held,
  record: ArchiveRecord | undefined,
  before: readonly CustodyPlace[],
): readonly Station[] {
  const readAt = record?.readAt
  if (record === undefined) return stationsAt(held, before)
  if (readAt === undefined) return [sourceOf(held)]
  const at = before.findIndex(({ target }) => formatTarget(target) === formatTarget(readAt))
  if (at >= 0) return stationsAt(held, before.slice(at))
  return [unknown(`the archive was written from ${formatTarget(readAt)}, and no state of that is known here`)]
}

function stationsAt(held: Held, [next, ...others]: readonly CustodyPlace[]): readonly Station[] {
  if (next === undefined) return [sourceOf(held)]
  const { state } = next
  if (typeof state === 'string') return [unknown(state)]
  const found = findHeld(held, state)
  if (found !== undefined) return stationsFrom(found, { ...next, state }, others)
  return isAtHome(held.image, next.target, state) ? [sourceOf(held)] : [unknown(whyNot(held, next, state))]
}

/** As it is, or what it was made from; by the same name where there are several. */
function findHeld({ image, part }: Held, state: State): Held | undefined {
  const digests = part === undefined ? [image.digest, image.sourceDigest] : [part]
  for (const digest of digests) {
    if (digest === undefined || !state.manifests.has(digest)) continue
    const whole = state.images.filter(each => each.digest === digest)
    const same = whole.find(({ source }) => source === image.source) ?? whole[0]
    if (same !== undefined) return { image: same }
    const around = state.images.find(each => closureOf(state, each).includes(digest))
    if (around !== undefined) return { image: around, part: digest }
  }
  return undefined
}

function sourceOf({ image, part }: Held): Station {
  return { at: 'source', source: image.source, digest: part ?? image.sourceDigest ?? image.digest }
}

function changeOf(state: State, { image, part }: Held): 'made' | 'rewritten' | undefined {
  const { sourceDigest, digest } = image
  if (part !== undefined || sourceDigest === undefined || sourceDigest === digest) return undefined
  return isMade(state, image) ? 'made' : 'rewritten'
}

/** An image whose home is that very registry, or a folder, did not come there from anywhere. */
function isAtHome(image: ImageContent, target: TargetAddress, state: State): boolean {
  const source = parseSource(image.source)
  if (source.kind === 'layout') return true
  const isThere = target.kind === 'registry' && source.reference.host === target.host
  return isThere && !state.images.some(each => nameOf(each) === nameOf(image))
}

function whyNot({ image, part }: Held, { name, target }: CustodyPlace, state: State): string {
  const there = name ?? formatTarget(target)
  const other = state.images.find(({ source }) => source === image.source)
  const what = part ?? image.sourceDigest ?? image.digest
  if (other !== undefined) return `${there} has ${other.digest} of ${image.source} by now`
  return `${there} does not hold ${what} any more`
}

function nameOf({ source: text }: ImageContent): string {
  const source = parseSource(text)
  return source.kind === 'registry' ? repositoryName(source.reference) : formatSource(source)
}

function unknown(why: string): Station {
  return { at: 'unknown', why }
}
