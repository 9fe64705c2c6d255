/**
 * What an image is, where only its name on the disk tells: payloads and components of releases, and the image of graph
 * data, have the same names with every tool (oc-mirror v2 and v1, destinations; `oc adm release mirror`, names on a disk).
 */
import type { Origin } from '../../lib/graph/graph.ts'
import type { RepositoryPath, Tag } from '../../lib/oci/reference.ts'

const RELEASE = /^(?<version>.+?)-(?<architecture>x86_64|aarch64|ppc64le|s390x|multi)(?:-(?<component>.+))?$/
const RELEASES: ReadonlySet<string> = new Set(['openshift/release-images', 'openshift/release'])
const GRAPH_IMAGE = 'openshift/graph-image'

/** undefined where the name tells nothing. */
export function originByName(repository: RepositoryPath, tag: Tag): Origin | undefined {
  if (repository === GRAPH_IMAGE) return { kind: 'graphData' }
  if (!RELEASES.has(repository)) return undefined
  const { version, architecture, component } = RELEASE.exec(tag)?.groups ?? {}
  if (version === undefined || architecture === undefined) return undefined
  const origin = { kind: 'release', version, architecture, channels: [] } as const
  return component === undefined ? origin : { ...origin, component }
}
