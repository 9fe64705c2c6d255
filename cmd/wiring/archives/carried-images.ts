/**
 * Archives -> the images they bring to this target, with all that is known of them: nothing is resolved again, because the
 * near side did that.
 */

import { PlaceError } from '../../../lib/errors.ts'
import { reachableFrom } from '../../../lib/files/reachable.ts'
import type { DesiredGraph, ImageContent, ManifestStore } from '../../../lib/graph/graph.ts'
import { formatSource, type PlacedImage } from '../../../lib/graph/naming.ts'
import type { ResolveFailure } from '../../../lib/graph/resolve.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import { parseRepositoryPath } from '../../../lib/oci/reference.ts'
import { missingContent, type ShippedBefore, shippedBefore } from '../../../lib/plan/missing-content.ts'
import type { MissingContent, Plan } from '../../../lib/plan/plan.ts'
import type { State } from '../../../lib/state.ts'
import { type Destination, destinationKey, formatTarget, type TargetAddress } from '../../../lib/target.ts'
import type { Carried } from './open-carried.ts'

export interface CarriedImages {
  readonly graph: DesiredGraph
  /** What is left as it is. */
  readonly elsewhere: readonly Destination[]
  readonly notes: readonly string[]
}

/**
 * What the newest archive speaks of is what the target should hold. When a newer one was imported before, nothing that is
 * there is moved back or deleted: only what that one asked for and could not bring is brought.
 */
export function carriedImages(
  carried: Carried,
  address: TargetAddress,
  state: State | undefined,
): CarriedImages {
  const [newest] = carried.all
  const { contents } = newest.archive
  const mayCome = awaitedBy(carried, state)
  const placed = contents.images.map(image => replace(image, contents.target, address))
  return {
    graph: {
      images: placed.filter(({ destination }) => mayCome(destination)),
      manifests: contents.manifests,
      blobs: contents.blobs,
      made: new Map(),
    },
    elsewhere: whatStays(carried, state),
    notes: notesOn(carried, state),
  }
}

/** Whether an archive may bring something there: anything, unless a newer one was imported, which says what it lacks. */
function awaitedBy(carried: Carried, state: State | undefined): (destination: Destination) => boolean {
  if (newerThan(carried, state) === undefined) return () => true
  const awaited = new Set((state?.awaited ?? []).map(destinationKey))
  return destination => awaited.has(destinationKey(destination))
}

/** For what an image set asks of an older archive: whether that has it, and the newer one no longer asked for it. */
export function isNoLongerAsked(
  carried: Carried,
  state: State | undefined,
): (image: Pick<PlacedImage, 'destination' | 'source'>) => boolean {
  const mayCome = awaitedBy(carried, state)
  const known = new Set(carried.all[0].archive.contents.images.map(({ source }) => source))
  return ({ destination, source }) => !mayCome(destination) && known.has(formatSource(source))
}

/** Everything the target holds, when a newer archive was imported before: else nothing. */
export function whatStays(carried: Carried, state: State | undefined): readonly Destination[] {
  return newerThan(carried, state) === undefined
    ? []
    : (state?.images ?? []).map(({ destination }) => destination)
}

/** What a reviewer should know of the archives. */
export function notesOn(carried: Carried, state: State | undefined): readonly string[] {
  const [{ archive, record }] = carried.all
  const { name, contents } = archive
  const newer = newerThan(carried, state)
  if (!carried.isOurs) return [`${name} was written for ${formatTarget(contents.target)}`]
  if (newer === undefined) return []
  return [
    `archive ${newer} was imported already, and ${name} is archive ${record.number}: only what that one asked for and missed is brought, nothing is moved back or deleted; plan again from archive ${newer} afterwards`,
  ]
}

/** With the archive that brings each image: the one with its manifest, else the newest, which asks for it. */
export function withArrivals(plan: Plan, { all }: Carried): Plan {
  const bringing = (digest: Digest) => (all.find(({ archive }) => archive.has(digest)) ?? all[0]).record.id
  return {
    ...plan,
    changes: plan.changes.map(change =>
      'transfer' in change
        ? { ...change, image: { ...change.image, arrivedIn: bringing(change.image.digest) } }
        : change,
    ),
  }
}

