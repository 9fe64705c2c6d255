/**
 * One release -> wanted images: the payload and every component, where oc-mirror v2 puts them, so that a mirror it made is
 * adopted. `openshift/release-images:<tag>` and `openshift/release:<tag>-<component>`; two components may be the same
 * image under two names.
 */
import { Buffer } from 'node:buffer'
import type { PlatformSection, ReleaseArchitecture } from '../../config/index.ts'
import { PlanError, SyntaxFault } from '../../errors.ts'
import type { Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import { hexOf } from '../../oci/digest.ts'
import {
  isTag,
  parseReference,
  parseRepositoryPath,
  type Reference,
  repositoryName,
  type Tag,
} from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'
import { machineOf } from './architecture.ts'
import { kubevirtImages, releaseTag } from './payload/index.ts'
import type { ReadRelease } from './read-releases.ts'
import type { VerifiedSignature } from './signatures/index.ts'

const PAYLOADS = parseRepositoryPath('openshift/release-images')
const COMPONENTS = parseRepositoryPath('openshift/release')

export interface ReleaseToPlace extends ReadRelease {
  readonly reference: Reference & { readonly digest: Digest }
  /** As the update graph calls it, or the payload itself where no graph named it. */
  readonly version: string
  readonly architecture: ReleaseArchitecture
  readonly channels: readonly string[]
}

/** The payload first, then its components by name. @throws PlanError for a name that cannot be part of a tag. */
export function wantedRelease(
  release: ReleaseToPlace,
  section: Pick<PlatformSection, 'platforms' | 'architectures' | 'kubeVirtContainer'>,
): readonly WantedImage[] {
  const { reference, version, channels, payload, signatures } = release
  const { platforms } = section
  const architecture = machineOf(release.architecture)
  const origin = { kind: 'release', version, architecture, channels: channels.toSorted() } satisfies Origin
  const tag = tagOf(release)
  const machines = section.kubeVirtContainer
    ? kubevirtImages(payload, {
        platforms,
        architectures: platforms.length > 0 ? [] : section.architectures,
      })
    : []
  return [
    {
      source: byDigest(reference),
      repository: PAYLOADS,
      tag,
      platforms,
      origins: [origin],
      ...(signatures.length > 0 && { releaseSignatures: inBase64(signatures) }),
    },
    ...[...payload.components, ...machines].map(({ name, image }) => ({
      source: byDigest(image),
      repository: COMPONENTS,
      tag: componentTag(tag, name, reference),
      platforms,
      origins: [{ ...origin, component: name }],
    })),
  ]
}

/**
 * What its signer calls it; without a signature the digest's hex (oc-mirror v2, which pulls a payload by the signed name
 * and keeps the digest where signatures are ignored).
 */
function tagOf({ reference, version, architecture, signatures }: ReleaseToPlace): Tag {
  const [signature] = signatures
  if (signature === undefined) return hexOf(reference.digest) as Tag
  const signed = tagIn(signature.reference)
  if (signed !== undefined) return signed
  const named = releaseTag(version, architecture)
  if (isTag(named)) return named
  throw new PlanError(`${repositoryName(reference)}: the version ${version} cannot be a tag`, {
    hint: 'the update graph names a version that no registry could hold; look at where the graph comes from',
  })
}

function tagIn(signedName: string): Tag | undefined {
  try {
    return parseReference(signedName).tag
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}

function componentTag(release: Tag, component: string, payload: Reference): Tag {
  const tag = `${release}-${component}`
  if (isTag(tag)) return tag
  throw new PlanError(
    `${repositoryName(payload)}:${release}: the component "${component}" cannot be part of a tag`,
    { hint: 'the payload was not made by `oc adm release new`; look at where it comes from' },
  )
}

function byDigest({ host, path, digest }: Reference & { readonly digest: Digest }): WantedImage['source'] {
  return { kind: 'registry', reference: { host, path, digest } }
}

function inBase64(signatures: readonly VerifiedSignature[]): readonly string[] {
  return signatures.map(({ bytes }) => Buffer.from(bytes).toString('base64')).toSorted()
}
