/**
 * Where oc-mirror v2 puts things: by the mirror rules of the clusters, which end in a registry; or by name alone, which is
 * how its cache and its archives call them.
 */
import { imagePlace } from '../../lib/content/operator/destination.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { type Reference, repositoryName, tagByDigest } from '../../lib/oci/reference.ts'
import type { ConfiguredImage, MirrorRule, Workspace } from './workspace-model.ts'

/** Gives `repository:tag` each; undefined where nothing says where. */
export interface Naming {
  /** Of payloads: where from, and in which repository they are. */
  readonly releases: Pick<MirrorRule, 'source' | 'mirror'> | undefined
  component(image: Reference, tag: string): string | undefined
  image(image: Reference, tag: string, targetRepository?: string): string | undefined
  /** @param published the digest there, where it is known */
  catalog(configured: ConfiguredImage, image: Reference, published: Digest | undefined): string | undefined
}

const RELEASE_IMAGES = /(?:^|\/|-)openshift[/-]release-images$/

export function byRules(workspace: Workspace): Naming {
  const at = (reference: Reference, tag: string): string | undefined => {
    const repository = mirrorOf(repositoryName(reference), workspace.rules)
    return repository && `${repository}:${tag}`
  }
  return {
    releases: workspace.rules.find(({ mirror }) => RELEASE_IMAGES.test(mirror)),
    component: at,
    image: at,
    catalog: (configured, image, published) =>
      catalogAt(workspace, repositoryOf(configured, image), tagOf(configured, image, published)),
  }
}

export const byName: Naming = {
  releases: {
    source: 'quay.io/openshift-release-dev/ocp-release',
    mirror: 'openshift/release-images',
  },
  component: (_image, tag) => `openshift/release:${tag}`,
  image: ({ path }, tag, targetRepository = path) => `${targetRepository}:${tag}`,
  catalog: (configured, image, published) =>
    `${repositoryOf(configured, image)}:${tagOf(configured, image, published)}`,
}

/** The most exact rule wins, as on a node. */
function mirrorOf(repository: string, rules: readonly MirrorRule[]): string | undefined {
  let best: MirrorRule | undefined
  for (const rule of rules) {
    const applies = repository === rule.source || repository.startsWith(`${rule.source}/`)
    if (applies && rule.source.length > (best?.source.length ?? -1)) best = rule
  }
  return best && `${best.mirror}${repository.slice(best.source.length)}`
}

/** No rule leads to a catalog: clusters name it where it is. */
function catalogAt({ catalogImages }: Workspace, repository: string, tag: string): string | undefined {
  const folded = repository.replaceAll('/', '-')
  return catalogImages.find(
    place => place.endsWith(`/${repository}:${tag}`) || place.endsWith(`/${folded}:${tag}`),
  )
}

function repositoryOf({ targetRepository }: ConfiguredImage, image: Reference): string {
  return targetRepository ?? image.path
}

/** Of a catalog by digest that of what is published (oc-mirror v2, catalog destination). */
function tagOf({ targetTag }: ConfiguredImage, image: Reference, published: Digest | undefined): string {
  if (targetTag !== undefined || image.tag !== undefined) return targetTag ?? image.tag ?? ''
  return published === undefined ? imagePlace(image).tag : tagByDigest(published)
}
