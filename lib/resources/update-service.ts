/**
 * Releases and graph data of a state -> the UpdateService that serves them to clusters (oc-mirror v2). Both places are
 * those of the mirror, so that they are right with folded paths too.
 */
import type { StateImage } from '../state.ts'
import { compareText, formatDestination, formatRepository } from '../target.ts'
import type { ClusterObject, HeldImages } from './resource.ts'

export interface UpdateServiceChoice {
  /** Absent where the mirror holds no graph data, or nothing that it is about. */
  readonly object?: ClusterObject
  readonly notes: readonly string[]
}

const NAMESPACE = 'openshift-update-service'

export function updateService({ target, images }: HeldImages): UpdateServiceChoice {
  const graph = images.find(({ origins }) => origins.some(({ kind }) => kind === 'graphData'))
  if (graph === undefined) return { notes: [] }
  const repositories = new Set(releasePayloads(images).map(({ destination }) => destination.repository))
  const [releases, ...others] = [...repositories].sort(compareText)
  if (releases === undefined)
    return { notes: ['The mirror holds graph data and no release: there is no UpdateService.'] }
  return {
    object: {
      apiVersion: 'updateservice.operator.openshift.io/v1',
      kind: 'UpdateService',
      metadata: { name: 'update-service-oc-mirror', namespace: NAMESPACE },
      spec: {
        replicas: 2,
        releases: formatRepository(target, releases),
        graphDataImage: formatDestination(target, graph.destination),
      },
    },
    notes:
      others.length === 0
        ? []
        : [
            `Releases are in several repositories; the UpdateService serves ${formatRepository(target, releases)} only.`,
          ],
  }
}

export function releasePayloads(images: readonly StateImage[]): readonly StateImage[] {
  return images.filter(({ origins }) =>
    origins.some(origin => origin.kind === 'release' && origin.component === undefined),
  )
}
