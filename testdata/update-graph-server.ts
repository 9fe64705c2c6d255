/**
 * What a mirror of releases reads besides registries, as one HTTP server: update graphs by architecture and channel,
 * signatures of payloads, and the archive of graph data. Tests decide what it holds, and when it fails.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildLayer } from './layers.ts'
import type { Release } from './releases.ts'
import type { TestEnd } from './temp.ts'

/** The body of an update graph (Cincinnati, version 1). */
export interface UpdateGraph {
  readonly version: 1
  readonly nodes: readonly {
    readonly version: string
    readonly payload?: string
    readonly metadata: Readonly<Record<string, string>>
  }[]
  readonly edges: readonly (readonly [number, number])[]
  readonly conditionalEdges: readonly unknown[]
}

export interface ConditionalUpdate {
  readonly from: string
  readonly to: string
  /** Its name and what it says. */
  readonly risk: readonly [string, string]
}

export interface UpdateGraphServer {
  /** For `UPDATE_URL_OVERRIDE`. */
  readonly graphUrl: string
  /** For `OCP_SIGNATURE_URL`. */
  readonly signatureUrl: string
  readonly graphDataUrl: string
  /** `path?query` of every request, in the order they came. */
  readonly requests: readonly string[]
  setGraph(architecture: string, channel: string, graph: UpdateGraph): void
  /** Signatures are numbered from 1 in the order of the list. */
  setSignatures(digest: string, signatures: readonly Uint8Array[]): void
  setGraphData(archive: Uint8Array): void
  /** The next `times` requests whose path and query hold `part` get this answer. */
  answer(part: string, reply: Reply, times?: number): void
  clearRequests(): void
  close(): Promise<void>
}

export interface Reply {
  readonly status: number
  readonly body?: string
}

const EMPTY_GRAPH: UpdateGraph = { version: 1, nodes: [], edges: [], conditionalEdges: [] }

/** Listens on a free port until the test ends. */
export async function startUpdateGraphServer(t: TestEnd): Promise<UpdateGraphServer> {
  const held = new Map<string, string | Uint8Array>()
  const requests: string[] = []
  const replies: { part: string; reply: Reply; left: number }[] = []
  const contentAt = (url: URL): string | Uint8Array | undefined => {
    if (url.pathname !== '/graph') return held.get(url.pathname)
    const [architecture, channel] = [url.searchParams.get('arch') ?? 'amd64', url.searchParams.get('channel')]
    // The real server knows no unknown channels: their graph is empty.
    return held.get(`/graph ${architecture} ${channel}`) ?? JSON.stringify(EMPTY_GRAPH)
  }
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    requests.push(path)
    const struck = replies.find(({ part, left }) => left > 0 && path.includes(part))
    if (struck !== undefined) {
      struck.left--
      response.writeHead(struck.reply.status).end(struck.reply.body ?? '')
      return
    }
    const content = contentAt(new URL(path, 'http://server'))
    response.writeHead(content === undefined ? 404 : 200).end(content ?? 'not found')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  t.after(close)
  return {
    graphUrl: `${base}/graph`,
    signatureUrl: `${base}/signatures/`,
    graphDataUrl: `${base}/graph-data`,
    requests,
    setGraph: (architecture, channel, graph) =>
      void held.set(`/graph ${architecture} ${channel}`, JSON.stringify(graph)),
    setSignatures: (digest, signatures) => {
      const folder = `/signatures/${digest.replace(':', '=')}`
      for (const path of [...held.keys()]) if (path.startsWith(`${folder}/`)) held.delete(path)
      for (const [at, signature] of signatures.entries()) held.set(`${folder}/signature-${at + 1}`, signature)
    },
    setGraphData: archive => void held.set('/graph-data', archive),
    answer: (part, reply, times = Number.POSITIVE_INFINITY) =>
      void replies.push({ part, reply, left: times }),
    clearRequests: () => {
      requests.length = 0
    },
    close,
  }
}

/**
 * @param edges pairs of versions; without them each release leads to all later ones of the list
 * @param channels named in the metadata of each node
 */
export function updateGraph(
  releases: readonly Release[],
  edges?: readonly (readonly [string, string])[],
  {
    channels = [],
    conditional = [],
  }: {
    readonly channels?: readonly string[]
    readonly conditional?: readonly ConditionalUpdate[]
  } = {},
): UpdateGraph {
  const places = new Map(releases.map(({ version }, at) => [version, at]))
  const place = (version: string): number => {
    const at = places.get(version)
    if (at === undefined) throw new RangeError(`the graph has no node ${version}`)
    return at
  }
  return {
    version: 1,
    nodes: releases.map(({ version, reference, payload }) => ({
      version,
      payload: reference,
      metadata: {
        'io.openshift.upgrades.graph.release.channels': channels.join(','),
        'io.openshift.upgrades.graph.release.manifestref': payload.manifest.digest,
        url: `https://access.redhat.com/errata/${version}`,
      },
    })),
    edges:
      edges?.map(([from, to]) => [place(from), place(to)] as const) ??
      releases.flatMap((_, from) =>
        releases.slice(from + 1).map((_, more) => [from, from + 1 + more] as const),
      ),
    conditionalEdges: conditional.map(({ from, to, risk: [name, message] }) => ({
      edges: [{ from, to }],
      risks: [
        {
          url: `https://issues.redhat.com/browse/${name}`,
          name,
          message,
          matchingRules: [{ type: 'Always' }],
        },
      ],
    })),
  }
}

/** The archive an update service publishes: channels and blocked updates, as a `.tar.gz`. */
export function graphDataArchive(channels: Readonly<Record<string, readonly string[]>>): Uint8Array {
  const files = Object.entries(channels).map(([name, versions]) => [
    `channels/${name}.yaml`,
    `name: ${name}\nversions:\n${versions.map(version => `- ${version}\n`).join('')}`,
  ])
  return buildLayer({
    ...Object.fromEntries(files),
    'blocked-edges/4.16.0-none.yaml': 'to: 4.16.0\n',
    version: '1.1.0\n',
  }).gzip
}
