/**
 * A fixed amount of room (lines, bytes) shared fairly between lists that would like more.
 *
 * Nobody gets more than he asked for, and what small lists leave over goes to the large ones, so that a plan of any
 * size fits into the same room without hiding a short list behind a long one.
 */

/** What each gets: never more than wanted, never less than `least` of it, together at most `room` where that allows. */
export function shareRoom(wanted: readonly number[], room: number, least = 0): readonly number[] {
  const shares = wanted.map(() => 0)
  const smallestFirst = wanted.map((_, at) => at).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  let left = room
  smallestFirst.forEach((at, position) => {
    const want = wanted[at] ?? 0
    const fair = Math.floor(left / (smallestFirst.length - position))
    const share = Math.min(want, Math.max(least, fair, 0))
    shares[at] = share
    left -= share
  })
  return shares
}

/** How many entries of these heights fit into `room`, when telling how many remain takes `rest` of it. */
export function entriesThatFit(heights: readonly number[], room: number, rest = 1): number {
  let used = 0
  let fitting = 0
  for (const [at, height] of heights.entries()) {
    used += height
    const isLast = at === heights.length - 1
    if (used + (isLast ? 0 : rest) <= room) fitting = at + 1
  }
  return fitting
}
