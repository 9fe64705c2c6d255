/**
 * What a run of oc-mirror v2 leaves behind, with real images: one release, one filtered catalog, two additional images, as its
 * cache, its workspace and the registry that it fills (oc-mirror v2, worked example). Written from its specification.
 */
import { filterHash } from '../lib/content/operator/filter-hash.ts'
import type { Digest } from '../lib/oci/digest.ts'
import { digestTag, parseReference } from '../lib/oci/reference.ts'
import { buildCatalogImage, type CatalogImageOptions, DEMO_OPERATORS, sketchCatalog } from './catalogs.ts'
import { type Built, buildImage } from './images.ts'
import type { StoredSet } from './oc-mirror-archives.ts'
import type { Signer } from './release-signing.ts'
import { buildRelease, PAYLOAD_REPOSITORY, RELEASE_HOST, type Release } from './releases.ts'
import { updateGraph } from './update-graph-server.ts'

export interface OcMirrorRun {
  readonly release: Release
  /** By the names in the cache. */
  readonly cache: StoredSet
  /** Where disk to mirror puts everything, below the prefix. */
  readonly published: ReadonlyMap<string, Built>
  /** Named without `working-dir/`; without what is written for a registry. */
  readonly workingDir: Readonly<Record<string, string | Uint8Array>>
  /** As a person wrote it; JSON is YAML. */
  readonly imageSet: string
}

const CATALOG = 'registry.example.com/olm/demo-index'
const PACKAGES = [{ name: 'widget', channels: [{ name: 'stable' }] }] as const
const CHANNEL = 'stable-4.16'

export async function ocMirrorRun(signer: Signer): Promise<OcMirrorRun> {
  const release = buildRelease({ version: '4.16.2', components: { cli: 'cli', tools: 'tools' } })
  const whole = buildCatalogImage(sketchCatalog().files)
  const kept = sketchCatalog([
    {
      name: DEMO_OPERATORS[0].name,
      defaultChannel: 'stable',
      channels: { stable: ['2.0.0 replaces 1.2.0'] },
    },
  ])
  const made = filteredAsOcMirror(kept.files)
  const { digest } = whole.manifest
  const hash = filterHash(
    { catalog: `${CATALOG}:v1`, packages: HASHED, full: false, skipDependencies: false, platforms: [] },
    digest,
  )
  const both: StoredSet = {
    'ubi8/ubi:latest': buildImage({ seed: 'ubi' }),
    'team/renamed:2': buildImage({ seed: 'tool' }),
    'openshift/graph-image:latest': buildImage({ seed: 'graph data' }),
    [`openshift/release-images:${release.tag}`]: release.payload,
    ...Object.fromEntries(
      [...release.components].map(([name, image]) => [`openshift/release:${release.tag}-${name}`, image]),
    ),
    ...Object.fromEntries([...kept.images].map(([text, image]) => [placeOf(text), image])),
  }
  const signature = await signer.sign(
    release.payload.manifest.digest,
    `${RELEASE_HOST}/${PAYLOAD_REPOSITORY}:${release.tag}`,
  )
  return {
    release,
    cache: { ...both, 'olm/demo-index:v1': whole, [`olm/demo-index:${hash}`]: made },
    published: new Map(Object.entries({ ...both, 'olm/demo-index:v1': made })),
    workingDir: {
      ...releaseFiles(release, signature),
      ...catalogFiles(digest, hash, made.manifest.digest, kept.files),
      'isc_pinned_2026-01-02T03:04:05Z.yaml': imageSetText(`${CATALOG}@${digest}`, 'v1'),
    },
    imageSet: imageSetText(`${CATALOG}:v1`),
  }
}

/** The demo catalog with two more layers, in which nothing is as in ours but what the documents say. */
export function filteredAsOcMirror(
  files: Readonly<Record<string, string>>,
  whole: Readonly<Record<string, string>> = sketchCatalog().files,
  options: Pick<CatalogImageOptions, 'platforms' | 'mediaTypes'> = {},
): Built {
  const served = Object.entries(files).map(([name, text]) => [`configs/${name}`, `${text}\n`] as const)
  return buildCatalogImage(whole, { ...options, above: [{ '.wh.configs': '' }, Object.fromEntries(served)] })
}

