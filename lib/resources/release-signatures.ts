/**
 * Signatures of release payloads -> ConfigMaps that a cluster checks a payload against before it updates (oc-mirror v2,
 * "Signature ConfigMap"). The signatures are those that were verified when the releases were planned; the state has them.
 */
import type { Digest } from '../oci/digest.ts'
import { compareText } from '../target.ts'
import { splitBySize } from './object-size.ts'
import type { ClusterObject, HeldImages } from './resource.ts'
import { releasePayloads } from './update-service.ts'

const NAME = 'mirrored-release-signatures'
const NAMESPACE = 'openshift-config-managed'
/** What the cluster version operator finds such ConfigMaps by, whatever they are called. */
const LABELS = { 'release.openshift.io/verification-signatures': '' }

/** One object as long as all fit into it; further ones are numbered from 1. Signatures are about the source's digest. */
export function signatureConfigMaps({ images }: HeldImages): readonly ClusterObject[] {
  const byDigest = new Map<Digest, Set<string>>()
  for (const { digest, sourceDigest = digest, releaseSignatures = [] } of releasePayloads(images)) {
    const known = byDigest.get(sourceDigest) ?? new Set()
    for (const signature of releaseSignatures) known.add(signature)
    byDigest.set(sourceDigest, known)
  }
  const entries = [...byDigest.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([digest, signatures]) =>
      [...signatures]
        .sort(compareText)
        .map((signature, at): [string, string] => [`${digest.replace(':', '-')}-${at + 1}`, signature]),
    )
  const make = (part: readonly (readonly [string, string])[], at: number): ClusterObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: at === 0 ? NAME : `${NAME}-${at}`, namespace: NAMESPACE, labels: LABELS },
    binaryData: Object.fromEntries(part),
  })
  return splitBySize(entries, part => make(part, 0)).map(make)
}
