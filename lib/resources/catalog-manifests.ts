/**
 * A mirrored catalog -> the folder that `oc adm catalog mirror` writes: which image is where (`mapping.txt`), mirror rules
 * for clusters, and the CatalogSource. Everything is sorted, and the CatalogSource has a name that Kubernetes takes.
 */
import { ResourceError } from '../errors.ts'
import { type Reference, repositoryName } from '../oci/reference.ts'
import { compareText, type Destination } from '../target.ts'
import type { MirrorRule } from './mirror-rules.ts'
import { type MirrorEntry, mirrorEntries } from './mirror-sets.ts'
import { MAX_OBJECT_BYTES, splitBySize } from './object-size.ts'
import { yamlDocuments, yamlText } from './yaml-text.ts'

export type MirrorScope = 'repository' | 'registry'

export interface CatalogManifests {
  /** What the catalog is called at its source, without registry and namespace: `redhat-operator-index`. */
  readonly name: string
  /** Of the mirror; undefined for a folder, which no cluster pulls from. */
  readonly host: string | undefined
  readonly index: Destination
  readonly images: readonly MirroredImage[]
  readonly scopes: { readonly icsp: MirrorScope; readonly idms: MirrorScope }
  /** Bytes; at most MAX_OBJECT_BYTES. */
  readonly sizes: { readonly icsp: number; readonly idms: number }
}

export interface MirroredImage {
  /** As the catalog names it, or as the command line names the catalog. */
  readonly source: Reference | { readonly file: string }
  readonly destination: Destination
}

export interface ManifestFile {
  /** In the folder. */
  readonly name: string
  readonly text: string
}

const KINDS = {
  icsp: {
    file: 'imageContentSourcePolicy.yaml',
    apiVersion: 'operator.openshift.io/v1alpha1',
    kind: 'ImageContentSourcePolicy',
    member: 'repositoryDigestMirrors',
  },
  idms: {
    file: 'imageDigestMirrorSet.yaml',
    apiVersion: 'config.openshift.io/v1',
    kind: 'ImageDigestMirrorSet',
    member: 'imageDigestMirrors',
  },
} as const
const LABELS = { 'operators.openshift.org/catalog': 'true' }

/** @throws ResourceError for a size that no entry fits into */
export function catalogManifests(catalog: CatalogManifests): readonly ManifestFile[] {
  const mapping = { name: 'mapping.txt', text: mappingText(catalog) }
  const { host, index } = catalog
  if (host === undefined) return [mapping]
  return [
    {
      name: 'catalogSource.yaml',
      text: yamlText({
        apiVersion: 'operators.coreos.com/v1alpha1',
        kind: 'CatalogSource',
        metadata: { name: plainName(catalog.name), namespace: 'openshift-marketplace' },
        spec: { image: `${host}/${index.repository}:${index.tag}`, sourceType: 'grpc' },
      }),
    },
    ...(['icsp', 'idms'] as const).flatMap(kind => policyFile(kind, catalog, host)),
    mapping,
  ]
}

/** `quay.io/a/b@sha256:…=reg.lan/a/b:1f`: what `oc image mirror -f` reads. */
function mappingText({ host, images }: CatalogManifests): string {
  const lines = images.map(({ source, destination: { repository, tag } }) => {
    const place = host === undefined ? `file://${repository}` : `${host}/${repository}`
    return `${sourceText(source)}=${place}:${tag}\n`
  })
  return [...new Set(lines)].sort(compareText).join('')
}

function sourceText(source: MirroredImage['source']): string {
  if ('file' in source) return source.file
  const by = source.digest === undefined ? `:${source.tag ?? 'latest'}` : `@${source.digest}`
  return `${repositoryName(source)}${by}`
}

function policyFile(
  kind: keyof typeof KINDS,
  catalog: CatalogManifests,
  host: string,
): readonly ManifestFile[] {
  const { apiVersion, kind: object, member, file } = KINDS[kind]
  const entries = mirrorEntries(rulesOf(catalog, host, catalog.scopes[kind]))
  if (entries.length === 0) return []
  const make = (part: readonly MirrorEntry[], at: number) => ({
    apiVersion,
    kind: object,
    metadata: { labels: LABELS, name: `${plainName(catalog.name)}-${at}` },
    spec: { [member]: part },
  })
  const limit = Math.min(catalog.sizes[kind], MAX_OBJECT_BYTES)
  const parts = splitBySize(entries, part => make(part, 0), limit)
  const large = parts.find(part => JSON.stringify(make(part, 0)).length > limit)
  if (large !== undefined)
    throw new ResourceError(
      `the mirrors of ${large[0]?.source} do not fit into an ${object} of ${limit} bytes`,
      { hint: `raise --max-${kind}-size; ${MAX_OBJECT_BYTES} is the most that a cluster takes` },
    )
  return [{ name: file, text: yamlDocuments('', parts.map(make)) }]
}

/** Only what is named by digest: a policy says nothing about tags. */
function rulesOf({ images }: CatalogManifests, host: string, scope: MirrorScope): readonly MirrorRule[] {
  return images.flatMap(({ source, destination }) => {
    if ('file' in source || source.digest === undefined) return []
    const rule =
      scope === 'registry'
        ? { source: source.host, mirror: host }
        : { source: repositoryName(source), mirror: `${host}/${destination.repository}` }
    return [{ category: 'operator', by: 'digest', ...rule }]
  })
}

/** A label of DNS (RFC 1123): oc leaves the `/` of longer names in, and the cluster refuses them. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^-+|-+$/g, '')
}
