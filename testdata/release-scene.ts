/**
 * A mirror of releases on the command line: payloads at a registry that registries.conf puts in place of quay.io, an
 * update-graph server that signs what it lists, and a workspace whose environment points there.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Digest } from '../lib/oci/digest.ts'
import { MANIFEST_ACCEPT } from '../lib/oci/media-types.ts'
import type { Built } from './images.ts'
import { IMAGE_SET, type MirrorScene, mirrorScene } from './mirror-scene.ts'
import { createSigner, type Signer } from './release-signing.ts'
import {
  PAYLOAD_REPOSITORY,
  pushRelease,
  RELEASE_HOST,
  type Release,
  type ReleaseArchitecture,
  registriesConf,
} from './releases.ts'
import type { TestEnd } from './temp.ts'
import {
  startUpdateGraphServer,
  type UpdateGraph,
  type UpdateGraphServer,
  updateGraph,
} from './update-graph-server.ts'

/** Where releases come from: shared by the tests of a file. */
export interface ReleaseSource {
  readonly host: string
  readonly url: string
  readonly signer: Signer
  /** Pushes the releases and what they refer to. */
  push(...releases: readonly Release[]): Promise<void>
  signatureOf(release: Release): Promise<Uint8Array>
}

/** `mirror.platform` of an image set. */
export interface PlatformText {
  readonly graph?: boolean
  readonly channels?: readonly ChannelText[]
  readonly architectures?: readonly ReleaseArchitecture[]
  readonly platforms?: readonly { readonly os: string; readonly architecture: string }[]
  readonly release?: string
  readonly kubeVirtContainer?: boolean
}

export interface ChannelText {
  readonly name: string
  readonly type?: 'ocp' | 'okd'
  readonly minVersion?: string
  readonly maxVersion?: string
  readonly shortestPath?: boolean
  readonly full?: boolean
}

export interface ReleaseScene extends MirrorScene {
  readonly graphs: UpdateGraphServer
  /** What its commands find in their environment: where graphs and signatures are, and the key. */
  readonly environment: Readonly<Record<string, string>>
  /** Replaces the image set. */
  wantPlatform(platform: PlatformText): void
  /** Replaces a channel of one architecture; its releases are signed. */
  publish(channel: string, releases: readonly Release[], graph?: UpdateGraph): Promise<void>
}

export const BASE_HOST = 'registry.access.redhat.com'

/** @param registry `127.0.0.1:PORT` is in its `host` */
export async function releaseSource(registry: {
  readonly host: string
  readonly url: string
}): Promise<ReleaseSource> {
  const signer = await createSigner('Mirrorform Test Releases')
  const signatures = new Map<Digest, Promise<Uint8Array>>()
  const pushed = new Set<Digest>()
  return {
    host: registry.host,
    url: registry.url,
    signer,
    push: async (...releases) => {
      for (const release of releases) await pushRelease(registry.url, release, pushed)
    },
    signatureOf: ({ payload: { manifest }, tag }) => {
      const reference = `${RELEASE_HOST}/${PAYLOAD_REPOSITORY}:${tag}`
      const signature = signatures.get(manifest.digest) ?? signer.sign(manifest.digest, reference)
      signatures.set(manifest.digest, signature)
      return signature
    },
  }
}

/** @param target `docker://127.0.0.1:PORT/prefix` */
export async function releaseScene(t: TestEnd, source: ReleaseSource, target: string): Promise<ReleaseScene> {
  const graphs = await startUpdateGraphServer(t)
  const environment = {
    UPDATE_URL_OVERRIDE: graphs.graphUrl,
    OCP_SIGNATURE_URL: graphs.signatureUrl,
    OCP_SIGNATURE_VERIFICATION_PK: 'release-key.asc',
  }
  const scene = mirrorScene(t, target, environment)
  scene.write('release-key.asc', source.signer.armoredPublicKey)
  writeFileSync(
    path.join(scene.root, 'registries.conf'),
    registriesConf(source.host, [RELEASE_HOST, BASE_HOST]),
  )
  return {
    ...scene,
    graphs,
    environment,
    wantPlatform: platform => void scene.write(IMAGE_SET, platformText(platform)),
    publish: async (channel, releases, graph = updateGraph(releases, undefined, { channels: [channel] })) => {
      const [first] = releases
      graphs.setGraph(first?.architecture ?? 'amd64', channel, graph)
      for (const release of releases)
        graphs.setSignatures(release.payload.manifest.digest, [await source.signatureOf(release)])
    },
  }
}

/** An image set with nothing but releases; JSON is YAML. */
export function platformText(platform: PlatformText): string {
  return JSON.stringify(
    { apiVersion: 'mirror.openshift.io/v2alpha1', kind: 'ImageSetConfiguration', mirror: { platform } },
    undefined,
    2,
  )
}

/** Tags of a repository, sorted; none when it is not there. */
export async function tagsAt(url: string, repository: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/v2/${repository}/tags/list`)
  const { tags } = (await answer.json()) as { tags?: readonly string[] | null }
  return (tags ?? []).toSorted()
}

/** What `repository:tag` names; undefined when it is not there. */
export async function digestAt(url: string, place: string): Promise<string | undefined> {
  const at = `${url}/v2/${place.replace(/:([^:/]+)$/, '/manifests/$1')}`
  const answer = await fetch(at, { method: 'HEAD', headers: { accept: MANIFEST_ACCEPT } })
  return answer.headers.get('docker-content-digest') ?? undefined
}

/** Where oc-mirror v2 puts a release below a prefix: `repository:tag` → image. */
export function placesOf(release: Release): ReadonlyMap<string, Built> {
  return new Map([
    [`openshift/release-images:${release.tag}`, release.payload],
    ...[...release.components].map(
      ([name, image]) => [`openshift/release:${release.tag}-${name}`, image] as const,
    ),
  ])
}
