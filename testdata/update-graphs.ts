/**
 * Update graphs as a service answers them (Cincinnati, version 1), written as their updates: `4.15.0 4.15.3`. Every
 * version named has a payload whose digest follows from it.
 */
import { parseUpdateGraph, type UpdateGraph } from '../lib/content/release/update-graph/index.ts'
import { digestOf } from '../lib/oci/digest.ts'

export interface GraphSketch {
  /** `from to`, or one version alone. */
  readonly updates: readonly string[]
  readonly conditional?: readonly {
    readonly update: string
    readonly risk: string
    readonly always?: boolean
  }[]
  /** Channels of every release; default: the one asked for. */
  readonly channels?: readonly string[]
}

const PAYLOADS = 'quay.io/openshift-release-dev/ocp-release'

export function payloadOf(version: string): string {
  return `${PAYLOADS}@${digestOf(version)}`
}

/** The answer as JSON. */
export function graphAnswer(channel: string, { updates, conditional = [], channels }: GraphSketch): string {
  const named = [...updates, ...conditional.map(({ update }) => update)]
  const versions = [...new Set(named.flatMap(update => update.split(' ')))]
  return JSON.stringify({
    version: 1,
    nodes: versions.map(version => ({
      version,
      payload: payloadOf(version),
      metadata: { 'io.openshift.upgrades.graph.release.channels': (channels ?? [channel]).join(',') },
    })),
    edges: updates.flatMap(update => {
      const [from, to] = update.split(' ').map(version => versions.indexOf(version))
      return to === undefined ? [] : [[from, to]]
    }),
    conditionalEdges: conditional.map(({ update, risk, always = false }) => {
      const [from, to] = update.split(' ')
      return {
        edges: [{ from, to }],
        risks: [
          {
            name: risk,
            message: `${risk} may happen.`,
            url: `https://issues.example/${risk}`,
            matchingRules: [
              always ? { type: 'Always' } : { type: 'PromQL', promql: { promql: 'vector(1)' } },
            ],
          },
        ],
      }
    }),
  })
}

export function sketchGraph(channel: string, sketch: GraphSketch): UpdateGraph {
  const question = { product: 'ocp', channel, architecture: 'amd64' } as const
  return parseUpdateGraph(new TextEncoder().encode(graphAnswer(channel, sketch)), question)
}
