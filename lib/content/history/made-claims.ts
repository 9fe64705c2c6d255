/**
 * Images that oc-mirror v1 makes itself, catalogs and the image of graph data → where they should be. They are made anew in
 * each run, and which digest came of it is not recorded: whatever is there counts as v1's.
 *
 * Only of what is still asked for: v1 deletes none of them, and so no claim is laid to the others.
 */
import type { ImageSet } from '../../config/index.ts'
import { parseReference, parseRepositoryPath, parseTag, type RepositoryPath } from '../../oci/reference.ts'
import type { HistoricClaim } from './claims.ts'
import type { MirrorHistory } from './history.ts'

/** What v1 made its image of graph data from, and where it put it. */
const GRAPH_BASE = parseReference('registry.access.redhat.com/ubi8/ubi-micro:latest')
const GRAPH_REPOSITORY = parseRepositoryPath('openshift/graph-image')
const GRAPH_TAG = parseTag('latest')

/** @param nest folds a path that is too long for the target, prefix included */
export function madeClaims(
  imageSets: readonly ImageSet[],
  histories: readonly MirrorHistory[],
  nest: (path: RepositoryPath) => RepositoryPath,
): readonly HistoricClaim[] {
  const recorded = new Set(histories.flatMap(({ starts }) => starts.catalogs.map(({ catalog }) => catalog)))
  const sets = imageSets.filter(({ v1 }) => v1 !== undefined)
  const hasGraph = histories.some(history => history.hasGraphImage)
  const asksForGraph = sets.some(({ platform }) => platform?.graph)
  return [
    ...sets.flatMap(({ operators = [] }) => catalogClaims(operators, recorded, nest)),
    ...(hasGraph && asksForGraph ? [graphClaim(nest)] : []),
  ]
}

function catalogClaims(
  sections: NonNullable<ImageSet['operators']>,
  recorded: ReadonlySet<string>,
  nest: (path: RepositoryPath) => RepositoryPath,
): readonly HistoricClaim[] {
  return sections.flatMap(({ catalog, source, targetCatalog, targetTag, v1 }) => {
    if (v1 === undefined || !recorded.has(v1.uniqueName)) return []
    const reference = source.kind === 'registry' ? source.reference : { path: undefined, tag: source.tag }
    const [path, tag] = [targetCatalog ?? reference.path, targetTag ?? reference.tag]
    if (path === undefined || tag === undefined) return []
    return [{ destination: { repository: nest(path), tag }, source, origins: [{ kind: 'catalog', catalog }] }]
  })
}

function graphClaim(nest: (path: RepositoryPath) => RepositoryPath): HistoricClaim {
  return {
    destination: { repository: nest(GRAPH_REPOSITORY), tag: GRAPH_TAG },
    source: { kind: 'registry', reference: GRAPH_BASE },
    origins: [{ kind: 'graphData' }],
  }
}
