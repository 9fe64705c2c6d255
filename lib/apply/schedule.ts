/**
 * The order in which the changes of a plan begin: whoever brings what others wait for goes before them, and among those
 * that wait for nobody the one with most to send and most that hangs on it goes first, so that a large blob is not what
 * everybody waits for in the end. Pure, and the same for the same plan.
 *
 * The plan says who copies a blob and who mounts it. This only finds an order in which nobody begins before what it
 * waits for has begun, so that a limit on the changes in work never makes two of them wait in a circle.
 */
import { blobsBelow, closureOf, type ManifestStore } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import { roughly } from '../plan/leaders.ts'
import type { Change } from '../plan/plan.ts'

/** @param content sizes and manifests of what the changes speak of */
export function scheduleChanges(changes: readonly Change[], content: ManifestStore): readonly Change[] {
  const tasks = changes.map((change, at) => ({ at, change, brings: broughtBy(change) }))
  const brought = new Set(tasks.flatMap(({ brings }) => [...brings]))
  const waiters = new Map<string, number[]>()
  const missing = tasks.map(({ at, change, brings }) => {
    const needs = neededBy(change, content).filter(piece => brought.has(piece) && !brings.has(piece))
    for (const piece of needs) {
      const waiting = waiters.get(piece)
      if (waiting === undefined) waiters.set(piece, [at])
      else waiting.push(at)
    }
    return needs.length
  })
  const weights = tasks.map(({ change }) => weightOf(change, content, waiters))
  const before = (a: number, b: number): boolean => {
    const difference = (weights[a] ?? 0) - (weights[b] ?? 0)
    return difference === 0 ? a < b : difference > 0
  }

  const ready: number[] = []
  const arrived = new Set<string>()
  const order: Change[] = []
  for (const { at } of tasks) if (missing[at] === 0) insert(ready, at, before)
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    const task = tasks[next]
    if (task === undefined) break
    order.push(task.change)
    for (const piece of task.brings) {
      if (arrived.has(piece)) continue
      arrived.add(piece)
      for (const waiter of waiters.get(piece) ?? []) {
        const left = (missing[waiter] ?? 0) - 1
        missing[waiter] = left
        if (left === 0) insert(ready, waiter, before)
      }
    }
  }
  const begun = new Set(order)
  return [...order, ...changes.filter(change => !begun.has(change))]
}

function broughtBy(change: Change): ReadonlySet<string> {
  if (!('transfer' in change)) return new Set()
  const { repository } = change.image.destination
  const { blobs, manifests } = change.transfer
  return new Set([...blobs, ...manifests].map(({ digest }) => pieceOf(repository, digest)))
}

/** All of the image that has to be in its repository, and what is mounted, where it comes from. */
function neededBy(change: Change, content: ManifestStore): readonly string[] {
  if (!('transfer' in change)) return []
  const { repository } = change.image.destination
  const closure = closureOf(content, change.image)
  const here = [...closure, ...blobsBelow(content, closure)].map(digest => pieceOf(repository, digest))
  const mounted = change.transfer.blobs.flatMap(move =>
    move.how === 'mount' ? [pieceOf(move.from, move.digest)] : [],
  )
  return [...new Set([...here, ...mounted])]
}

/** What the change copies, counted once more for each change that waits for it. */
function weightOf(
  change: Change,
  content: ManifestStore,
  waiters: ReadonlyMap<string, readonly number[]>,
): number {
  if (!('transfer' in change)) return 0
  const { repository } = change.image.destination
  let weight = 0
  for (const { how, digest } of change.transfer.blobs) {
    if (how !== 'copy') continue
    const followers = waiters.get(pieceOf(repository, digest))?.length ?? 0
    weight += (content.blobs.get(digest) ?? 0) * (1 + followers)
  }
  return roughly(weight)
}

function pieceOf(repository: RepositoryPath, digest: Digest): string {
  return `${repository}@${digest}`
}

/** Keeps a sorted list sorted. */
function insert(list: number[], item: number, before: (a: number, b: number) => boolean): void {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (before(list[middle] ?? 0, item)) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, item)
}
