/** A channel and what is asked of it → what is kept of it and why, or what keeps it from being chosen. */
import { channelHeads, faultText, graphFaults, headFaults } from './channel-graph.ts'
import { chooseConnected } from './connected-range.ts'
import { chooseDocumented } from './documented-range.ts'
import {
  type ChannelChoice,
  type ChannelWish,
  channelText,
  type KnownChannel,
  NOTHING,
} from './known-channel.ts'
import { missingBetween } from './missing-between.ts'
import type { OperatorSelection } from './request.ts'

export function chooseInChannel(
  channel: KnownChannel,
  wish: ChannelWish,
  selection: OperatorSelection,
): ChannelChoice {
  switch (wish.kind) {
    case 'head':
      return chooseHead(channel)
    case 'full':
      return chooseAll(channel, wish.why)
    case 'range':
      return selection === 'documented'
        ? chooseDocumented(channel, wish.range)
        : chooseConnected(channel, wish.range)
    case 'bundles':
      return chooseNamed(channel, wish.names)
    default:
      return wish satisfies never
  }
}

function chooseHead(channel: KnownChannel): ChannelChoice {
  const faults = headFaults(channel.entries)
  const [head] = channelHeads(channel.entries)
  if (faults.length > 0 || head === undefined)
    return {
      ...NOTHING,
      problems: faults.map(fault => ({
        text: faultText(fault),
        hint: 'the catalog is at fault: name other packages or channels of it, or take everything with full: true',
      })),
    }
  return { ...NOTHING, kept: new Map([[head, `head of ${channelText(channel)}`]]) }
}

/** Taken as it is, whatever OLM says to it. */
function chooseAll({ entries }: KnownChannel, why: string): ChannelChoice {
  return {
    ...NOTHING,
    kept: new Map(entries.map(entry => [entry.name, why])),
    remarks: graphFaults(entries).map(
      fault => `${faultText(fault)}; it is taken from the catalog as it is (full)`,
    ),
  }
}

function chooseNamed(channel: KnownChannel, names: ReadonlySet<string>): ChannelChoice {
  const kept = channel.entries.filter(({ name }) => names.has(name))
  if (kept.length === 0) return NOTHING
  const missing = missingBetween(channel.entries, kept)
  const hint =
    missing === undefined
      ? 'name bundles that follow each other, so that one of them is the head'
      : `name ${missing.join(' and ')} as well`
  return {
    ...NOTHING,
    kept: new Map(kept.map(({ name }) => [name, 'named in the image set'])),
    problems: graphFaults(kept).map(fault => ({ text: `with the bundles named ${faultText(fault)}`, hint })),
  }
}
