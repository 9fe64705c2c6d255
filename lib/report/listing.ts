/**
 * Lists inside a report that share a limited room: how many entries of each are shown, and how the rest is told.
 */
import { formatCount } from './quantities.ts'
import { entriesThatFit, shareRoom } from './share.ts'

export interface Listing {
  /** Lines above the entries, always shown. */
  readonly heading: number
  /** Lines each entry takes. */
  readonly heights: readonly number[]
  /** Shown in full, whatever the room. */
  readonly whole: boolean
}

/** Every list gets at least this many lines: one entry and the count of the others. */
const LEAST_LINES = 2

/** How many entries of each list are shown when all lists, headings included, have `room` lines together. */
export function entriesShown(listings: readonly Listing[], room: number): readonly number[] {
  const cut = listings.filter(listing => !listing.whole)
  const headings = cut.reduce((sum, listing) => sum + listing.heading, 0)
  const shares = shareRoom(
    cut.map(listing => listing.heights.reduce((sum, height) => sum + height, 0)),
    room - headings,
    LEAST_LINES,
  )
  return listings.map(listing => {
    const share = shares[cut.indexOf(listing)]
    if (share === undefined || listing.heights.length === 0) return listing.heights.length
    return Math.max(1, entriesThatFit(listing.heights, share))
  })
}

/** The line that stands for what is left out; none when everything is shown. `how` is the command that shows it. */
export function hiddenLine(listing: Listing, shown: number, how: string, indent: number): readonly string[] {
  const hidden = listing.heights.length - shown
  return hidden > 0 ? [`${' '.repeat(indent)}… ${formatCount(hidden)} more: ${how}`] : []
}
