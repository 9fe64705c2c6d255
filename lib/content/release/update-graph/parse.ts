/**
 * The answer of an update service (Cincinnati graph, version 1) -> an update graph.
 *
 * Whatever is wrong refuses the whole graph: one with releases or updates left out would choose other releases than the
 * service meant. Of what the service may leave out, an update from or to a release that is not in the channel is none.
 * Build metadata names the architecture in graphs inside the service (`4.13.27+amd64`); releases are the same without.
 */
import semver from 'semver'
import { PlanError } from '../../../errors.ts'
import { isRecord } from '../../../oci/json.ts'
import { parseReference } from '../../../oci/reference.ts'
import { isReleaseArchitecture } from '../architecture.ts'
import {
  compareVersions,
  type GraphRelease,
  type PayloadReference,
  type Risk,
  type UpdateGraph,
} from './graph.ts'
import { type GraphQuestion, graphText } from './question.ts'
import { joinUpdates, type RawUpdate } from './updates.ts'

const CHANNELS = 'io.openshift.upgrades.graph.release.channels'
const FORMAT = 1

/** @throws PlanError that names the channel, the host that was asked, and the release or update at fault. */
export function parseUpdateGraph(bytes: Uint8Array, question: GraphQuestion): UpdateGraph {
  const fault = faultOf(question)
  const document = readDocument(bytes, fault)
  const { nodes, edges } = document
  if (!Array.isArray(nodes)) throw fault('it has no list of nodes')
  const versions = nodes.map((node, at) => versionOf(node, at, fault))
  const releases = new Map<string, GraphRelease>()
  nodes.forEach((node, at) => {
    const version = versions[at]
    if (version === undefined || !isOf(version, question)) return
    const release = readRelease(node, version.version, fault)
    const before = releases.get(release.version)
    if (before !== undefined && before.payload.digest !== release.payload.digest)
      throw fault(`it has ${release.version} twice, with different payloads`)
    releases.set(release.version, release)
  })
  const sorted = [...releases.values()].sort((a, b) => compareVersions(a.version, b.version))
  const plain = listOf(edges, 'edges', fault).map((edge, at) => readEdge(edge, at, versions, fault))
  const conditional = listOf(document.conditionalEdges, 'conditionalEdges', fault).flatMap((group, at) =>
    readConditional(group, at, fault),
  )
  return {
    product: question.product,
    channel: question.channel,
    architecture: question.architecture,
    releases: sorted,
    updates: joinUpdates(sorted, [...plain, ...conditional]),
  }
}

type Fault = (what: string, cause?: unknown) => PlanError

function faultOf(question: GraphQuestion): Fault {
  return (what, cause) =>
    new PlanError(`${graphText(question)} cannot be used: ${what}`, {
      hint: 'ask again later; where UPDATE_URL_OVERRIDE is set, see that it names an update service',
      cause,
    })
}

function readDocument(bytes: Uint8Array, fault: Fault): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw fault('it is not JSON', error)
  }
  if (!isRecord(value)) throw fault('it is not a JSON object')
  if (value.version !== undefined && value.version !== FORMAT)
    throw fault(`its format is version ${JSON.stringify(value.version)}, and only version ${FORMAT} is known`)
  return value
}

function listOf(value: unknown, name: string, fault: Fault): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw fault(`its ${name} are not a list`)
  return value
}

function versionOf(node: unknown, at: number, fault: Fault): semver.SemVer {
  const text = isRecord(node) ? node.version : undefined
  if (typeof text !== 'string') throw fault(`node ${at} has no version`)
  const version = semver.parse(text)
  if (version === null || text.startsWith('v')) throw fault(`node ${at}: "${text}" is not a semantic version`)
  return version
}

/** A graph inside the service has the releases of all architectures. */
function isOf(version: semver.SemVer, { architecture }: GraphQuestion): boolean {
  return version.build.every(part => part === architecture || !isReleaseArchitecture(part))
}

function readRelease(node: unknown, version: string, fault: Fault): GraphRelease {
  const { payload, metadata } = isRecord(node) ? node : {}
  if (typeof payload !== 'string' || payload === '') throw fault(`node ${version} has no payload`)
  const { [CHANNELS]: channels, url } = isRecord(metadata) ? metadata : {}
  return {
    version,
    payload: readPayload(payload, version, fault),
    channels: typeof channels === 'string' ? channelNames(channels) : [],
    ...(typeof url === 'string' && url !== '' && { url }),
  }
}

function readPayload(text: string, version: string, fault: Fault): PayloadReference {
  const wrong = (cause?: unknown) =>
    fault(`node ${version}: its payload "${text}" is not an image reference with a digest`, cause)
  let reference: ReturnType<typeof parseReference>
  try {
    reference = parseReference(text)
  } catch (error) {
    throw wrong(error)
  }
  const { digest } = reference
  if (digest === undefined) throw wrong()
  return { ...reference, digest }
}

function channelNames(text: string): readonly string[] {
  return [...new Set(text.split(',').map(name => name.trim()))].filter(name => name !== '').sort()
}

function readEdge(edge: unknown, at: number, versions: readonly semver.SemVer[], fault: Fault): RawUpdate {
  const [from, to] = Array.isArray(edge) && edge.length === 2 ? edge : []
  const ends = [from, to].map(end => (Number.isInteger(end) ? versions[end]?.version : undefined))
  const [fromVersion, toVersion] = ends
  if (fromVersion === undefined || toVersion === undefined)
    throw fault(`edge ${at}, ${JSON.stringify(edge)}, does not name two of its ${versions.length} nodes`)
  return { from: fromVersion, to: toVersion, risks: [] }
}

function readConditional(group: unknown, at: number, fault: Fault): readonly RawUpdate[] {
  if (!isRecord(group)) throw fault(`conditional edge ${at} is not an object`)
  const risks = listOf(group.risks, 'risks', fault).map(risk => readRisk(risk, at, fault))
  return listOf(group.edges, 'conditional edges', fault).map(edge => {
    const [from, to] = isRecord(edge) ? [edge.from, edge.to].map(plainVersion) : []
    if (from === undefined || to === undefined)
      throw fault(`conditional edge ${at}: ${JSON.stringify(edge)} does not name two versions`)
    if (risks.length === 0) throw fault(`conditional edge ${at}, from ${from} to ${to}, names no risk`)
    return { from, to, risks }
  })
}

function readRisk(risk: unknown, at: number, fault: Fault): Risk {
  const { name, message, url, matchingRules } = isRecord(risk) ? risk : {}
  if (typeof name !== 'string' || name === '') throw fault(`conditional edge ${at} has a risk without a name`)
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const rules = Array.isArray(matchingRules) ? matchingRules : []
  const always = rules.some(rule => isRecord(rule) && rule.type === 'Always')
  return { name, message: text(message), url: text(url), always }
}

function plainVersion(text: unknown): string | undefined {
  return typeof text === 'string' ? semver.parse(text)?.version : undefined
}
