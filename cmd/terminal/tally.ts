/**
 * Adds up the events of an apply into what a progress display shows.
 *
 * Nothing in it ever goes backwards: bytes that have to be sent again make the total grow, and the fraction done waits
 * where it is until the work has caught up with it.
 */
import type { ApplyEvent } from '../../lib/apply/events.ts'
import type { Action } from '../../lib/plan/plan.ts'

export interface WorkItem {
  readonly destination: string
  readonly action: Action
}

export interface Tally {
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly itemsDone: number
  readonly itemsFailed: number
  readonly itemsTotal: number
  /** 0 to 1, by bytes where there are any to copy, else by items. */
  readonly fraction: number
  /** Items in work, oldest first. */
  readonly working: readonly WorkItem[]
}

export const EMPTY_TALLY: Tally = {
  bytesDone: 0,
  bytesTotal: 0,
  itemsDone: 0,
  itemsFailed: 0,
  itemsTotal: 0,
  fraction: 0,
  working: [],
}

export function tallyEvent(tally: Tally, event: ApplyEvent): Tally {
  const next = added(tally, event)
  const bytesTotal = Math.max(next.bytesTotal, next.bytesDone)
  const itemsTotal = Math.max(next.itemsTotal, next.itemsDone)
  const share =
    bytesTotal > 0 ? next.bytesDone / bytesTotal : itemsTotal > 0 ? next.itemsDone / itemsTotal : 0
  return { ...next, bytesTotal, itemsTotal, fraction: Math.max(tally.fraction, share) }
}

function added(tally: Tally, event: ApplyEvent): Tally {
  switch (event.type) {
    case 'start':
      return {
        ...tally,
        bytesTotal: tally.bytesTotal + event.bytes,
        itemsTotal: tally.itemsTotal + event.items,
      }
    case 'item-start':
      return {
        ...tally,
        working: [...tally.working, { destination: event.destination, action: event.action }],
      }
    case 'bytes':
      return { ...tally, bytesDone: tally.bytesDone + event.count }
    case 'retract':
      return { ...tally, bytesTotal: tally.bytesTotal + event.count }
    case 'item-done':
      return { ...tally, itemsDone: tally.itemsDone + 1, working: without(tally.working, event.destination) }
    case 'item-failed':
      return {
        ...tally,
        itemsDone: tally.itemsDone + 1,
        itemsFailed: tally.itemsFailed + 1,
        working: without(tally.working, event.destination),
      }
    case 'blob':
      return tally
  }
}

function without(working: readonly WorkItem[], destination: string): readonly WorkItem[] {
  const at = working.findIndex(item => item.destination === destination)
  return at < 0 ? working : working.toSpliced(at, 1)
}