/** What disk to mirror writes for clusters. @param place `reg.lan/ns` */
export function clusterResources(place: string): Readonly<Record<string, string>> {
  const digestMirrors = [
    ['quay.io/openshift-release-dev/ocp-v4.0-art-dev', 'openshift/release'],
    ['quay.io/openshift-release-dev/ocp-release', 'openshift/release-images'],
    ['registry.example.com/acme', 'acme'],
    ['quay.io/acme', 'acme'],
  ]
  const tagMirrors = [
    ['registry.redhat.io/ubi8', 'ubi8'],
    ['quay.io/team/tool', 'team/renamed'],
  ]
  const mirrors = (pairs: readonly (readonly string[])[]) =>
    pairs.map(([source, path]) => ({ source, mirrors: [`${place}/${path}`] }))
  return {
    'cluster-resources/idms-oc-mirror.yaml': JSON.stringify({
      kind: 'ImageDigestMirrorSet',
      spec: { imageDigestMirrors: mirrors(digestMirrors) },
    }),
    'cluster-resources/itms-oc-mirror.yaml': JSON.stringify({
      kind: 'ImageTagMirrorSet',
      spec: { imageTagMirrors: mirrors(tagMirrors) },
    }),
    'cluster-resources/cs-demo-index-v1.yaml': JSON.stringify({
      kind: 'CatalogSource',
      spec: { image: `${place}/olm/demo-index:v1`, sourceType: 'grpc' },
    }),
    'cluster-resources/updateService.yaml': JSON.stringify({
      kind: 'UpdateService',
      spec: { graphDataImage: `${place}/openshift/graph-image:latest` },
    }),
  }
}

const HASHED = PACKAGES.map(({ name, channels }) => ({ name, channels, bundles: [], place: '' }))

function releaseFiles(
  release: Release,
  signature: Uint8Array,
): Readonly<Record<string, string | Uint8Array>> {
  const { tag, payload, components } = release
  const folder = `hold-release/ocp-release/${tag}/release-manifests`
  const component = ([name, { manifest }]: readonly [string, Built]) => ({
    name,
    from: { kind: 'DockerImage', name: `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${manifest.digest}` },
  })
  return {
    [`signatures/${tag}-sha256-${payload.manifest.digest.slice('sha256:'.length)}`]: signature,
    [`${folder}/image-references`]: JSON.stringify({
      kind: 'ImageStream',
      apiVersion: 'image.openshift.io/v1',
      metadata: { name: release.version },
      spec: { tags: [...components].map(component) },
    }),
    [`hold-release/cincinnati-graph-data/amd64-${CHANNEL}.json`]: JSON.stringify(
      updateGraph([release], undefined, { channels: [CHANNEL] }),
    ),
  }
}

function catalogFiles(
  digest: Digest,
  hash: string,
  made: Digest,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const folder = `operator-catalogs/demo-index/${digest.slice('sha256:'.length)}/filtered-catalogs/${hash}`
  const configs = Object.entries(files).map(([name, text]) => [`${folder}/catalog-config/${name}`, text])
  return { [`${folder}/digest`]: made.slice('sha256:'.length), ...Object.fromEntries(configs) }
}

function imageSetText(catalog: string, targetTag?: string): string {
  const mirror = {
    platform: { graph: true, channels: [{ name: CHANNEL, minVersion: '4.16.2', maxVersion: '4.16.2' }] },
    operators: [{ catalog, ...(targetTag && { targetTag }), packages: PACKAGES }],
    additionalImages: [
      { name: 'registry.redhat.io/ubi8/ubi:latest' },
      { name: 'quay.io/team/tool:1', targetRepo: 'team/renamed', targetTag: '2' },
    ],
  }
  return JSON.stringify(
    { apiVersion: 'mirror.openshift.io/v2alpha1', kind: 'ImageSetConfiguration', mirror },
    undefined,
    2,
  )
}

function placeOf(text: string): string {
  const { path, tag, digest } = parseReference(text)
  return `${path}:${tag ?? (digest && digestTag(digest))}`
}
