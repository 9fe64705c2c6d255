/**
 * `mirror.platform.release` -> wanted images: exactly the payload it names, by digest or by the tag's digest now. Channels
 * and architectures of the image set are not looked at (oc-mirror v2).
 */
import type { PlatformSection } from '../../config/index.ts'
import { MissingImageError } from '../../errors.ts'
import type { Digest } from '../../oci/digest.ts'
import type { Reference } from '../../oci/reference.ts'
import type { Sources } from '../../provider.ts'
import { machineOf } from './architecture.ts'
import type { CollectedPlatform, PlatformOptions } from './platform-collection.ts'
import type { ReleaseReader } from './read-releases.ts'
import { wantedRelease } from './wanted-release.ts'

/** @throws PlanError when it is not there, cannot be read or has no valid signature; PlaceError */
export async function collectNamedRelease(
  { name, reference: named }: NonNullable<PlatformSection['release']>,
  section: PlatformSection,
  sources: Sources,
  read: ReleaseReader,
  options: Pick<PlatformOptions, 'ignoreReleaseSignature'>,
  signal: AbortSignal,
): Promise<CollectedPlatform> {
  const digest = named.digest ?? (await digestAt(named, name, sources, signal))
  const reference = { ...named, digest }
  const verify = !options.ignoreReleaseSignature
  const found = await read(
    { payload: reference, product: 'ocp', platforms: section.platforms, verify },
    signal,
  )
  const { version, architecture } = found.payload
  const notes = [
    ...(section.channels.length > 0
      ? [`platform.release names ${name}; the channels of the image set are not looked at`]
      : []),
    ...(verify ? [] : [`the signature of ${name} was not looked at (--ignore-release-signature)`]),
  ]
  return {
    images: wantedRelease({ ...found, reference, version, architecture, channels: [] }, section),
    selections: [
      {
        title: `release ${name}`,
        kept: [{ name: `${version} (${machineOf(architecture)})`, why: 'requested as platform.release' }],
        remarks: [],
      },
    ],
    notes,
    choices: [],
  }
}

async function digestAt(
  reference: Reference,
  name: string,
  sources: Sources,
  signal: AbortSignal,
): Promise<Digest> {
  const reader = sources.open({ kind: 'registry', reference })
  const tag = reference.tag
  const found = tag === undefined ? undefined : await reader.resolve(tag, signal)
  if (found !== undefined) return found.digest
  throw new MissingImageError(`the release ${name}`, reader.absence)
}
