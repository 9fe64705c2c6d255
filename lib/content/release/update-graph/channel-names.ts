/** Names of release channels: those that graphs mention, and what a person probably meant by one that does not exist. */
import { suggestKey } from '../../../config/key-suggestion.ts'
import { PlanError } from '../../../errors.ts'
import { compareText } from '../../../target.ts'
import type { UpdateGraph } from './graph.ts'
import { type GraphQuestion, graphText } from './question.ts'

export interface ChannelName {
  /** `stable`, `eus` */
  readonly prefix: string
  readonly major: number
  readonly minor: number
}

/** Kinds of channels the public service has for each minor release (product documentation, "update channels"). */
const PREFIXES = ['stable', 'fast', 'candidate', 'eus']
/** Channels listed in one hint. */
const LISTED = 6

/** `stable-4.16`; undefined for names that are made otherwise (`4-scos-stable`). */
export function parseChannelName(name: string): ChannelName | undefined {
  const [, prefix, major, minor] = /^(.+)-(\d+)\.(\d+)$/.exec(name) ?? []
  if (prefix === undefined) return undefined
  return { prefix, major: Number(major), minor: Number(minor) }
}

export function formatChannelName({ prefix, major, minor }: ChannelName): string {
  return `${prefix}-${major}.${minor}`
}

/** Every channel that the releases of these graphs are in, whether or not they say so: by version, then by name. */
export function channelsIn(graphs: readonly UpdateGraph[]): readonly string[] {
  const names = graphs.flatMap(({ channel, releases }) =>
    releases.flatMap(({ channels }) => [channel, ...channels]),
  )
  return [...new Set(names)].sort(compareChannels)
}

function compareChannels(a: string, b: string): number {
  const [x, y] = [parseChannelName(a), parseChannelName(b)]
  if (x === undefined || y === undefined)
    return x === y ? compareText(a, b) : Number(x !== undefined) - Number(y !== undefined)
  return x.major - y.major || x.minor - y.minor || compareText(x.prefix, y.prefix)
}

/** For a channel without releases. `graphs` are those at hand, whose releases name other channels. */
export function unknownChannel(question: GraphQuestion, graphs: readonly UpdateGraph[]): PlanError {
  return new PlanError(
    `${graphText(question)} has no releases: there is no such channel, or none for this architecture`,
    {
      hint: channelHint(question.channel, channelsIn(graphs)),
    },
  )
}

function channelHint(written: string, known: readonly string[]): string {
  const near = suggestKey(written, known) ?? suggestKey(written, likelyNames(written))
  if (near !== undefined && near !== written) return `did you mean ${near}?`
  const minor = parseChannelName(written)
  const same = known.filter(name => {
    const other = parseChannelName(name)
    return minor !== undefined && other?.major === minor.major && other.minor === minor.minor
  })
  const listed = (same.length > 0 ? same : known).slice(-LISTED)
  return listed.length > 0
    ? `channels there are: ${listed.join(', ')}`
    : 'a channel is named stable-4.16, fast-4.16, candidate-4.16 or eus-4.16; `mirrorform list releases --version 4.16` lists those of a version'
}

/** What the public service calls its channels of the minor release that is written: `stabel-4.16` -> `stable-4.16`, … */
function likelyNames(written: string): readonly string[] {
  const minor = /\d+\.\d+/.exec(written)?.[0]
  return minor === undefined ? [] : PREFIXES.map(prefix => `${prefix}-${minor}`)
}
