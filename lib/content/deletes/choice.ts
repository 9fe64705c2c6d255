/**
 * One entry of a delete set as a question to an origin: what is left of it once the entry is gone.
 *
 * A channel is a wish of its own: where two channels ask for a release or a bundle, it loses the one that is named and
 * stays for the other.
 */
import type { Origin } from '../../graph/graph.ts'
import type { StateImage } from '../../state.ts'

/** `untouched`: the entry does not mean it. Else what remains; undefined where nothing does. */
export type Remainder = 'untouched' | Origin | undefined

export interface Choice {
  /** As it is named in notes: `release channel stable-4.16`. */
  readonly name: string
  /** Where it stands: `deletes.yaml:12`. */
  readonly place: string
  /** Where the entry is wider than its writer may think: with several parts, a note says so. */
  readonly wide?: {
    /** After the name: `names no version`. */
    readonly because: string
    part(origin: Origin, image: StateImage): string
  }
  without(origin: Origin, image: StateImage): Remainder
}

/** Of an entry that says neither versions nor `full`, of which oc-mirror v2 takes one version. */
export const NO_VERSION = 'names no version, of which oc-mirror takes the newest alone'

type OfChannels = Extract<Origin, { readonly channels: readonly string[] }>

/** @param gone channels that are named; undefined means all of them */
export function withoutChannels(origin: OfChannels, gone: ReadonlySet<string> | undefined): Remainder {
  if (gone === undefined) return undefined
  const left = origin.channels.filter(channel => !gone.has(channel))
  if (left.length === origin.channels.length) return 'untouched'
  return left.length === 0 ? undefined : { ...origin, channels: left }
}
