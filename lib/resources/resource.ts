/**
 * What the rules of this room give back: files with their text, and the cluster objects in them as plain data. Everything
 * here follows from a state and a few choices, so that the same mirror gives the same bytes on every machine.
 */
import type { SampleInventory } from '../content/samples/index.ts'
import type { StateImage } from '../state.ts'
import type { TargetAddress } from '../target.ts'
import type { CatalogTemplate } from './catalog-source-template.ts'

/** As much of a state as resources are made of. */
export interface HeldImages {
  readonly target: TargetAddress
  readonly images: readonly StateImage[]
}

/** A Kubernetes object: what `oc apply` takes. */
export interface ClusterObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMetadata
  readonly [member: string]: unknown
}

export interface ObjectMetadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface ResourceFile {
  /** Below the folder, with `/`: `idms-oc-mirror.yaml`. */
  readonly path: string
  readonly text: string
  /** What is in it for the cluster; empty for files of installers and nodes. */
  readonly objects: readonly ClusterObject[]
}

export interface Resources {
  /** Sorted by path. */
  readonly files: readonly ResourceFile[]
  /** What the mirror holds and no file can say, each a sentence. */
  readonly notes: readonly string[]
}

export interface ResourceOptions {
  /** As the mirror was filled; 0: paths were not folded. */
  readonly maxNestedPaths: number
  /** ImageContentSourcePolicy in place of IDMS and ITMS, for clusters before 4.13. */
  readonly icsp: boolean
  /** Of `targetCatalogSourceTemplate`, in the order of the image sets. */
  readonly templates: readonly CatalogTemplate[]
  /** What the cluster has of samples; absent where nobody says. */
  readonly samples?: SamplesAsked
  /** Put on every object where it is asked for. */
  readonly annotations?: Readonly<Record<string, string>>
}

export interface SamplesAsked {
  /** What the cluster has. */
  readonly inventory: SampleInventory
  /** PEM, of who signed the mirror's certificate. */
  readonly authority?: { readonly path: string; readonly text: string }
}

/** Kinds that the machine config operator turns into a file on every node, one node after the other. */
const RESTARTING: ReadonlySet<string> = new Set([
  'ImageDigestMirrorSet',
  'ImageTagMirrorSet',
  'ImageContentSourcePolicy',
  // Of config.openshift.io: what it trusts goes to every node.
  'Image',
])

export function restartsNodes({ objects }: Pick<ResourceFile, 'objects'>): boolean {
  return objects.some(({ kind }) => RESTARTING.has(kind))
}
