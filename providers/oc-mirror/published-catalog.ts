/**
 * What oc-mirror v2 made of a catalog, and which of several makings it published: the one whose name is the hash of what
 * the image set asks for.
 */
import { parseImageSet } from '../../lib/config/index.ts'
import { filterHash } from '../../lib/content/operator/filter-hash.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import type { Reference } from '../../lib/oci/reference.ts'
import type { ConfiguredImage, Workspace, WorkspaceConfiguration } from './workspace-model.ts'

/** A whole catalog keeps its digest; undefined where nobody knows which of several is published. */
export function publishedDigest(
  { catalogs, configurations }: Workspace,
  configured: ConfiguredImage,
  { path, digest }: Reference,
): Digest | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const made = catalogs.filter(each => each.name === name && (digest ?? each.digest) === each.digest)
  if (made.length !== 1) return digest
  const [{ digest: whole, filtered }] = made as [(typeof made)[number]]
  if (filtered.length === 0) return whole
  if (filtered.length === 1) return filtered[0]?.digest
  const hash = hashOf(configurations.at(-1), configured, whole)
  return filtered.find(each => each.hash === hash)?.digest
}

/** `registry.example.com/olm/demo-index:v1`: with its tag, also where it is pinned by digest. */
export function configuredName({ source, targetTag }: ConfiguredImage): string {
  const [name = source, digest] = source.split('@')
  if (digest === undefined || name.slice(name.lastIndexOf('/')).includes(':')) return name
  return targetTag === undefined ? source : `${name}:${targetTag}`
}

/** undefined where the image set cannot be read, or does not have the catalog. */
function hashOf(
  configuration: WorkspaceConfiguration | undefined,
  { source }: ConfiguredImage,
  digest: Digest,
): string | undefined {
  if (configuration === undefined) return undefined
  try {
    const { operators = [] } = parseImageSet({ path: configuration.file, text: configuration.text })
    const section = operators.find(each => each.catalog === source)
    return section && filterHash(section, digest)
  } catch {
    return undefined
  }
}
