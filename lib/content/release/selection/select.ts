/**
 * Channels and their graphs -> the releases to keep, each with its reasons, and what a reviewer should know. Pure: the
 * same graphs give the same choice.
 */
import type { ReleaseChannel } from '../../../config/index.ts'
import { PlanError } from '../../../errors.ts'
import { formatReference } from '../../../oci/reference.ts'
import type { Selection } from '../../selection.ts'
import { joinFailures } from '../failures.ts'
import { channelText, compareVersions, type UpdateGraph, unknownChannel } from '../update-graph/index.ts'
import { type CrossedChannel, crossChannels, findCrossing } from './between-channels.ts'
import { type ChannelChoice, chooseInChannel, type Pick } from './channel-choice.ts'
import type { GraphLookup, ReleaseChoice, ReleaseRequest, SelectedRelease } from './choice.ts'
import { skippedMinorRemark } from './skipped-minors.ts'
import { versionAt } from './ways-text.ts'

/** One channel with all that is kept of it. */
interface Part {
  readonly graph: UpdateGraph
  readonly picks: readonly Pick[]
  readonly remarks: readonly string[]
}

/** @throws PlanError that names every channel at fault: unknown, without the version, without a way; with another payload. */
export function selectReleases(request: ReleaseRequest, graphs: GraphLookup): ReleaseChoice {
  const mode = request.conditionalUpdates ?? 'allow'
  const choices = chooseInChannels(request, graphs)
  const crossing = findCrossing(choices)
  const isV1 = request.v1 !== undefined
  const crossed = crossing === undefined ? [] : crossChannels(crossing, graphs, mode, isV1)
  const parts = joinParts([...choices, ...crossed]).filter(isTold)
  const releases = selectedReleases(parts)
  refuseContradictions(releases)
  const versions = new Set(releases.map(({ version }) => version))
  return {
    releases,
    selections: parts.map(({ graph, picks, remarks }) => {
      const skipped = skippedMinorRemark(graph, versions, mode)
      return selectionOf(graph, picks, skipped === undefined ? remarks : [...remarks, skipped])
    }),
    graphs: parts.map(({ graph }) => graph),
  }
}

/** @throws PlanError */
export function chooseInChannels(request: ReleaseRequest, graphs: GraphLookup): readonly ChannelChoice[] {
  const known = request.channels.flatMap(({ product, name }) => graphs(product, name) ?? [])
  const failures: unknown[] = []
  const choices = request.channels.flatMap(channel => {
    try {
      const graph = graphOf(channel, request, graphs, known)
      return [chooseInChannel(channel, graph, request.conditionalUpdates ?? 'allow', request.v1)]
    } catch (error) {
      failures.push(error)
      return []
    }
  })
  if (failures.length > 0) throw joinFailures(failures)
  return choices
}

function graphOf(
  channel: ReleaseChannel,
  { architecture, updateUrl }: ReleaseRequest,
  graphs: GraphLookup,
  known: readonly UpdateGraph[],
): UpdateGraph {
  const { product, name } = channel
  const graph = graphs(product, name)
  if (graph !== undefined && graph.releases.length > 0) return graph
  const question = { product, channel: name, architecture, ...(updateUrl !== undefined && { updateUrl }) }
  throw unknownChannel(question, known)
}

/** What the way between channels adds to a channel belongs to it; a release already kept there keeps its reasons. */
function joinParts(all: readonly (ChannelChoice | CrossedChannel)[]): readonly Part[] {
  const parts = new Map<UpdateGraph, Part>()
  for (const { graph, picks, remarks } of all) {
    const before = parts.get(graph)
    const kept = new Set(before?.picks.map(({ place }) => place))
    parts.set(graph, {
      graph,
      picks: [...(before?.picks ?? []), ...picks.filter(({ place }) => !kept.has(place))],
      remarks: [...new Set([...(before?.remarks ?? []), ...remarks])],
    })
  }
  return [...parts.values()]
}

/** A channel between two others may add nothing. */
function isTold({ picks, remarks }: Part): boolean {
  return picks.length > 0 || remarks.length > 0
}

function selectionOf(graph: UpdateGraph, picks: readonly Pick[], remarks: readonly string[]): Selection {
  const reasons = new Map<number, string[]>()
  for (const { place, why } of picks) reasons.set(place, [...(reasons.get(place) ?? []), why])
  const kept = [...reasons]
    .sort(([a], [b]) => a - b)
    .map(([place, why]) => ({ name: versionAt(graph, place), why: why.join(', ') }))
  return { title: channelText(graph), kept, remarks }
}

/** Each payload once, with the channels and the reasons of all. */
function selectedReleases(parts: readonly Part[]): readonly SelectedRelease[] {
  const selected = new Map<string, { release: SelectedRelease; why: Set<string> }>()
  for (const { graph, picks } of parts)
    for (const { place, why } of picks) {
      const release = graph.releases[place]
      if (release === undefined) continue
      const { version, payload } = release
      const { product, architecture, channel } = graph
      const before = selected.get(payload.digest)
      const channels = [...new Set([...(before?.release.channels ?? []), channel])].sort()
      const reasons = (before?.why ?? new Set()).add(why)
      selected.set(payload.digest, {
        release: { version, payload, product, architecture, channels, why: '' },
        why: reasons,
      })
    }
  return [...selected.values()]
    .map(({ release, why }) => ({ ...release, why: [...why].join(', ') }))
    .sort((a, b) => compareVersions(a.version, b.version))
}

/** Both would go to the same tags. `releases` in the order of their versions. */
function refuseContradictions(releases: readonly SelectedRelease[]): void {
  const failures = releases.flatMap((release, at) => {
    const before = releases[at - 1]
    if (before === undefined || compareVersions(before.version, release.version) !== 0) return []
    const named = [before, release].map(
      ({ channels, payload }) => `${formatReference(payload)} (${channels.join(', ')})`,
    )
    return [
      new PlanError(`${release.version} has two payloads in the update graphs: ${named.join(' and ')}`, {
        hint: 'only one of them can have its tag: leave one of the channels out, and tell whoever runs the update service',
      }),
    ]
  })
  if (failures.length > 0) throw joinFailures(failures)
}
