/**
 * Images of a state -> which repository of a source is mirrored where, for which part of a cluster, and whether it is
 * pulled from there by digest or by tag. This is all that mirror sets, snippets and node files are made of.
 *
 * Catalogs, samples and the data of the update service are named by resources of their own and pulled under the mirror's
 * name.
 */
import type { Origin } from '../graph/graph.ts'
import { parseSource } from '../graph/naming.ts'
import { hexOf } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { StateImage } from '../state.ts'
import { compareText } from '../target.ts'
import { isNameable, registryOf } from './mirror-registry.ts'
import type { HeldImages } from './resource.ts'

/** Mirror sets are kept apart by it (oc-mirror v2: one object for each). */
export type Category = 'release' | 'operator' | 'generic'
export type PulledBy = 'digest' | 'tag'

export interface MirroredRepository {
  readonly category: Category
  readonly by: PulledBy
  readonly source: Repository
  readonly mirror: Repository
}

export interface Repository {
  readonly host: string
  /** Empty for a registry as a whole. */
  readonly path: RepositoryPath | ''
}

/**
 * Each once, sorted. Images that came from a folder have no name that a cluster could ask for, and those of a registry
 * that has none but an IPv6 address no mirror set can name: they are left out.
 */
export function mirroredRepositories({ target, images }: HeldImages): readonly MirroredRepository[] {
  const { host } = registryOf(target)
  const found = new Map<string, MirroredRepository>()
  for (const image of images) {
    const source = parseSource(image.source)
    if (source.kind !== 'registry' || !isNameable(source.reference.host)) continue
    const { tag, digest } = source.reference
    const from: Repository = { host: source.reference.host, path: source.reference.path }
    const mirror: Repository = { host, path: image.destination.repository }
    if (repositoryText(from) === repositoryText(mirror)) continue
    for (const category of categoriesOf(image.origins))
      for (const by of pulledBy(image, tag !== undefined, digest !== undefined)) {
        const each = { category, by, source: from, mirror }
        found.set([category, by, repositoryText(from), repositoryText(mirror)].join(' '), each)
      }
  }
  return [...found.entries()].sort(([a], [b]) => compareText(a, b)).map(([, each]) => each)
}

/** `quay.io/acme/widget`; a registry as a whole is its host. */
export function repositoryText({ host, path }: Repository): string {
  return path === '' ? host : `${host}/${path}`
}

/**
 * By digest where the reference has one, by tag where it has a tag (oc-mirror v2). A release payload is looked for by
 * both, because installers and people name it by its tag, unless it never had one.
 */
function pulledBy(image: StateImage, hasTag: boolean, hasDigest: boolean): readonly PulledBy[] {
  const isPayload = image.origins.some(origin => origin.kind === 'release' && origin.component === undefined)
  const isNamed = image.destination.tag !== hexOf(image.sourceDigest ?? image.digest)
  const byDigest = hasDigest || isPayload
  const byTag = hasTag || !hasDigest || (isPayload && isNamed)
  return [...(byDigest ? (['digest'] as const) : []), ...(byTag ? (['tag'] as const) : [])]
}

function categoriesOf(origins: readonly Origin[]): ReadonlySet<Category> {
  return new Set(origins.flatMap(origin => categoryOf(origin) ?? []))
}

function categoryOf(origin: Origin): Category | undefined {
  switch (origin.kind) {
    case 'release':
      return 'release'
    case 'bundle':
      return 'operator'
    case 'additionalImage':
    case 'chart':
    case 'mapping':
      return 'generic'
    case 'catalog':
    case 'graphData':
    case 'sample':
      return undefined
    default:
      return origin satisfies never
  }
}
