/**
 * `.Capabilities` of a cluster nobody asked: the version and the API groups that Helm assumes for `helm template`, those of
 * Kubernetes itself and none of OpenShift (Helm, "Built-in Objects"; oc-mirror v2 renders with the same).
 */
import { GoObject, type Value } from '../template/value.ts'

/** Kubernetes of Helm 3.19. */
export const KUBERNETES_VERSION = 'v1.34.0'
const HELM_VERSION = 'v3.19.0'

/** Those that Helm knows itself; no kinds (`apps/v1/Deployment`), which only a cluster names. */
const API_VERSIONS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io/v1',
  'admissionregistration.k8s.io/v1alpha1',
  'admissionregistration.k8s.io/v1beta1',
  'apiextensions.k8s.io/v1',
  'apiextensions.k8s.io/v1beta1',
  'apps/v1',
  'apps/v1beta1',
  'apps/v1beta2',
  'authentication.k8s.io/v1',
  'authentication.k8s.io/v1alpha1',
  'authentication.k8s.io/v1beta1',
  'authorization.k8s.io/v1',
  'authorization.k8s.io/v1beta1',
  'autoscaling/v1',
  'autoscaling/v2',
  'autoscaling/v2beta1',
  'autoscaling/v2beta2',
  'batch/v1',
  'batch/v1beta1',
  'certificates.k8s.io/v1',
  'certificates.k8s.io/v1alpha1',
  'certificates.k8s.io/v1beta1',
  'coordination.k8s.io/v1',
  'coordination.k8s.io/v1alpha2',
  'coordination.k8s.io/v1beta1',
  'discovery.k8s.io/v1',
  'discovery.k8s.io/v1beta1',
  'events.k8s.io/v1',
  'events.k8s.io/v1beta1',
  'extensions/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1beta2',
  'flowcontrol.apiserver.k8s.io/v1beta3',
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1',
  'networking.k8s.io/v1beta1',
  'node.k8s.io/v1',
  'node.k8s.io/v1alpha1',
  'node.k8s.io/v1beta1',
  'policy/v1',
  'policy/v1beta1',
  'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1alpha1',
  'rbac.authorization.k8s.io/v1beta1',
  'resource.k8s.io/v1',
  'resource.k8s.io/v1alpha3',
  'resource.k8s.io/v1beta1',
  'resource.k8s.io/v1beta2',
  'scheduling.k8s.io/v1',
  'scheduling.k8s.io/v1alpha1',
  'scheduling.k8s.io/v1beta1',
  'storage.k8s.io/v1',
  'storage.k8s.io/v1alpha1',
  'storage.k8s.io/v1beta1',
  'storagemigration.k8s.io/v1alpha1',
  'v1',
])

export function capabilities(): Value {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(KUBERNETES_VERSION) ?? []
  const versions = new GoObject(
    { Has: ([name]) => typeof name === 'string' && API_VERSIONS.has(name) },
    'API versions',
  )
  const kubernetes = {
    Version: KUBERNETES_VERSION,
    GitVersion: KUBERNETES_VERSION,
    Major: major,
    Minor: minor,
    String: () => KUBERNETES_VERSION,
  }
  const helm = { Version: HELM_VERSION, GitCommit: '', GitTreeState: '', GoVersion: '' }
  return new GoObject(
    {
      APIVersions: versions,
      KubeVersion: new GoObject(kubernetes, KUBERNETES_VERSION),
      HelmVersion: new GoObject(helm, HELM_VERSION),
      TillerVersion: new GoObject({ SemVer: HELM_VERSION }, HELM_VERSION),
    },
    'capabilities',
  )
}
