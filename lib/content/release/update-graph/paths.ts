/**
 * Ways through an update graph.
 *
 * A way takes as few conditional updates as possible, and among those as few updates as possible; of equals, the one
 * found first when the updates of a release are looked at from the highest version down (oc-mirror v2, `shortestPath`).
 */
import type { Risk, UpdateGraph } from './graph.ts'

export interface Hop {
  /** Places in the graph's `releases`. */
  readonly from: number
  readonly to: number
  /** Empty where the update is recommended without condition. */
  readonly risks: readonly Risk[]
}

export interface WayOptions {
  /** Whether conditional updates may be taken; default: yes. */
  readonly conditional?: boolean
  /** Releases a way may lead through, ends included; default: all. */
  readonly through?: (place: number) => boolean
}

/** From `from` to `to`; empty where they are the same, undefined where no way leads there. */
export function findWay(
  graph: UpdateGraph,
  from: number,
  to: number,
  options: WayOptions = {},
): readonly Hop[] | undefined {
  const reached = explore(graph, from, options, to)
  if (!reached.has(to)) return undefined
  const way: Hop[] = []
  for (let hop = reached.get(to); hop !== undefined; hop = reached.get(hop.from)) way.unshift(hop)
  return way
}

/** Every release a cluster on `from` can be updated to, `from` included. */
export function reachableFrom(
  graph: UpdateGraph,
  from: number,
  options: WayOptions = {},
): ReadonlySet<number> {
  return new Set(explore(graph, from, options).keys())
}

type Reached = Map<number, Hop | undefined>

/**
 * One breadth-first search for each number of conditional updates: what a search reaches has taken so many, and the
 * conditional updates it met begin the next.
 */
function explore(graph: UpdateGraph, from: number, options: WayOptions, until?: number): Reached {
  const { conditional = true, through = () => true } = options
  const reached: Reached = new Map([[from, undefined]])
  let starts: Wave[] = [[{ place: from, hop: undefined }]]
  while (starts.length > 0 && (until === undefined || !reached.has(until))) {
    const risky: Wave[] = []
    for (let length = 0; length < starts.length; length++) {
      for (const { place, hop } of starts[length] ?? []) {
        if (hop !== undefined && reached.has(place)) continue
        reached.set(place, hop)
        for (const { to, risks } of graph.updates[place] ?? []) {
          if (reached.has(to) || !through(to)) continue
          if (risks.length > 0 && !conditional) continue
          const waves = risks.length === 0 ? starts : risky
          const next = waves[length + 1] ?? []
          waves[length + 1] = next
          next.push({ place: to, hop: { from: place, to, risks } })
        }
      }
    }
    starts = risky
  }
  return reached
}

/** Releases to be looked at that are equally many updates away, in the order they were met. */
type Wave = { readonly place: number; readonly hop: Hop | undefined }[]
