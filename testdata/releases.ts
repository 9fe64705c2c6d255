/**
 * Builders of OpenShift release payloads as plain data: component images, and the payload whose top layer names each of
 * them by digest. A series is several versions that share most components, as the releases of a channel do. The same
 * input gives the same digests.
 */
import pLimit from 'p-limit'
import type { Digest } from '../lib/oci/digest.ts'
import { type Built, buildImage, buildIndex, buildMultiArch, bytesFromSeed } from './images.ts'
import { pushToServer } from './push.ts'

/** As update graphs and image sets say it. */
export type ReleaseArchitecture = 'amd64' | 'arm64' | 'ppc64le' | 's390x' | 'multi'

export interface Release {
  readonly version: string
  readonly architecture: ReleaseArchitecture
  /** `4.16.2-x86_64` */
  readonly tag: string
  readonly payload: Built
  /** `quay.io/openshift-release-dev/ocp-release@sha256:…`, as update graphs name it. */
  readonly reference: string
  readonly components: ReadonlyMap<string, Built>
  /** KubeVirt machine images by `x86_64` or `s390x`. */
  readonly machines: ReadonlyMap<string, Built>
}

export interface ReleaseOptions {
  readonly version: string
  /** Default amd64. */
  readonly architecture?: ReleaseArchitecture
  /** By name. Text becomes an image made from it, for the platforms of the release. */
  readonly components: Readonly<Record<string, Built | string>>
  /** KubeVirt machine images by `x86_64` or `s390x`; without it the payload has no file of boot images. */
  readonly machines?: Readonly<Record<string, Built | string>>
  /** Versions that can be updated to this one, as the payload itself says. */
  readonly previous?: readonly string[]
  /** More files of the top layer, or others in place of those made: `release-manifests/image-references`. */
  readonly files?: Readonly<Record<string, string>>
}

export const PAYLOAD_REPOSITORY = 'openshift-release-dev/ocp-release'
export const COMPONENT_REPOSITORY = 'openshift-release-dev/ocp-v4.0-art-dev'
export const RELEASE_HOST = 'quay.io'

/** Images pushed at once. */
const PUSHERS = 4

/** How tags of releases write an architecture (oc-mirror v2 naming). */
export const TAG_ARCHITECTURES: Readonly<Record<ReleaseArchitecture, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  multi: 'multi',
}
/** Of a `multi` release here; two are enough to choose between. */
const MULTI_PLATFORMS = ['linux/amd64', 'linux/arm64'] as const

/** One release with all it refers to. */
export function buildRelease(options: ReleaseOptions): Release {
  const { version, architecture = 'amd64' } = options
  const images = (from: Readonly<Record<string, Built | string>> = {}): ReadonlyMap<string, Built> =>
    new Map(
      Object.entries(from).map(([name, image]) => [
        name,
        typeof image === 'string' ? buildComponent(image, architecture) : image,
      ]),
    )
  const components = images(options.components)
  const machines = images(options.machines)
  const files = {
    ...releaseFiles(version, architecture, components, machines, options.previous ?? []),
    ...options.files,
  }
  const payload = buildPayload(version, architecture, files)
  return {
    version,
    architecture,
    tag: `${version}-${TAG_ARCHITECTURES[architecture]}`,
    payload,
    reference: `${RELEASE_HOST}/${PAYLOAD_REPOSITORY}@${payload.manifest.digest}`,
    components,
    machines,
  }
}

/** A component image: one layer that all components share and one of its own. */
export function buildComponent(seed: string, architecture: ReleaseArchitecture = 'amd64'): Built {
  const layers = [bytesFromSeed('base of all components', 3000), bytesFromSeed(`component ${seed}`, 1200)]
  if (architecture === 'multi')
    return buildMultiArch({ seed, platforms: MULTI_PLATFORMS, mediaTypes: 'docker' })
  return buildImage({ layers, platform: { os: 'linux', architecture }, mediaTypes: 'docker' })
}

