/**
 * A workspace -> images and where oc-mirror v2 puts them ("Destination naming summary"): at a registry, by the rules that
 * clusters were given, or by name alone, as in its cache and its archives. Whether they are there is for that place to say.
 */
import { imagePlace } from '../../lib/content/operator/destination.ts'
import type { Origin } from '../../lib/graph/graph.ts'
import { mergeOrigins } from '../../lib/graph/origins.ts'
import type { Digest } from '../../lib/oci/digest.ts'
import { formatReference, parseReference, type Reference, repositoryName } from '../../lib/oci/reference.ts'
import { compareText } from '../../lib/target.ts'
import { configuredName, publishedDigest } from './published-catalog.ts'
import type { ConfiguredImage, Workspace, WorkspaceCatalog } from './workspace-model.ts'
import { byName, byRules, type Naming } from './workspace-naming.ts'

export interface ProposedImage {
  readonly kind: 'release' | 'component' | 'catalog' | 'operator' | 'additional'
  /** The reference it was copied from. */
  readonly source: string
  /** `reg.lan/ns/openshift/release:4.16.2-x86_64-etcd`; by name alone without the registry and its prefix. */
  readonly destination: string
  /** What should be there; undefined where only that place can say. */
  readonly digest: Digest | undefined
  readonly origins: readonly Origin[]
}

export interface Proposal {
  /** By destination, each once. */
  readonly images: readonly ProposedImage[]
  /** Sources that no rule leads to the target, sorted. */
  readonly unplaced: readonly string[]
}

/** Where release images come from unless a rule says otherwise. */
const RELEASES = 'quay.io/openshift-release-dev/ocp-release'

/** At the registry that the rules lead to. */
export function proposePairs(workspace: Workspace): Proposal {
  return propose(workspace, byRules(workspace))
}

/** Below whatever prefix they are put. */
export function proposeNames(workspace: Workspace): Proposal {
  return propose(workspace, byName)
}

function propose(workspace: Workspace, naming: Naming): Proposal {
  const unplaced = new Set<string>()
  const images = new Map<string, ProposedImage>()
  const add = (place: string | undefined, image: Omit<ProposedImage, 'destination'>): void => {
    if (place === undefined) unplaced.add(image.source)
    else {
      const before = images.get(place)
      const origins = mergeOrigins([...(before?.origins ?? []), ...image.origins])
      images.set(place, { ...image, destination: place, origins })
    }
  }
  for (const { tag, digest, components } of workspace.releases) {
    const source = naming.releases?.source ?? RELEASES
    const origin = releaseOrigin(tag)
    add(naming.releases && `${naming.releases.mirror}:${tag}`, {
      kind: 'release',
      source: digest === undefined ? `${source}:${tag}` : `${source}@${digest}`,
      digest,
      origins: [origin],
    })
    for (const { name, image } of components)
      add(naming.component(image, `${tag}-${name}`), {
        kind: 'component',
        source: formatReference(image),
        digest: image.digest,
        origins: [{ ...origin, component: name }],
      })
  }
  const latest = workspace.configurations.at(-1)?.images ?? []
  for (const catalog of workspace.catalogs)
    for (const { images: references, ...bundle } of catalog.bundles)
      for (const text of references) {
        const image = referenceOf(text)
        if (image === undefined) continue
        const origin: Origin = { kind: 'bundle', catalog: nameOfCatalog(catalog, latest), ...bundle }
        const place = naming.image(image, imagePlace(image).tag)
        add(place, { kind: 'operator', source: text, digest: image.digest, origins: [origin] })
      }
  for (const configured of latest) proposeConfigured(workspace, configured, naming, add, unplaced)
  return {
    images: [...images].sort(([a], [b]) => compareText(a, b)).map(([, image]) => image),
    unplaced: [...unplaced].sort(compareText),
  }
}

function proposeConfigured(
  workspace: Workspace,
  configured: ConfiguredImage,
  naming: Naming,
  add: (place: string | undefined, image: Omit<ProposedImage, 'destination'>) => void,
  unplaced: Set<string>,
): void {
  const { kind, source, targetTag, targetRepository } = configured
  const image = referenceOf(source)
  if (image === undefined) unplaced.add(source)
  else if (kind === 'catalog') {
    const digest = publishedDigest(workspace, configured, image)
    const origins: readonly Origin[] = [{ kind: 'catalog', catalog: configuredName(configured) }]
    add(naming.catalog(configured, image, digest), { kind, source, digest, origins })
  } else {
    const place = naming.image(image, targetTag ?? imagePlace(image).tag, targetRepository)
    const origins: readonly Origin[] = [{ kind: 'additionalImage', name: source }]
    add(place, { kind, source, digest: image.digest, origins })
  }
}

const RELEASE_TAG = /^(?<version>.+)-(?<architecture>x86_64|aarch64|ppc64le|s390x|multi)$/

/** `4.16.2-x86_64`; of a release that was named by digest the digest's hex, which says no more. */
function releaseOrigin(tag: string): Origin & { readonly kind: 'release' } {
  const { version = tag, architecture = 'x86_64' } = RELEASE_TAG.exec(tag)?.groups ?? {}
  return { kind: 'release', version, architecture, channels: [] }
}

function nameOfCatalog(catalog: WorkspaceCatalog, configured: readonly ConfiguredImage[]): string {
  const found = configured.find(each => {
    const image = each.kind === 'catalog' ? referenceOf(each.source) : undefined
    const isNamed = image !== undefined && repositoryName(image).endsWith(`/${catalog.name}`)
    return isNamed && (image.digest ?? catalog.digest) === catalog.digest
  })
  return found === undefined ? `${catalog.name}@${catalog.digest}` : configuredName(found)
}

/** undefined for `oci://…` and what is no reference. */
function referenceOf(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch {
    return undefined
  }
}
