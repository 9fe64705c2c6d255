/**
 * The version of a release -> its payload, as `oc adm release` finds it: in the update graphs of the version's minor
 * release, channel by channel. Only the service says so; the payload is verified like any other.
 */
import type { ReleaseArchitecture } from '../../config/index.ts'
import { PlanError } from '../../errors.ts'
import type { Documents } from '../documents.ts'
import { type PayloadReference, placeOf, readUpdateGraph } from './update-graph/index.ts'

/** In the order they are asked. */
const CHANNELS = ['fast', 'stable', 'candidate']

export interface VersionQuestion {
  /** `4.16.8` */
  readonly version: string
  readonly architecture: ReleaseArchitecture
  /** In place of the public service (`UPDATE_URL_OVERRIDE`). */
  readonly updateUrl?: string | undefined
}

/** @throws PlanError when no channel has it; PlaceError */
export async function payloadOfVersion(
  { version, architecture, updateUrl }: VersionQuestion,
  documents: Documents,
  signal: AbortSignal,
): Promise<PayloadReference> {
  const minor = version.split('.').slice(0, 2).join('.')
  const names = CHANNELS.map(name => `${name}-${minor}`)
  for (const channel of names) {
    const graph = await readUpdateGraph(
      { product: 'ocp', channel, architecture, ...(updateUrl && { updateUrl }) },
      documents,
      signal,
    )
    const found = graph.releases[placeOf(graph, version) ?? -1]
    if (found !== undefined) return found.payload
  }
  throw new PlanError(`the version ${version} is in none of the channels ${names.join(', ')}`, {
    hint: `name the payload instead: quay.io/openshift-release-dev/ocp-release:${version}-x86_64`,
  })
}
