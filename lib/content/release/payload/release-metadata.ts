/**
 * `release-manifests/release-metadata` ("cincinnati-metadata-v0") → what a payload tells the update service. Payloads may
 * lack it; nothing that is mirrored depends on it.
 */
import { PlanError } from '../../../errors.ts'
import { isRecord, stringOrUndefined } from '../../../oci/json.ts'
import { readJson } from './payload-text.ts'

export interface ReleaseMetadata {
  readonly version?: string
  /** `amd64`, `multi`; stated by multi payloads and, now and then, by others. */
  readonly architecture?: string
  readonly previous: readonly string[]
  /** `https://access.redhat.com/errata/RHSA-2022:7399` */
  readonly errata?: string
}

const KIND = 'cincinnati-metadata-v0'
const ARCHITECTURE = 'release.openshift.io/architecture'

/** @param name of the payload, for messages. @throws PlanError */
export function readReleaseMetadata(bytes: Uint8Array | undefined, name: string): ReleaseMetadata {
  if (bytes === undefined) return { previous: [] }
  const what = `${name}: release-metadata`
  const json = readJson(bytes, what)
  if (json.kind !== KIND)
    throw new PlanError(`${what} is of the kind ${JSON.stringify(json.kind)} and not "${KIND}"`, {
      hint: 'the payload is for another kind of cluster, or newer than this program',
    })
  const metadata = isRecord(json.metadata) ? json.metadata : {}
  const version = stringOrUndefined(json.version)
  const architecture = stringOrUndefined(metadata[ARCHITECTURE])
  const errata = stringOrUndefined(metadata.url)
  return {
    ...(version && { version }),
    ...(architecture && { architecture }),
    previous: Array.isArray(json.previous) ? json.previous.filter(each => typeof each === 'string') : [],
    ...(errata && { errata }),
  }
}