function buildPayload(
  version: string,
  architecture: ReleaseArchitecture,
  files: Readonly<Record<string, string>>,
): Built {
  const platforms = architecture === 'multi' ? MULTI_PLATFORMS : [`linux/${architecture}`]
  const operator = { 'usr/bin/cluster-version-operator': bytesFromSeed('cluster-version-operator', 5000) }
  const [only, ...others] = platforms.map(text =>
    buildImage({
      layers: [operator, files],
      platform: { os: 'linux', architecture: text.split('/')[1] ?? '' },
      config: { Labels: { 'io.openshift.release': version, 'io.openshift.release.base-image-digest': text } },
      mediaTypes: 'docker',
    }),
  ) as [Built, ...Built[]]
  return architecture === 'multi' ? buildIndex([only, ...others], { mediaTypes: 'docker' }) : only
}

/** What `oc adm release new` puts into a payload, as far as a mirror reads it. */
function releaseFiles(
  version: string,
  architecture: ReleaseArchitecture,
  components: ReadonlyMap<string, Built>,
  machines: ReadonlyMap<string, Built>,
  previous: readonly string[],
): Readonly<Record<string, string>> {
  const references = {
    kind: 'ImageStream',
    apiVersion: 'image.openshift.io/v1',
    metadata: { name: version, creationTimestamp: '2024-07-01T00:00:00Z' },
    spec: {
      lookupPolicy: { local: false },
      tags: [...components].map(([name, image]) => ({
        name,
        annotations: { 'io.openshift.build.source-location': `https://github.com/openshift/${name}` },
        from: { kind: 'DockerImage', name: componentReference(image.manifest.digest) },
        generation: null,
        importPolicy: {},
        referencePolicy: { type: '' },
      })),
    },
    status: { dockerImageRepository: '' },
  }
  const metadata = {
    kind: 'cincinnati-metadata-v0',
    version,
    previous,
    metadata: {
      url: `https://access.redhat.com/errata/${version}`,
      ...(architecture === 'multi' && { 'release.openshift.io/architecture': 'multi' }),
    },
  }
  return {
    'manifests/0000_00_cluster-version-operator.yaml': 'kind: Namespace\n',
    'release-manifests/0000_50_installer_coreos-bootimages.yaml': bootImages(version, machines),
    'release-manifests/image-references': JSON.stringify(references, undefined, 2),
    'release-manifests/release-metadata': JSON.stringify(metadata, undefined, 2),
  }
}

function bootImages(version: string, machines: ReadonlyMap<string, Built>): string {
  const architectures = Object.fromEntries(
    Object.values(TAG_ARCHITECTURES)
      .filter(name => name !== 'multi')
      .map(name => {
        const image = machines.get(name)
        const kubevirt = image && {
          release: version,
          'digest-ref': componentReference(image.manifest.digest),
        }
        return [name, kubevirt === undefined ? { artifacts: {} } : { images: { kubevirt } }]
      }),
  )
  const stream = JSON.stringify({ stream: `rhcos-${version}`, architectures }, undefined, 2)
  return [
    'apiVersion: v1',
    'data:',
    `  releaseVersion: ${version}`,
    '  stream: |',
    ...stream.split('\n').map(line => `    ${line}`),
    'kind: ConfigMap',
    'metadata:',
    '  name: coreos-bootimages',
    '  namespace: openshift-machine-config-operator',
    '',
  ].join('\n')
}

function componentReference(digest: Digest): string {
  return `${RELEASE_HOST}/${COMPONENT_REPOSITORY}@${digest}`
}

/**
 * Puts a release where its references lead once registries.conf sends them here.
 *
 * @param url the registry, `http://127.0.0.1:5000`
 * @param pushed digests that are there already, to which those of this release are added
 */
export async function pushRelease(url: string, release: Release, pushed = new Set<Digest>()): Promise<void> {
  const limit = pLimit(PUSHERS)
  const images = [...release.components.values(), ...release.machines.values()].filter(({ manifest }) => {
    const fresh = !pushed.has(manifest.digest)
    pushed.add(manifest.digest)
    return fresh
  })
  await Promise.all(
    images.map(image => limit(() => pushToServer(url, COMPONENT_REPOSITORY, undefined, image))),
  )
  await pushToServer(url, PAYLOAD_REPOSITORY, release.tag, release.payload)
}

/** A registries.conf that reads the images of these hosts from one registry, under the same paths. */
export function registriesConf(host: string, names: readonly string[]): string {
  return names
    .map(name => `[[registry]]\nprefix = "${name}"\nlocation = "${host}"\ninsecure = true\n`)
    .join('\n')
}
