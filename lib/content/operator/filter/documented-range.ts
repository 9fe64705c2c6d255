/**
 * A range in a channel, as the product documentation has it: every version from `minVersion` to `maxVersion`, both
 * included, whatever the way of updates between them; the head only where it is in range.
 *
 * (Its table says "lower than the maxVersion" in scenario 6 and "between" in scenario 7; oc-mirror takes the version itself
 * too.) What is left may have several heads or lose its connection. OLM does not serve that, so it is refused, with the
 * smallest change of the range that cures it.
 */
import { faultText, graphFaults, headFaults } from './channel-graph.ts'
import { cureRange } from './cure-range.ts'
import type { ChannelChoice, KnownChannel } from './known-channel.ts'
import { entriesInRange, prereleaseRemarks } from './range-entries.ts'
import { rangeAsWritten, rangeInWords, type VersionRange } from './versions.ts'

export function chooseDocumented(channel: KnownChannel, range: VersionRange): ChannelChoice {
  const kept = entriesInRange(channel, range)
  const why = `${rangeInWords(range)} in channel ${channel.name}`
  const faults = kept.length === 0 ? [] : graphFaults(kept)
  return {
    kept: new Map(kept.map(({ name }) => [name, why])),
    problems: faults.map(fault => ({
      text: `with ${rangeAsWritten(range)} ${faultText(fault)}`,
      hint: hintFor(channel, range),
    })),
    remarks: prereleaseRemarks(channel, range, kept),
  }
}

function hintFor(channel: KnownChannel, range: VersionRange): string {
  const cures = cureRange(channel, range)
  if (headFaults(channel.entries).length === 0)
    cures.push('choose --operator-selection connected, which keeps what a channel needs to have one head')
  if (cures.length === 0) return 'the catalog itself is at fault: choose another channel'
  return cures.join(', or ')
}
