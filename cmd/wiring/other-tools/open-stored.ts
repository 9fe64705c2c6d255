/**
 * What another tool left on a disk, as the one place that the images of a plan come from: opened by the names of `--from`, or
 * again by what a plan recorded. What is missing from it is told image by image.
 */
import {
  DigestMismatchError,
  MissingImageError,
  PlaceError,
  PlanError,
  UsageError,
} from '../../../lib/errors.ts'
import { formatSource, parseSource, placeRepository } from '../../../lib/graph/naming.ts'
import type { ResolveFailure } from '../../../lib/graph/resolve.ts'
import { type Digest, parseDigest } from '../../../lib/oci/digest.ts'
import { DEFAULT_TAG, pullBy, type Tag } from '../../../lib/oci/reference.ts'
import { missingContent } from '../../../lib/plan/missing-content.ts'
import type { MissingContent, Plan, PlanSource, StoredSource } from '../../../lib/plan/plan.ts'
import type { ImageSource, Sources, Target } from '../../../lib/provider.ts'
import type { State } from '../../../lib/state.ts'
import {
  openNamed,
  openRecorded,
  recordStored,
  type StoredAliases,
  type StoredImages,
  type StoredSources,
  storedSources,
} from '../../../providers/oc-mirror/index.ts'
import { heldAt } from '../archives/open-carried.ts'

export interface Stored {
  /** Newest first; at least one. */
  readonly all: readonly StoredImages[]
  readonly name: string
  readonly from: readonly StoredSource[]
  /** Names that were changed on the way to the disk. */
  readonly aliases: StoredAliases
  readonly maxNestedPaths: number
}

/** @throws UsageError, PlaceError */
export async function openStored(
  paths: readonly string[],
  maxNestedPaths: number,
  signal: AbortSignal,
): Promise<Stored> {
  const all = await openNamed(paths, signal)
  const from: StoredSource[] = []
  for (const each of all) from.push(await recordStored(each, signal))
  return { all, name: nameOf(all), from, aliases: new Map(), maxNestedPaths }
}

/** For a plan that was made from it. @throws PlanError when it is another by now */
export async function openStoredAgain(
  from: readonly PlanSource[],
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const sources = from.filter(source => 'tool' in source)
  if (sources.length === 0) return undefined
  const all: StoredImages[] = []
  for (const source of sources) all.push(await openRecorded(source, signal))
  return { all, name: nameOf(all), from: sources, aliases: new Map(), maxNestedPaths: 0 }
}

/** What the disk does not have is read where the target holds it: by its state, or where it would be by its name. */
export function openStoredSources(
  { all, aliases, maxNestedPaths }: Stored,
  state: State | undefined,
  target: Target,
): Sources {
  const held = heldAt(state, target)
  return storedSources(all, {
    aliases,
    heldThere: (digest, repository) => {
      const known = held(digest)
      const place = placeRepository(target.address, repository, maxNestedPaths)
      return known === undefined ? [target.repository(place)] : [known]
    },
  })
}

/** What a plan would have to send, and is not on the disk. */
export async function missingOnDisk(
  plan: Plan,
  stored: Stored,
  state: State | undefined,
  signal: AbortSignal,
): Promise<readonly MissingContent[]> {
  const sources = storedSources(stored.all, stored)
  const there = new Set<Digest>()
  for (const change of plan.changes) {
    if (!('transfer' in change)) continue
    const place = sources.open(parseSource(change.image.source))
    const { blobs, manifests } = change.transfer
    for (const { digest } of [...blobs.filter(({ how }) => how === 'copy'), ...manifests])
      if (!there.has(digest) && (await place.holderOf(digest, signal))) there.add(digest)
  }
  const missing = missingContent(plan, { has: digest => there.has(digest), held: state })
  return missing.map(each => ({ ...each, shippedIn: [] }))
}

export interface NotOnDisk {
  readonly missing: readonly MissingContent[]
  /** What stops the plan. */
  readonly failures: readonly ResolveFailure[]
  readonly notes: readonly string[]
}

/**
 * Images that could not be resolved although the disk has their names, because something of them is missing or damaged:
 * they stop nothing. Whatever else could not be resolved does.
 */
export async function notOnDisk(
  failures: readonly ResolveFailure[],
  stored: Stored,
  signal: AbortSignal,
): Promise<NotOnDisk> {
  const sources = storedSources(stored.all, stored)
  const missing: MissingContent[] = []
  const notes: string[] = []
  const others: ResolveFailure[] = []
  for (const failure of failures) {
    const { image, error } = failure
    const source = formatSource(image.source)
    const isAbsent = error instanceof PlaceError && error.status === 404
    const found = await lackingOf(image.source, error, sources, signal)
    if (error instanceof DigestMismatchError) notes.push(`${source} cannot be brought: ${error.message}`)
    if (found !== undefined) missing.push({ destination: image.destination, source, ...found, shippedIn: [] })
    else if (isAbsent || error instanceof MissingImageError)
      others.push({ image, error: notThere(source, stored, error) })
    else others.push(failure)
  }
  return { missing, failures: others, notes }
}

/** undefined for an image that the disk has never had, and for other errors than what is missing or damaged there. */
async function lackingOf(source: ImageSource, error: unknown, sources: StoredSources, signal: AbortSignal) {
  const isDamaged = error instanceof DigestMismatchError
  if (!isDamaged && !(error instanceof PlaceError && error.status === 404)) return undefined
  const place = sources.open(source)
  const digest = await place.digestOf(referenceIn(source))
  if (digest === undefined) return undefined
  if (isDamaged) return { digest, lacks: [parseDigest(error.expected)] }
  const holder = await place.holderOf(digest, signal)
  if (holder === undefined) return (await place.isKnown(digest)) ? { digest, lacks: [digest] } : undefined
  const { stored, repository } = holder
  const lacking = await stored.missing({ repository, digest }, signal)
  const given = new Set(await stored.revisions(repository))
  const lacks = [...lacking.manifests.filter(each => given.has(each)), ...lacking.blobs]
  return { digest, lacks: lacks.length > 0 ? lacks : lacking.manifests }
}

function referenceIn(source: ImageSource): Tag | Digest {
  return source.kind === 'registry' ? pullBy(source.reference) : (source.tag ?? DEFAULT_TAG)
}

function notThere(source: string, { name }: Stored, cause: unknown): PlanError {
  return new PlanError(`${source} is not in ${name}`, {
    hint: 'ask for it where that was written, or no longer here',
    cause,
  })
}

function nameOf(all: readonly StoredImages[]): string {
  if (all.length === 0) throw new UsageError('nothing to read from', { hint: 'name it with --from' })
  return all.map(({ name }) => name).join(', ')
}
