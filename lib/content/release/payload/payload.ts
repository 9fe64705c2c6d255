/**
 * What a release payload says of itself: its version, its architecture and the images it is made of. Plain data, so that
 * what was read once can be kept by the payload's digest.
 */
import type { ReleaseArchitecture } from '../../../config/index.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { Reference } from '../../../oci/reference.ts'
import { machineOf } from '../architecture.ts'

export interface PayloadComponent {
  /** `etcd`, `kube-virt-container-x86_64` */
  readonly name: string
  /** Always by digest. */
  readonly image: Reference & { readonly digest: Digest }
}

export interface Payload {
  readonly digest: Digest
  /** `4.16.8` */
  readonly version: string
  /** `multi` is a payload whose root is an index. */
  readonly architecture: ReleaseArchitecture
  /** Sorted by name; names are distinct, images need not be. */
  readonly components: readonly PayloadComponent[]
  /** Boot images for KubeVirt by machine (`x86_64`, `s390x`), as the payload writes them: see `kubevirtImages`. */
  readonly kubevirt: ReadonlyMap<string, string>
  /** Versions that the payload itself says it can be reached from, in its order. */
  readonly previous: readonly string[]
  /** The page of its errata. */
  readonly errata?: string
}

/** `4.16.8-x86_64`: the tag a payload has at quay.io/openshift-release-dev/ocp-release (oc-mirror v2 naming). */
export function releaseTag(version: string, architecture: ReleaseArchitecture): string {
  return `${version}-${machineOf(architecture)}`
}
