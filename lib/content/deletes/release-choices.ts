/**
 * `delete.platform` → choices. A channel without versions means every release that the state holds because of it: which one
 * is the newest of a channel today is of no importance for what is there.
 */
import parseVersion from 'semver/functions/parse.js'
import type { PlatformSection, ReleaseArchitecture, ReleaseChannel } from '../../config/index.ts'
import type { Origin } from '../../graph/graph.ts'
import { type Reference, repositoryName } from '../../oci/reference.ts'
import type { StateImage } from '../../state.ts'
import { machineOf } from '../release/architecture.ts'
import { type Choice, NO_VERSION, withoutChannels } from './choice.ts'

type ReleaseOrigin = Extract<Origin, { readonly kind: 'release' }>

/** @param images of the state: they say which release a payload is */
export function releaseChoices(
  section: PlatformSection | undefined,
  path: string,
  images: readonly StateImage[],
): readonly Choice[] {
  if (section === undefined) return []
  const { release, channels, architectures } = section
  if (release === undefined) return channels.map(channel => channelChoice(channel, architectures))
  const named = new Set(
    images.filter(image => isPayload(image, release.reference)).flatMap(({ origins }) => releasesIn(origins)),
  )
  return [
    {
      name: `release ${release.name}`,
      place: path,
      without: origin =>
        origin.kind === 'release' && named.has(releaseKey(origin)) ? undefined : 'untouched',
    },
  ]
}

function channelChoice(
  { name, minVersion, maxVersion, shortestPath, full, place }: ReleaseChannel,
  architectures: readonly ReleaseArchitecture[],
): Choice {
  const machines = new Set(architectures.map(machineOf))
  const [from, to] = [versionOf(minVersion), versionOf(maxVersion)]
  const gone = new Set([name])
  const range = [minVersion && `from ${minVersion}`, maxVersion && `to ${maxVersion}`].filter(Boolean)
  return {
    name: ['release channel', name, ...range].join(' '),
    place,
    ...wideness(range.length > 0 || full, shortestPath),
    without: origin => {
      if (origin.kind !== 'release' || !machines.has(origin.architecture)) return 'untouched'
      const version = versionOf(origin.version)
      if ((from ?? to) !== undefined && version === undefined) return 'untouched'
      if (version !== undefined && from !== undefined && version.compare(from) < 0) return 'untouched'
      if (version !== undefined && to !== undefined && version.compare(to) > 0) return 'untouched'
      return withoutChannels(origin, gone)
    },
  }
}

function wideness(isBounded: boolean, shortestPath: boolean): Pick<Choice, 'wide'> {
  const because = shortestPath
    ? 'says shortestPath, which no state knows'
    : isBounded
      ? undefined
      : NO_VERSION
  if (because === undefined) return {}
  return { wide: { because, part: origin => (origin.kind === 'release' ? origin.version : '') } }
}

function versionOf(text: string | undefined) {
  return text === undefined ? undefined : (parseVersion(text) ?? undefined)
}

/** By digest where one is named, else by the tag it was published under. */
function isPayload({ origins, source, ...image }: StateImage, reference: Reference): boolean {
  const payload = origins.find(origin => origin.kind === 'release' && origin.component === undefined)
  if (payload?.kind !== 'release') return false
  if (reference.digest !== undefined)
    return image.digest === reference.digest || image.sourceDigest === reference.digest
  const { version, architecture } = payload
  return (
    source.split('@', 1)[0] === repositoryName(reference) &&
    [image.destination.tag, `${version}-${architecture}`].some(tag => tag === reference.tag)
  )
}

function releasesIn(origins: readonly Origin[]): readonly string[] {
  return origins.flatMap(origin => (origin.kind === 'release' ? [releaseKey(origin)] : []))
}

function releaseKey({ version, architecture }: ReleaseOrigin): string {
  return `${version} ${architecture}`
}
