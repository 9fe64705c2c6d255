/**
 * Rows of `channel_entry` → the entries of one channel. There is a row for each edge of the update graph: a bundle that
 * replaces one and skips two has three, and each names, by number, the row of the bundle that it leads away from.
 *
 * As opm reads them: edges on the way down from the head are what is replaced, all others are skips. What a bundle says
 * itself does not count, because the graph of a channel may have been made otherwise (opm index add --mode semver).
 */
import type { Row } from './tables.ts'

export interface DatabaseEntry {
  readonly name: string
  readonly replaces?: string
  readonly skips: readonly string[]
  readonly skipRange?: string
}

/**
 * @param rows of the channel
 * @param bundles rows of `operatorbundle` by name; entries of other bundles are left out
 * @returns those nearest to the head first
 */
export function entriesOf(rows: readonly Row[], bundles: ReadonlyMap<string, Row>): readonly DatabaseEntry[] {
  const byNumber = new Map(rows.map(row => [row.entry_id, row]))
  const onTheWay = wayDown(rows, byNumber)
  const byDepth = rows.toSorted((a, b) => Number(a.depth) - Number(b.depth))
  const entries: DatabaseEntry[] = []
  for (const [name = '', edges] of Map.groupBy(byDepth, row => row.operatorbundle_name)) {
    const bundle = bundles.get(name)
    if (bundle === undefined) continue
    const namesOf = (some: readonly Row[]) =>
      some.flatMap(({ replaces }) => (replaces && byNumber.get(replaces)?.operatorbundle_name) || []).sort()
    const replaces = namesOf(edges.filter(edge => onTheWay.has(edge))).at(-1)
    const skips = new Set(namesOf(edges.filter(edge => !onTheWay.has(edge))))
    entries.push({
      name,
      ...(replaces !== undefined && { replaces }),
      skips: [...skips],
      ...(bundle.skiprange && { skipRange: bundle.skiprange }),
    })
  }
  return entries
}

/** The rows of the head, which have the least depth, and those they lead to one by one. */
function wayDown(rows: readonly Row[], byNumber: ReadonlyMap<string | undefined, Row>): ReadonlySet<Row> {
  const depth = rows.reduce((least, row) => Math.min(least, Number(row.depth)), Number.POSITIVE_INFINITY)
  const way = new Set<Row>()
  for (const head of rows.filter(row => Number(row.depth) === depth)) {
    let at: Row | undefined = head
    while (at !== undefined && !way.has(at)) {
      way.add(at)
      at = at.replaces === undefined ? undefined : byNumber.get(at.replaces)
    }
  }
  return way
}
