/**
 * `mirror.platform` of one image set -> wanted images: releases chosen from update graphs or named outright, what their
 * payloads hold, the signatures that vouch for them, and the image of graph data.
 *
 * Nothing is handed on unless all of it is there: a release that cannot be read or verified is an error that names it,
 * together with every other one, so that no plan ever holds half a release.
 */
import type { PlatformSection, ReleaseArchitecture } from '../../config/index.ts'
import { PlanError } from '../../errors.ts'
import { formatReference } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'
import { machineOf } from './architecture.ts'
import { collectNamedRelease } from './collect-named.ts'
import { settleAll } from './failures.ts'
import { collectGraphImage } from './graph-image/index.ts'
import type { CollectedPlatform, PlatformOptions } from './platform-collection.ts'
import type { ReadRelease, ReleasePlaces, ReleaseReader } from './read-releases.ts'
import { collectReleases, type ReleaseChoice, type SelectedRelease } from './selection/index.ts'
import { compareVersions, isVersion } from './update-graph/index.ts'
import { wantedRelease } from './wanted-release.ts'

/** @throws PlanError that names every release, channel or image at fault; PlaceError */
export async function collectPlatform(
  section: PlatformSection,
  places: ReleasePlaces,
  read: ReleaseReader,
  options: PlatformOptions,
  signal: AbortSignal,
): Promise<CollectedPlatform> {
  const graphImages = section.graph
    ? collectGraphImage(options.graphImage, places, signal).then(image => [image])
    : Promise.resolve([])
  const collecting =
    section.release === undefined
      ? collectChannels(section, places, read, options, signal)
      : collectNamedRelease(section.release, section, places.sources, read, options, signal)
  await settleAll<unknown>([graphImages, collecting], signal)
  const releases = await collecting
  return { ...releases, images: [...releases.images, ...(await graphImages)] }
}

async function collectChannels(
  section: PlatformSection,
  places: ReleasePlaces,
  read: ReleaseReader,
  options: PlatformOptions,
  signal: AbortSignal,
): Promise<CollectedPlatform> {
  if (section.channels.length === 0) return { images: [], selections: [], notes: [], choices: [] }
  const passes = section.architectures.map(architecture =>
    collectPass(architecture, section, places, read, options, signal),
  )
  const done = await settleAll(passes, signal)
  const notes = options.ignoreReleaseSignature
    ? ['--ignore-release-signature has no effect on channels: their releases are verified']
    : []
  return {
    images: done.flatMap(({ images }) => images),
    selections: done.flatMap(({ choice }) => choice.selections),
    notes,
    choices: done.map(({ choice }) => choice),
  }
}

/** All channels for one architecture. */
async function collectPass(
  architecture: ReleaseArchitecture,
  section: PlatformSection,
  places: ReleasePlaces,
  read: ReleaseReader,
  { conditionalUpdates, updateUrl, releaseStarts }: PlatformOptions,
  signal: AbortSignal,
): Promise<{ readonly images: readonly WantedImage[]; readonly choice: ReleaseChoice }> {
  const choice = await collectReleases(
    {
      channels: section.channels,
      architecture,
      conditionalUpdates,
      ...(updateUrl !== undefined && { updateUrl }),
      ...(section.v1 !== undefined && { v1: { starts: releaseStarts ?? new Map() } }),
    },
    places.documents,
    signal,
  )
  const images = await settleAll(
    choice.releases.map(release => imagesOf(release, section, read, signal)),
    signal,
  )
  return { images: images.flat(), choice }
}

async function imagesOf(
  release: SelectedRelease,
  section: PlatformSection,
  read: ReleaseReader,
  signal: AbortSignal,
): Promise<readonly WantedImage[]> {
  const { version, architecture, channels, product, payload: reference } = release
  const name = `${version} (${machineOf(architecture)})`
  const found = await read(
    { payload: reference, name, product, platforms: section.platforms, verify: true },
    signal,
  )
  refuseOther(release, name, found)
  return wantedRelease({ ...found, reference, version, architecture, channels }, section)
}

/**
 * A payload may be whole and rightly signed, and yet not what the graph calls it: an older release, or the same one for
 * other machines from a service that does not look at the architecture. A multi payload serves every architecture.
 */
function refuseOther(
  { version, architecture, channels, payload: reference }: SelectedRelease,
  name: string,
  { payload }: ReadRelease,
): void {
  const isSame = isVersion(payload.version) && compareVersions(payload.version, version) === 0
  const isForArchitecture = [architecture, 'multi'].includes(payload.architecture)
  if (isSame && isForArchitecture) return
  const other = `${payload.version} (${machineOf(payload.architecture)})`
  throw new PlanError(`${name}, ${formatReference(reference)} is in truth the payload of ${other}`, {
    hint: `the update graph of ${channels.join(', ')} names the wrong payload: look at where it comes from (UPDATE_URL_OVERRIDE)`,
  })
}
