/**
 * Entries of a channel that are to be kept → the fewest others that make one piece of them: a stretch of the chain of
 * `replaces` whose entries are, replace or skip all of those to be kept.
 */
import type { ChannelEntry } from '../model.ts'
import { graphFaults, replacesChain } from './channel-graph.ts'
import { compareText } from './versions.ts'

/** Names, sorted; undefined where no stretch does it. */
export function missingBetween(
  entries: readonly ChannelEntry[],
  kept: readonly ChannelEntry[],
): readonly string[] | undefined {
  const found = entries.flatMap(top => {
    const stretch = stretchBelow(entries, top.name, kept)
    if (stretch === undefined) return []
    const names = new Set([...kept, ...stretch].map(({ name }) => name))
    if (graphFaults(entries.filter(({ name }) => names.has(name))).length > 0) return []
    return [[...names].filter(name => !kept.some(each => each.name === name)).sort(compareText)]
  })
  return found.toSorted((a, b) => a.length - b.length || compareText(a.join(), b.join()))[0]
}

function stretchBelow(
  entries: readonly ChannelEntry[],
  top: string,
  kept: readonly ChannelEntry[],
): readonly ChannelEntry[] | undefined {
  const open = new Set(kept.map(({ name }) => name))
  const stretch: ChannelEntry[] = []
  for (const entry of replacesChain(entries, top)) {
    stretch.push(entry)
    for (const name of [entry.name, ...entry.skips]) open.delete(name)
    if (open.size === 0) return stretch
  }
  return undefined
}
