/**
 * `list releases`: the channels there are, the releases of one, or the way a cluster takes between two. Asks the update
 * service and nothing else.
 */
import type { ReleaseArchitecture, ReleaseProduct } from '../../lib/config/index.ts'
import type { Documents } from '../../lib/content/documents.ts'
import { type FoundUpdate, findUpdate } from '../../lib/content/release/selection/index.ts'
import {
  type GraphRelease,
  headOf,
  listChannels,
  readChannel,
  type UpdateGraph,
} from '../../lib/content/release/update-graph/index.ts'
import { formatReference } from '../../lib/oci/reference.ts'
import {
  type ReleasesRendering,
  renderChannelReleases,
  renderChannels,
  renderUpdate,
} from '../../lib/report/releases-text.ts'
import type { Command } from '../invocation.ts'
import {
  type QuestionArguments,
  type ReleaseQuestion,
  releaseQuestion,
} from '../wiring/content/release-question.ts'
import { openWebPlaces, type WebArguments } from '../wiring/places/open-web.ts'

export interface ListReleasesArguments extends WebArguments, QuestionArguments {
  readonly arch: ReleaseArchitecture
}

interface Service {
  readonly product: ReleaseProduct
  readonly architecture: ReleaseArchitecture
  readonly updateUrl?: string
}

/** What is printed, and what the JSON document says besides which service was asked. */
interface Answer {
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

export const run: Command<ListReleasesArguments> = async (args, invocation) => {
  const { output, width, env, interrupts } = invocation
  const updateUrl = env.UPDATE_URL_OVERRIDE
  const service: Service = {
    product: args.type,
    architecture: args.arch,
    ...(updateUrl && { updateUrl }),
  }
  const question = releaseQuestion(args)
  const web = await openWebPlaces(args, invocation)
  try {
    const rendering = { style: output.style, width }
    const answer = await ask(question, service, web.documents, rendering, interrupts.soft.signal)
    output.print(answer.text)
    await output.document({
      format: 'mirrorform-releases',
      version: 1,
      type: args.type,
      architecture: args.arch,
      ...answer.facts,
    })
    return 0
  } finally {
    await web.close()
  }
}

async function ask(
  question: ReleaseQuestion,
  service: Service,
  documents: Documents,
  rendering: ReleasesRendering,
  signal: AbortSignal,
): Promise<Answer> {
  switch (question.kind) {
    case 'channels': {
      const channels = await listChannels(service, question.minor, documents, signal)
      return { text: renderChannels(channels), facts: { channels } }
    }
    case 'releases': {
      const graph = await readChannel({ ...service, channel: question.channel }, documents, signal)
      return { text: renderChannelReleases(graph, rendering), facts: releasesFacts(graph) }
    }
    case 'update': {
      const found = await findUpdate({ ...service, ...question }, documents, signal)
      return { text: renderUpdate(found.graph, found.way, rendering), facts: updateFacts(question, found) }
    }
    default:
      return question satisfies never
  }
}

function releasesFacts(graph: UpdateGraph): Answer['facts'] {
  return {
    channel: graph.channel,
    head: headOf(graph)?.version,
    releases: graph.releases.toReversed().map(releaseFacts),
  }
}

function releaseFacts({ version, payload, channels, url }: GraphRelease): Answer['facts'] {
  return { version, payload: formatReference(payload), channels, ...(url !== undefined && { url }) }
}

function updateFacts(
  { from, to }: { readonly from: string; readonly to: string },
  { graph, way }: FoundUpdate,
): Answer['facts'] {
  const version = (place: number) => graph.releases[place]?.version
  return {
    channels: graph.channel.split(', '),
    from,
    to,
    updates: way.map(hop => ({ from: version(hop.from), to: version(hop.to), risks: hop.risks })),
  }
}
