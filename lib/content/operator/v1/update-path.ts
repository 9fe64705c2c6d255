/**
 * The bundles between a start and the head of a channel, as oc-mirror v1 fills them in: along `replaces` only. What
 * entries skip, and versions in a `skipRange`, lead nowhere here.
 */
import { replacesChain } from '../filter/channel-graph.ts'
import type { ChannelEntry } from '../model.ts'

/**
 * Names, start and head among them. The chains of both meet at an entry; everything that replaces that one, directly or
 * not, is on the way, but for what lies between the start and it. Without a meeting point there is no way: the start alone.
 */
export function updatePath(
  entries: readonly ChannelEntry[],
  start: string,
  head: string,
): ReadonlySet<string> {
  const below = replacesChain(entries, start).map(({ name }) => name)
  const meeting = replacesChain(entries, head).find(({ name }) => below.includes(name))
  if (meeting === undefined) return new Set([start])
  const between = below.slice(1, below.indexOf(meeting.name))
  const path = entriesAbove(entries, meeting.name)
  for (const name of between) path.delete(name)
  return path.add(start).add(head)
}

/** Those that replace it, and that replace those, and so on. */
function entriesAbove(entries: readonly ChannelEntry[], name: string): Set<string> {
  const replacing = Map.groupBy(entries, ({ replaces }) => replaces)
  const above = new Set<string>()
  const open = [name]
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const entry of replacing.get(at) ?? []) {
      if (above.has(entry.name)) continue
      above.add(entry.name)
      open.push(entry.name)
    }
  return above
}
