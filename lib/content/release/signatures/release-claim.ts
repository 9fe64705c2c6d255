/**
 * The body of a release signature → what it claims: which image, by digest, under which name. The format is containers'
 * "simple signing" (containers/image, docs/containers-signature.5.md).
 */
import type { Digest } from '../../../oci/digest.ts'
import { isRecord } from '../../../oci/json.ts'
import { parseReference } from '../../../oci/reference.ts'
import { type Refusal, refused } from './signature-error.ts'

const TYPE = 'atomic container signature'

export interface ReleaseClaim {
  readonly kind: 'claim'
  /** `quay.io/openshift-release-dev/ocp-release:4.16.8-x86_64` */
  readonly reference: string
}

/** Whether a verified body speaks for `digest`. */
export function readClaim(body: Uint8Array, digest: Digest): ReleaseClaim | Refusal {
  const critical = criticalPart(body)
  if (critical === undefined)
    return refused('not-a-release', 'is valid, but what it signs is not the JSON of a container signature')
  const { type, image, identity } = critical
  if (type !== TYPE)
    return refused('not-a-release', `is valid, but of type ${JSON.stringify(type)} and not "${TYPE}"`)
  const signed = isRecord(image) ? image['docker-manifest-digest'] : undefined
  if (signed !== digest)
    return refused('other-digest', `is valid, but for ${JSON.stringify(signed)} and not for ${digest}`)
  const reference = isRecord(identity) ? identity['docker-reference'] : undefined
  if (typeof reference !== 'string' || reference === '')
    return refused('not-a-release', 'is valid, but does not say which image it is for (docker-reference)')
  if (!isReference(reference))
    return refused(
      'not-a-release',
      `is valid, but for ${JSON.stringify(reference)}, which is no image reference`,
    )
  return { kind: 'claim', reference }
}

function isReference(text: string): boolean {
  try {
    parseReference(text)
    return true
  } catch {
    return false
  }
}

function criticalPart(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isRecord(json) && isRecord(json.critical) ? json.critical : undefined
  } catch {
    return undefined
  }
}
