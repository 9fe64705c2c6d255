/**
 * The deletes of a plan → oc-mirror's `kind: DeleteImageList` (oc-mirror v2, `delete --generate`), for whoever reviews such
 * lists or has another program read them. Sorted by reference, each once.
 */
import { stringify } from 'yaml'
import { DELETE_LIST_KIND } from '../config/delete-list.ts'
import type { ImageContent, Origin } from '../graph/graph.ts'
import { compareText, formatDestination } from '../target.ts'
import type { Plan } from './plan.ts'

interface Item {
  readonly imageName: string
  readonly imageReference: string
  readonly type: string
}

/** YAML; signatures and other tags that leave with their image are not in it. */
export function deleteListText({ target, changes }: Pick<Plan, 'target' | 'changes'>): string {
  const items = changes
    .flatMap(({ action, image }): readonly Item[] =>
      action === 'delete'
        ? [
            {
              imageName: nameOf(image),
              imageReference: `docker://${formatDestination(target, image.destination)}`,
              type: typeOf(image.origins[0]),
            },
          ]
        : [],
    )
    .toSorted((a, b) => compareText(a.imageReference, b.imageReference))
  return stringify(
    { apiVersion: 'mirror.openshift.io/v2alpha1', kind: DELETE_LIST_KIND, items },
    { lineWidth: 0, indentSeq: false },
  )
}

/** What asked for it: an additional image as written, everything else by its source. */
function nameOf({ origins: [origin], source }: ImageContent): string {
  if (origin?.kind === 'additionalImage') return origin.name
  const isComponent = origin?.kind === 'release' && origin.component !== undefined
  return isComponent || origin === undefined ? source : `docker://${source}`
}

/** A state does not tell the image of a bundle from those that the bundle needs. */
function typeOf(origin: Origin | undefined): string {
  switch (origin?.kind) {
    case 'release':
      return origin.component === undefined ? 'ocpRelease' : 'ocpReleaseContent'
    case 'graphData':
      return 'cincinnatiGraph'
    case 'catalog':
      return 'operatorCatalog'
    case 'bundle':
      return 'operatorRelatedImage'
    case 'chart':
      return 'helmImage'
    case 'additionalImage':
    case 'sample':
    case 'mapping':
    case undefined:
      return 'generic'
    default:
      return origin satisfies never
  }
}
