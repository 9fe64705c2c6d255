/**
 * The update graph of one channel: which releases it has, and from which of them to which others a cluster may be
 * updated, with or without a risk.
 *
 * Releases stand in the order of their versions and are named by their place in it, so that comparing versions is
 * comparing numbers.
 */
import semver from 'semver'
import type { ReleaseArchitecture, ReleaseProduct } from '../../../config/index.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { Reference } from '../../../oci/reference.ts'

/** Releases offered on either side of a version that is not in a graph. */
const OFFERED = 2

export type PayloadReference = Reference & { readonly digest: Digest }

export interface UpdateGraph {
  readonly product: ReleaseProduct
  /** `stable-4.16` */
  readonly channel: string
  readonly architecture: ReleaseArchitecture
  /** Lowest version first. */
  readonly releases: readonly GraphRelease[]
  /** For each release the updates it offers, highest version first. */
  readonly updates: readonly (readonly Update[])[]
}

export interface GraphRelease {
  /** Without build metadata: `4.16.8`, `4.18.0-okd-scos.8`. */
  readonly version: string
  readonly payload: PayloadReference
  /** Every channel that has it, as far as the graph says, sorted. */
  readonly channels: readonly string[]
  /** The page of its errata, where the graph names one. */
  readonly url?: string
}

export interface Update {
  /** Its place in `releases`. */
  readonly to: number
  /** Empty where the update is recommended without condition. */
  readonly risks: readonly Risk[]
}

/** Why an update is recommended to some clusters only (Cincinnati, "conditional edges"). */
export interface Risk {
  readonly name: string
  readonly message: string
  readonly url: string
  /** Every cluster has it (a matching rule `Always`): the update is recommended to none. */
  readonly always: boolean
}

/** Semantic versions, prereleases below their release. */
export function compareVersions(a: string, b: string): number {
  return semver.compare(a, b)
}

/** A whole semantic version, without a leading `v`. */
export function isVersion(text: string): boolean {
  return semver.valid(text) !== null && !text.startsWith('v')
}

/** Where a version stands in the graph; undefined where it is not in it. */
export function placeOf(graph: UpdateGraph, version: string): number | undefined {
  let low = 0
  let high = graph.releases.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const order = compareVersions(graph.releases[middle]?.version ?? '', version)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

/** The highest version; undefined for a channel without releases. */
export function headOf(graph: UpdateGraph): GraphRelease | undefined {
  return graph.releases.at(-1)
}

/** The releases on either side of a version that is not in the graph, lowest first. */
export function nearestVersions(graph: UpdateGraph, version: string): readonly string[] {
  const versions = graph.releases.map(release => release.version)
  const above = versions.findIndex(other => compareVersions(other, version) > 0)
  const at = above < 0 ? versions.length : above
  return versions.slice(Math.max(0, at - OFFERED), at + OFFERED)
}
