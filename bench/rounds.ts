/**
 * Two or more sides measured in turn (A B A B …), so that whatever else the machine does hits all of them; of each side
 * the median counts, which one disturbed run does not move.
 */

/** Runs each side once in each round, one after the other; the results are in the order of the rounds. */
export async function inTurn<Side extends string, Result>(
  sides: readonly Side[],
  rounds: number,
  measure: (side: Side, round: number) => Promise<Result>,
): Promise<ReadonlyMap<Side, readonly Result[]>> {
  const results = new Map<Side, Result[]>(sides.map(side => [side, []]))
  for (let round = 0; round < rounds; round++)
    for (const side of sides) results.get(side)?.push(await measure(side, round))
  return results
}

/** The middle value; of an even number the mean of the two middle ones. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const high = sorted[Math.floor(middle)] ?? Number.NaN
  return (low + high) / 2
}
