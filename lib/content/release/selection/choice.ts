/** What is asked of the update graphs, and what is chosen from them: plain data on both sides of the selection. */
import type { ReleaseArchitecture, ReleaseChannel, ReleaseProduct } from '../../../config/index.ts'
import type { Selection } from '../../selection.ts'
import type { PayloadReference, UpdateGraph } from '../update-graph/graph.ts'

/** Whether updates that are recommended to some clusters only may be on a way; they never are where another way is. */
export type ConditionalUpdates = 'allow' | 'avoid'

export interface ReleaseRequest {
  readonly channels: readonly ReleaseChannel[]
  readonly architecture: ReleaseArchitecture
  /** Default: `allow`. */
  readonly conditionalUpdates?: ConditionalUpdates
  /** Asked in place of the public service, for `ocp` channels (`UPDATE_URL_OVERRIDE`). */
  readonly updateUrl?: string
  /** Present where the rules of oc-mirror v1 hold. */
  readonly v1?: V1Rules
}

export interface V1Rules {
  /** By channel: the release that earlier runs of v1 began with, from which a channel without versions is kept. */
  readonly starts: ReadonlyMap<string, string>
}

/** A graph that is at hand; undefined where there is none (asked for or not, the channel has no releases). */
export type GraphLookup = (product: ReleaseProduct, channel: string) => UpdateGraph | undefined

export interface SelectedRelease {
  readonly version: string
  readonly payload: PayloadReference
  readonly product: ReleaseProduct
  readonly architecture: ReleaseArchitecture
  /** Channels that asked for it, sorted. */
  readonly channels: readonly string[]
  /** `head of the channel`, `requested as minVersion`; several reasons with a comma. */
  readonly why: string
}

export interface ReleaseChoice {
  /** Lowest version first, each payload once. */
  readonly releases: readonly SelectedRelease[]
  /** One for each channel, and for each one that lies between two of them. */
  readonly selections: readonly Selection[]
  /** Graphs the choice was made from, those between two channels included. */
  readonly graphs: readonly UpdateGraph[]
}
