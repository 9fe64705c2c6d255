/**
 * The update graph of a channel → its heads, and what is wrong with it (OLM's rules for channels): an entry leads to what
 * it replaces and to what it skips, and exactly one entry, the head, is replaced and skipped by none.
 *
 * Names that are no entries are allowed: filtering leaves what entries replace and skip as it was written.
 */
import type { ChannelEntry } from '../model.ts'
import { listed } from './listing.ts'
import { compareText } from './versions.ts'

export interface GraphFault {
  readonly kind:
    | 'no-entries'
    | 'duplicate'
    | 'replaces-itself'
    | 'skips-itself'
    | 'no-head'
    | 'several-heads'
    | 'cycle'
    | 'stranded'
  /** The entries at fault, sorted; of `stranded` those that the head does not lead to. */
  readonly entries: readonly string[]
}

/** Entries that nobody replaces or skips, sorted. */
export function channelHeads(entries: readonly ChannelEntry[]): readonly string[] {
  const below = new Set(entries.flatMap(entry => targetsOf(entry)))
  return sorted(entries.map(({ name }) => name).filter(name => !below.has(name)))
}

/** What keeps the head from being found. */
export function headFaults(entries: readonly ChannelEntry[]): readonly GraphFault[] {
  return graphFaults(entries).filter(({ kind }) => kind !== 'stranded')
}

/**
 * Everything that keeps OLM from serving the channel. Stranded is an entry that is neither on the head's chain of
 * `replaces` nor skipped by any other (operator-registry, validation of channels).
 */
export function graphFaults(entries: readonly ChannelEntry[]): readonly GraphFault[] {
  if (entries.length === 0) return [{ kind: 'no-entries', entries: [] }]
  const names = entries.map(({ name }) => name)
  const faults: GraphFault[] = []
  const add = (kind: GraphFault['kind'], at: readonly string[]) => {
    if (at.length > 0) faults.push({ kind, entries: sorted(at) })
  }
  const seen = new Set<string>()
  add(
    'duplicate',
    names.filter(name => seen.size === seen.add(name).size),
  )
  add('replaces-itself', namesOf(entries.filter(({ name, replaces }) => replaces === name)))
  add('skips-itself', namesOf(entries.filter(({ name, skips }) => skips.includes(name))))
  const heads = channelHeads(entries)
  const circle = findCircle(entries)
  if (heads.length === 0) faults.push({ kind: 'no-head', entries: circle })
  else add('cycle', circle)
  if (heads.length > 1) add('several-heads', heads)
  if (faults.length === 0) add('stranded', strandedEntries(entries, heads[0]))
  return faults
}

/** The head first, then what each replaces, as far as there are entries. */
export function replacesChain<Entry extends ChannelEntry>(
  entries: readonly Entry[],
  head: string | undefined,
): readonly Entry[] {
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  const chain = new Set<Entry>()
  let at = head === undefined ? undefined : byName.get(head)
  while (at !== undefined && !chain.has(at)) {
    chain.add(at)
    at = at.replaces === undefined ? undefined : byName.get(at.replaces)
  }
  return [...chain]
}

/** `it has 2 heads (widget.v1.1.0, widget.v1.1.1), and OLM needs exactly one` */
export function faultText({ kind, entries }: GraphFault): string {
  const names = listed(entries)
  switch (kind) {
    case 'no-entries':
      return 'it has no entries'
    case 'duplicate':
      return `more than one entry has the same name (${names})`
    case 'replaces-itself':
      return `an entry replaces itself (${names})`
    case 'skips-itself':
      return `an entry skips itself (${names})`
    case 'no-head':
      return `it has no head: every entry is replaced or skipped${names === '' ? '' : `, in a circle (${names})`}`
    case 'several-heads':
      return `it has ${entries.length} heads (${names}), and OLM needs exactly one`
    case 'cycle':
      return `its updates go in a circle (${names})`
    case 'stranded':
      return `its head does not lead to ${names}, by what is replaced or skipped`
    default:
      return kind satisfies never
  }
}

function strandedEntries(entries: readonly ChannelEntry[], head: string | undefined): readonly string[] {
  const reached = new Set(replacesChain(entries, head).map(({ name }) => name))
  for (const { skips } of entries) for (const name of skips) reached.add(name)
  return namesOf(entries).filter(name => !reached.has(name))
}

/** Entries above which nothing is left are taken away, again and again: what remains is a circle and all below it. */
function findCircle(entries: readonly ChannelEntry[]): readonly string[] {
  const above = new Map(entries.map(({ name }) => [name, new Set<string>()]))
  for (const entry of entries)
    for (const target of targetsOf(entry)) if (target !== entry.name) above.get(target)?.add(entry.name)
  const below = new Map(entries.map(entry => [entry.name, targetsOf(entry)]))
  const free = [...above.keys()].filter(name => above.get(name)?.size === 0)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    above.delete(name)
    for (const target of below.get(name) ?? []) {
      const rest = above.get(target)
      if (rest?.delete(name) && rest.size === 0) free.push(target)
    }
  }
  return circleUpwards(above)
}

/** Each of these has another of them above it: going up comes round. */
function circleUpwards(above: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const way: string[] = []
  let [at] = sorted(above.keys())
  while (at !== undefined && !way.includes(at)) {
    way.push(at)
    at = sorted(above.get(at) ?? [])[0]
  }
  return at === undefined ? [] : sorted(way.slice(way.indexOf(at)))
}

function targetsOf({ replaces, skips }: ChannelEntry): readonly string[] {
  return replaces === undefined ? skips : [replaces, ...skips]
}

function namesOf(entries: readonly ChannelEntry[]): readonly string[] {
  return entries.map(({ name }) => name)
}

function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort(compareText)
}
