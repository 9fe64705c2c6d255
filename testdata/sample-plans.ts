/**
 * Plans, images and states of any size for tests of what is shown: made from short descriptions, with digests that
 * follow from names, and without any registry.
 */
import type { ImageContent, ManifestNode } from '../lib/graph/graph.ts'
import { type Digest, digestOf } from '../lib/oci/digest.ts'
import { OCI_MANIFEST } from '../lib/oci/media-types.ts'
import { parseRepositoryPath, parseTag } from '../lib/oci/reference.ts'
import type { Change, Plan, Summary } from '../lib/plan/plan.ts'
import type { State } from '../lib/state.ts'
import { parseTarget } from '../lib/target.ts'

export const SAMPLE_TARGET = parseTarget('docker://registry.enc1.example:5000/ocp')

export function sampleDigest(name: string): Digest {
  return digestOf(name)
}

/** `ubi9/ubi:latest` at the sample target, from registry.redhat.io; its root is the digest of `ROOT`, else of the name. */
export function sampleImage(name: string, root: string = name): ImageContent {
  const colon = name.lastIndexOf(':')
  const source = `registry.redhat.io/${name}`
  return {
    destination: {
      repository: parseRepositoryPath(`ocp/${name.slice(0, colon)}`),
      tag: parseTag(name.slice(colon + 1)),
    },
    source,
    digest: sampleDigest(root),
    platforms: [],
    omitted: [],
    attachments: [],
    origins: [{ kind: 'additionalImage', name: source }],
  }
}

/** A manifest with a config of 512 bytes and one layer of `layerBytes`, all its own. */
export function sampleManifest(root: string, layerBytes: number): SampleContent {
  const digest = sampleDigest(root)
  const config = sampleDigest(`${root} config`)
  const layer = sampleDigest(`${root} layer`)
  return {
    node: { digest, mediaType: OCI_MANIFEST, size: 700, manifests: [], blobs: [config, layer] },
    blobs: [
      [config, 512],
      [layer, layerBytes],
    ],
  }
}

export interface SampleContent {
  readonly node: ManifestNode
  readonly blobs: readonly (readonly [Digest, number])[]
}

export function storeOf(contents: readonly SampleContent[]): Pick<Plan, 'manifests' | 'blobs'> {
  return {
    manifests: new Map(contents.map(({ node }) => [node.digest, node])),
    blobs: new Map(contents.flatMap(({ blobs }) => blobs)),
  }
}

/** An image that is not at the target: its whole content is copied. */
export function sampleAdd(name: string): Extract<Change, { action: 'add' }> {
  const image = sampleImage(name)
  const blobs = [sampleDigest(`${name} config`), sampleDigest(`${name} layer`)]
  return {
    action: 'add',
    image,
    expect: 'absent',
    transfer: {
      blobs: blobs.map(digest => ({ how: 'copy', digest })),
      manifests: [{ digest: image.digest, tag: image.destination.tag }],
    },
  }
}

export function sampleMove(name: string): Extract<Change, { action: 'move' }> {
  const { image, transfer } = sampleAdd(name)
  const from = sampleDigest(`${name} before`)
  return { action: 'move', image, from, expect: from, transfer }
}

export function sampleRepair(name: string, reason: string): Extract<Change, { action: 'repair' }> {
  const { image, transfer } = sampleAdd(name)
  return {
    action: 'repair',
    image,
    expect: 'absent',
    transfer: { blobs: [], manifests: transfer.manifests },
    reason,
  }
}

export function sampleDelete(name: string, reclaims = 0): Extract<Change, { action: 'delete' }> {
  const image = sampleImage(name)
  return {
    action: 'delete',
    image,
    expect: image.digest,
    removal: { steps: [{ do: 'delete-tag', tag: image.destination.tag }], sparedTags: [] },
    reclaims,
  }
}

/** A plan of these changes; layers of `layerBytes` for every added or moved image. */
export function samplePlan(
  changes: readonly Change[],
  over: { readonly summary?: Partial<Summary>; readonly layerBytes?: number } & Partial<
    Omit<Plan, 'summary'>
  > = {},
): Plan {
  const { summary, layerBytes = 1024 * 1024, ...rest } = over
  const content = storeOf(
    changes.map(({ image }) => sampleManifest(image.source.slice('registry.redhat.io/'.length), layerBytes)),
  )
  const count = (action: Change['action']): number =>
    changes.filter(change => change.action === action).length
  const copied = new Set(
    changes
      .flatMap(change =>
        'transfer' in change ? change.transfer.blobs.filter(({ how }) => how === 'copy') : [],
      )
      .map(({ digest }) => digest),
  )
  return {
    ...content,
    target: SAMPLE_TARGET,
    lineage: '5f0c0f5e-0000-4000-8000-000000000000',
    stateRevision: sampleDigest('state'),
    statePath: 'enc1.state.json',
    inputs: [{ path: 'imageset.yaml', digest: sampleDigest('imageset') }],
    options: { refresh: true, only: [], exclude: [], destroy: false, allowMassDelete: false },
    changes,
    selections: [],
    documents: [],
    made: new Map(),
    notes: [],
    ...rest,
    summary: {
      add: count('add'),
      adopt: count('adopt'),
      move: count('move'),
      repair: count('repair'),
      keep: count('keep'),
      delete: count('delete'),
      forget: count('forget'),
      bytesToTransfer: [...copied].reduce((sum, digest) => sum + (content.blobs.get(digest) ?? 0), 0),
      blobsToTransfer: copied.size,
      bytesMounted: 0,
      bytesPresent: 0,
      bytesReclaimable: changes.reduce(
        (sum, change) => sum + (change.action === 'delete' ? change.reclaims : 0),
        0,
      ),
      ...summary,
    },
  }
}

/** A state that holds these images of the sample target, each with one layer of `layerBytes`. */
export function sampleState(names: readonly string[], layerBytes = 1024 * 1024): State {
  return {
    ...storeOf(names.map(name => sampleManifest(name, layerBytes))),
    lineage: '5f0c0f5e-0000-4000-8000-000000000000',
    target: SAMPLE_TARGET,
    images: names.map(name => sampleImage(name)),
    loose: [],
  }
}

/** The change as it is for a component of a release (the payload itself without one), by one channel. */
export function ofRelease<C extends Change>(change: C, version: string, component?: string): C {
  const channels = [`stable-${version.split('.').slice(0, 2).join('.')}`]
  const origin = { kind: 'release', version, architecture: 'x86_64', channels } as const
  const place =
    component === undefined
      ? {
          repository: parseRepositoryPath('ocp/openshift/release-images'),
          tag: parseTag(`${version}-x86_64`),
        }
      : {
          repository: parseRepositoryPath('ocp/openshift/release'),
          tag: parseTag(`${version}-x86_64-${component}`),
        }
  const origins = [component === undefined ? origin : { ...origin, component }]
  const image = { ...change.image, destination: place, origins }
  if (change.action !== 'delete') return { ...change, image }
  return { ...change, image, removal: { ...change.removal, steps: [{ do: 'delete-tag', tag: place.tag }] } }
}

/** The changes of whole releases, each of one payload and these components. */
export function releaseChanges<C extends Change>(
  make: (name: string) => C,
  versions: readonly string[],
  components: readonly string[],
): readonly C[] {
  return versions.flatMap(version => [
    ofRelease(make(`payload:${version}`), version),
    ...components.map(component => ofRelease(make(`${component}:${version}`), version, component)),
  ])
}
