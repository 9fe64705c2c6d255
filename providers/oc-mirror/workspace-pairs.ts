/**
 * A workspace -> images and where they should be, by the rules that clusters were given and oc-mirror v2's naming
 * ("Destination naming summary"). Whether they are there is for the registry to say.
 */
import { imagePlace } from '../../lib/content/operator/destination.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { formatReference, parseReference, type Reference, repositoryName } from '../../lib/oci/reference.ts'
import { compareText } from '../../lib/target.ts'
import type { ConfiguredImage, MirrorRule, Workspace } from './workspace-model.ts'

export interface ProposedImage {
  readonly kind: 'release' | 'component' | 'catalog' | 'operator' | 'additional'
  /** The reference it was copied from. */
  readonly source: string
  /** `reg.lan/ns/openshift/release:4.16.2-x86_64-etcd` */
  readonly destination: string
  /** What should be there; undefined where only the target can say. */
  readonly digest: Digest | undefined
}

export interface Proposal {
  /** By destination, each once. */
  readonly images: readonly ProposedImage[]
  /** Sources that no rule leads to the target, sorted. */
  readonly unplaced: readonly string[]
}

/** Where release images come from unless a rule says otherwise. */
const RELEASES = 'quay.io/openshift-release-dev/ocp-release'
const RELEASE_IMAGES = /(?:^|\/|-)openshift[/-]release-images$/

export function proposePairs(workspace: Workspace): Proposal {
  const unplaced = new Set<string>()
  const images: ProposedImage[] = []
  const propose = (
    kind: ProposedImage['kind'],
    source: string,
    digest: Digest | undefined,
    place: string | undefined,
  ): void => {
    if (place === undefined) unplaced.add(source)
    else images.push({ kind, source, digest, destination: place })
  }
  const at = (reference: Reference, tag: string): string | undefined => {
    const repository = mirrorOf(repositoryName(reference), workspace.rules)
    return repository && `${repository}:${tag}`
  }

  const releases = workspace.rules.find(({ mirror }) => RELEASE_IMAGES.test(mirror))
  for (const { tag, digest, components } of workspace.releases) {
    const source = releases?.source ?? RELEASES
    const place = releases && `${releases.mirror}:${tag}`
    propose('release', digest === undefined ? `${source}:${tag}` : `${source}@${digest}`, digest, place)
    for (const { name, image } of components)
      propose('component', formatReference(image), image.digest, at(image, `${tag}-${name}`))
  }
  for (const text of new Set(workspace.catalogs.flatMap(catalog => catalog.images))) {
    const image = referenceOf(text)
    if (image === undefined) continue
    propose('operator', text, image.digest, at(image, imagePlace(image).tag))
  }
  const latest = workspace.configurations.at(-1)
  for (const configured of latest?.images ?? []) {
    const image = referenceOf(configured.source)
    if (image === undefined) unplaced.add(configured.source)
    else if (configured.kind === 'catalog')
      propose(
        'catalog',
        configured.source,
        publishedDigest(workspace, image),
        catalogAt(workspace, configured, image),
      )
    else
      propose(
        'additional',
        configured.source,
        image.digest,
        at(image, configured.targetTag ?? imagePlace(image).tag),
      )
  }
  const keyed = new Map(images.map(image => [image.destination, image]))
  return {
    images: [...keyed].sort(([a], [b]) => compareText(a, b)).map(([, image]) => image),
    unplaced: [...unplaced].sort(compareText),
  }
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
function catalogAt(
  { catalogImages }: Workspace,
  { targetRepository, targetTag }: ConfiguredImage,
  image: Reference,
): string | undefined {
  const repository = targetRepository ?? image.path
  const tag = targetTag ?? imagePlace(image).tag
  const folded = repository.replaceAll('/', '-')
  return catalogImages.find(
    place => place.endsWith(`/${repository}:${tag}`) || place.endsWith(`/${folded}:${tag}`),
  )
}

/** A whole catalog keeps its digest; of several that were made of it nobody knows which one is published. */
function publishedDigest({ catalogs }: Workspace, { path, digest }: Reference): Digest | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const catalog = catalogs.find(each => each.name === name && each.digest === digest)
  if (catalog === undefined || catalog.filtered.length === 0) return digest
  return catalog.filtered.length === 1 ? catalog.filtered[0]?.digest : undefined
}

/** undefined for `oci://…` and what is no reference. */
function referenceOf(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch {
    return undefined
  }
}
