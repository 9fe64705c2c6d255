/**
 * Channels -> releases, with the graphs it takes: those of the channels in parallel, then those of the channels that
 * lie between them.
 */
import type { ReleaseProduct } from '../../../config/index.ts'
import type { Documents } from '../../documents.ts'
import { settleAll } from '../failures.ts'
import { readUpdateGraph, type UpdateGraph } from '../update-graph/index.ts'
import { channelsBetween, findCrossing } from './between-channels.ts'
import type { GraphLookup, ReleaseChoice, ReleaseRequest } from './choice.ts'
import { chooseInChannels, selectReleases } from './select.ts'

/** @throws PlanError that names every channel at fault: unreadable, unknown, without the version, without a way. */
export async function collectReleases(
  request: ReleaseRequest,
  documents: Documents,
  signal: AbortSignal,
): Promise<ReleaseChoice> {
  const graphs = new Map<string, UpdateGraph>()
  const lookup: GraphLookup = (product, channel) => graphs.get(keyOf(product, channel))
  const { architecture, updateUrl } = request
  const readAll = async (channels: readonly { product: ReleaseProduct; name: string }[]): Promise<void> => {
    const missing = channels.filter(({ product, name }) => lookup(product, name) === undefined)
    const found = await settleAll(
      missing.map(({ product, name }) =>
        readUpdateGraph(
          { product, channel: name, architecture, ...(updateUrl !== undefined && { updateUrl }) },
          documents,
          signal,
        ),
      ),
      signal,
    )
    for (const graph of found) graphs.set(keyOf(graph.product, graph.channel), graph)
  }
  await readAll(request.channels)
  const crossing = findCrossing(chooseInChannels(request, lookup))
  if (crossing !== undefined)
    await readAll(channelsBetween(crossing, request.v1 !== undefined).map(name => ({ product: 'ocp', name })))
  return selectReleases(request, lookup)
}

function keyOf(product: ReleaseProduct, channel: string): string {
  return `${product} ${channel}`
}