/** The number of a newer archive that was imported before; undefined when there is none. */
function newerThan({ all: [newest], isOurs }: Carried, state: State | undefined): number | undefined {
  const last = Math.max(0, ...(state?.archives ?? []).map(({ number }) => number))
  return isOurs && last > newest.record.number ? last : undefined
}

/** What a plan would need of the archives, and they do not have. */
export function missingOf(plan: Plan, carried: Carried, state: State | undefined): readonly MissingContent[] {
  const missing = missingContent(plan, { has: carried.has, held: state })
  if (missing.length === 0) return []
  const carriers = carriersIn(carried)
  return missing.map(each => ({ ...each, shippedIn: carriers(each.lacks) }))
}

function carriersIn({ all: [{ archive, earlier }] }: Carried): ShippedBefore {
  return shippedBefore(archive.contents.images, archive.contents, earlier)
}

/**
 * Images that an image set asks for, that the archives speak of, and whose content they do not have: they are missing, and
 * stop nothing. Whatever else could not be resolved does.
 */
export function notCarried(
  failures: readonly ResolveFailure[],
  carried: Carried | undefined,
): { readonly missing: readonly MissingContent[]; readonly failures: readonly ResolveFailure[] } {
  if (carried === undefined || failures.length === 0) return { missing: [], failures }
  const [{ archive }] = carried.all
  const { contents } = archive
  const known = new Map(contents.images.map(image => [image.source, image]))
  const carriers = carriersIn(carried)
  const missing: MissingContent[] = []
  const others = failures.filter(({ image, error }) => {
    const source = formatSource(image.source)
    const found = known.get(source)
    if (found === undefined || !(error instanceof PlaceError && error.status === 404)) return true
    const lacks = archive.notCarried(found).filter(digest => !carried.has(digest))
    const shippedIn = carriers(lacks)
    missing.push({ destination: image.destination, source, digest: found.digest, lacks, shippedIn })
    return false
  })
  return { missing, failures: others }
}

/**
 * The image of graph data comes as the near side, or a target on the way, made it: its base image did not travel, so it
 * cannot be made here.
 *
 * @param contents of the archive, or of the state of that target
 * @returns what is left to resolve, and the image where it is to be
 */
export function takeGraphImage(
  images: readonly PlacedImage[],
  contents: (ManifestStore & { readonly images: readonly ImageContent[] }) | undefined,
): { readonly left: readonly PlacedImage[]; readonly taken: DesiredGraph } {
  const made = contents?.images.find(isGraphImage)
  const wanted = images.filter(isGraphImage)
  if (contents === undefined || made === undefined || wanted.length === 0)
    return { left: images, taken: NO_IMAGES }
  const { shippedIn: _, arrivedIn: __, ...image } = made
  return {
    left: images.filter(each => !wanted.includes(each)),
    taken: {
      images: wanted.map(({ destination, origins }) => ({ ...image, destination, origins })),
      ...reachableFrom(contents, [made]),
      made: new Map(),
    },
  }
}

const NO_IMAGES: DesiredGraph = { images: [], manifests: new Map(), blobs: new Map(), made: new Map() }

function isGraphImage({ origins }: Pick<ImageContent, 'origins'>): boolean {
  return origins.some(({ kind }) => kind === 'graphData')
}

/** Below the prefix of the target that is here, in place of that of the target it was written for. */
function replace(
  { shippedIn: _, arrivedIn: __, ...image }: ImageContent,
  from: TargetAddress,
  to: TargetAddress,
): ImageContent {
  const [old, now] = [prefixOf(from), prefixOf(to)]
  const { repository, tag } = image.destination
  const rest = old !== '' && repository.startsWith(`${old}/`) ? repository.slice(old.length + 1) : repository
  const path = now === '' ? rest : `${now}/${rest}`
  return { ...image, destination: { repository: parseRepositoryPath(path), tag } }
}

function prefixOf(address: TargetAddress): string {
  return address.kind === 'registry' ? address.prefix : ''
}
