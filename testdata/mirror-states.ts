/**
 * What a mirror holds, for tests of resources: images made from `source -> destination` and why they are there, with
 * digests that follow from names, and without any registry.
 */
import type { ImageContent, ManifestNode, Origin } from '../lib/graph/graph.ts'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { OCI_MANIFEST } from '../lib/oci/media-types.ts'
import { formatReference, parseReference } from '../lib/oci/reference.ts'
import type { State } from '../lib/state.ts'
import {
  compareText,
  destinationKey,
  parseDestination,
  parseTarget,
  type TargetAddress,
} from '../lib/target.ts'

export interface SampleMirror {
  readonly target: TargetAddress
  readonly images: readonly ImageContent[]
}

type Made = (target: TargetAddress) => ImageContent

/** @param to `docker://reg.lan/ns` */
export function mirrorOf(to: string, ...images: readonly Made[]): SampleMirror {
  const target = parseTarget(to)
  const made = images.map(make => make(target))
  return {
    target,
    images: made.toSorted((a, b) =>
      compareText(destinationKey(a.destination), destinationKey(b.destination)),
    ),
  }
}

/** `image('quay.io/acme/proxy:1.2', 'reg.lan/ns/acme/proxy:1.2', { kind: 'additionalImage', … })` */
export function held(source: string, destination: string, ...origins: readonly Origin[]): Made {
  return target => {
    const isFolder = source.startsWith('oci:')
    const reference = isFolder ? undefined : parseReference(source)
    return {
      destination: parseDestination(target, destination),
      source: reference === undefined ? source : formatReference(reference),
      digest: reference?.digest ?? digestOf(source),
      platforms: [],
      omitted: [],
      attachments: [],
      origins,
    }
  }
}

export function withSignatures(make: Made, ...signatures: readonly string[]): Made {
  return target => ({
    ...make(target),
    releaseSignatures: signatures.map(text => Buffer.from(text).toString('base64')).toSorted(),
  })
}

/** A digest that is easy to tell from others: 64 times the same character. */
export function plainDigest(character: string): Digest {
  return `sha256:${character.repeat(64)}` as Digest
}

export function additional(name: string): Origin {
  return { kind: 'additionalImage', name }
}

export function bundleOf(catalog: string, bundle = 'widget.v2.0.0'): Origin {
  return { kind: 'bundle', catalog, package: bundle.split('.', 1)[0] ?? bundle, bundle, channels: ['stable'] }
}

export function catalog(name: string): Origin {
  return { kind: 'catalog', catalog: name }
}

export function release(version: string, component?: string): Origin {
  const channels = [`stable-${version.split('.').slice(0, 2).join('.')}`]
  return { kind: 'release', version, architecture: 'x86_64', channels, ...(component && { component }) }
}

/** The mirror of the worked example of oc-mirror v2's behaviour: one release, one operator, one image. */
export function workedExample(to = 'docker://reg.lan/ns'): SampleMirror {
  const at = to.slice('docker://'.length)
  const art = `quay.io/openshift-release-dev/ocp-v4.0-art-dev@${plainDigest('c')}`
  const index = 'registry.example.com/olm/demo-index:v1'
  const operator = bundleOf(index)
  return mirrorOf(
    to,
    withSignatures(
      held(
        `quay.io/openshift-release-dev/ocp-release@${plainDigest('a')}`,
        `${at}/openshift/release-images:4.16.2-x86_64`,
        release('4.16.2'),
      ),
      'signature of 4.16.2',
    ),
    held(art, `${at}/openshift/release:4.16.2-x86_64-cli`, release('4.16.2', 'cli')),
    held(art, `${at}/openshift/release:4.16.2-x86_64-tools`, release('4.16.2', 'tools')),
    held(`quay.io/acme/proxy:1.2@${plainDigest('d')}`, `${at}/acme/proxy:1.2`, operator),
    held(
      `registry.example.com/acme/widget@${plainDigest('e')}`,
      `${at}/acme/widget:sha256-${'e'.repeat(64)}`,
      operator,
    ),
    held(
      `registry.example.com/acme/widget-bundle@${plainDigest('b')}`,
      `${at}/acme/widget-bundle:sha256-${'b'.repeat(64)}`,
      operator,
    ),
    held(
      'registry.redhat.io/ubi8/ubi:latest',
      `${at}/ubi8/ubi:latest`,
      additional('registry.redhat.io/ubi8/ubi:latest'),
    ),
    held(
      `registry.example.com/olm/demo-index@${plainDigest('1')}`,
      `${at}/olm/demo-index:v1`,
      catalog(index),
    ),
  )
}

/** The same as a whole state: every image is one manifest without layers. */
export function stateOf({ target, images }: SampleMirror): State {
  const nodes = images.map(({ digest }): [Digest, ManifestNode] => [
    digest,
    { digest, mediaType: OCI_MANIFEST, size: 700, manifests: [], blobs: [] },
  ])
  return {
    lineage: '5f0c0f5e-0000-4000-8000-000000000000',
    target,
    images,
    manifests: new Map(nodes),
    blobs: new Map(),
    loose: [],
  }
}
