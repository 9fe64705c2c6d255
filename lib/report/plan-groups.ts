/**
 * A plan's changes gathered for a reader: what comes and is taken over by content kind or catalog, then drift, moves, deletes and
 * the rest as lists, each with what it costs in bytes. Pure data; how it looks is the business of the renderers.
 */
import { blobsBelow, closureOf, type ImageContent } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { headingOf } from './together.ts'

export type ChangeOf<A extends Change['action']> = Extract<Change, { action: A }>

export interface ContentGroup {
  readonly title: string
  readonly adds: readonly ChangeOf<'add'>[]
  readonly adopts: readonly ChangeOf<'adopt'>[]
  readonly moves: number
  readonly deletes: number
  readonly cost: Cost
}

/** Bytes of distinct blobs: sent, and part of the images but held by the target or sent for others. */
export interface Cost {
  readonly toCopy: number
  readonly there: number
}

export interface GatheredPlan {
  readonly groups: readonly ContentGroup[]
  readonly repairs: readonly ChangeOf<'repair'>[]
  readonly repairCost: Cost
  readonly moves: readonly ChangeOf<'move'>[]
  readonly keeps: readonly ChangeOf<'keep'>[]
  readonly forgets: readonly ChangeOf<'forget'>[]
  readonly deletes: readonly ChangeOf<'delete'>[]
}

export function gatherPlan(plan: Plan): GatheredPlan {
  const repairs = ofAction(plan.changes, 'repair')
  return {
    groups: contentGroups(plan),
    repairs,
    repairCost: costOf(plan, repairs),
    moves: ofAction(plan.changes, 'move'),
    keeps: ofAction(plan.changes, 'keep'),
    forgets: ofAction(plan.changes, 'forget'),
    deletes: ofAction(plan.changes, 'delete'),
  }
}

export function ofAction<A extends Change['action']>(changes: readonly Change[], action: A): ChangeOf<A>[] {
  return changes.filter((change): change is ChangeOf<A> => change.action === action)
}

/** Groups in the order in which they first appear among the changes. */
function contentGroups(plan: Plan): readonly ContentGroup[] {
  const byHeading = new Map<string, Change[]>()
  for (const change of plan.changes) {
    if (change.action === 'keep' || change.action === 'forget' || change.action === 'repair') continue
    const heading = headingOf(change.image)
    const members = byHeading.get(heading)
    if (members === undefined) byHeading.set(heading, [change])
    else members.push(change)
  }
  return [...byHeading].map(([title, changes]) => {
    const adds = ofAction(changes, 'add')
    const moves = ofAction(changes, 'move')
    return {
      title,
      adds,
      adopts: ofAction(changes, 'adopt'),
      moves: moves.length,
      deletes: ofAction(changes, 'delete').length,
      cost: costOf(plan, [...adds, ...moves]),
    }
  })
}

export function costOf(plan: Plan, changes: readonly ChangeOf<'add' | 'move' | 'repair'>[]): Cost {
  const copied = new Set<Digest>()
  const all = new Set<Digest>()
  for (const change of changes) {
    for (const move of change.transfer.blobs) if (move.how === 'copy') copied.add(move.digest)
    for (const blob of imageBlobs(plan, change.image)) all.add(blob)
  }
  const toCopy = bytesOf(plan, copied)
  for (const blob of copied) all.delete(blob)
  return { toCopy, there: bytesOf(plan, all) }
}

/** The distinct blobs of an image and its attachments. */
export function imageBlobs(
  store: Pick<Plan, 'manifests' | 'blobs'>,
  image: ImageContent,
): ReadonlySet<Digest> {
  return blobsBelow(store, closureOf(store, image))
}

export function bytesOf(store: Pick<Plan, 'blobs'>, digests: Iterable<Digest>): number {
  let bytes = 0
  for (const digest of digests) bytes += store.blobs.get(digest) ?? 0
  return bytes
}
