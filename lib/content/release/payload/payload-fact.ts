/**
 * A payload ↔ the bytes it is kept as between runs. Bytes that are damaged, or were written by another version of this
 * program, count as not there.
 */

import { PlanError } from '../../../errors.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isRecord, stringOrUndefined } from '../../../oci/json.ts'
import { formatReference } from '../../../oci/reference.ts'
import { isReleaseArchitecture } from '../architecture.ts'
import { pinned } from './image-references.ts'
import type { Payload, PayloadComponent } from './payload.ts'

/** Raised whenever the same payload comes down to something else. */
const FORMAT = 1

export function encodePayload(payload: Payload): Uint8Array {
  const { digest, version, architecture, components, kubevirt, previous, errata } = payload
  const images = components.map(({ name, image }) => [name, formatReference(image)])
  const fact = {
    format: FORMAT,
    digest,
    version,
    architecture,
    images,
    kubevirt: [...kubevirt],
    previous,
    errata,
  }
  return new TextEncoder().encode(JSON.stringify(fact))
}

/** undefined when the bytes are not what `encodePayload` wrote for this digest. */
export function decodePayload(bytes: Uint8Array, digest: Digest): Payload | undefined {
  try {
    const fact: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return isRecord(fact) && fact.format === FORMAT && fact.digest === digest
      ? payloadOf(fact, digest)
      : undefined
  } catch {
    return undefined
  }
}

function payloadOf(fact: Record<string, unknown>, digest: Digest): Payload | undefined {
  const { version, architecture, images, kubevirt, previous } = fact
  const errata = stringOrUndefined(fact.errata)
  if (typeof version !== 'string' || typeof architecture !== 'string' || !isReleaseArchitecture(architecture))
    return undefined
  if (!Array.isArray(images) || images.length === 0 || !Array.isArray(kubevirt) || !Array.isArray(previous))
    return undefined
  return {
    digest,
    version,
    architecture,
    components: images.map(textPair).map(componentOf),
    kubevirt: new Map(kubevirt.map(textPair)),
    previous: previous.map(String),
    ...(errata !== undefined && { errata }),
  }
}

function componentOf([name, image]: readonly [string, string]): PayloadComponent {
  return { name, image: pinned(image, reason => new PlanError(`${name} ${reason}`)) }
}

function textPair(pair: unknown): readonly [string, string] {
  const [name, text]: readonly unknown[] = Array.isArray(pair) ? pair : []
  if (typeof name !== 'string' || typeof text !== 'string') throw new TypeError('not a pair of texts')
  return [name, text]
}
