/**
 * A state and what a person calls a release → the mirrored payload, where its components are in the mirror, and the name
 * by which clusters know it. Nothing but the mirror is ever asked.
 */
import { suggestKey } from '../../../config/key-suggestion.ts'
import { PlaceError, UsageError } from '../../../errors.ts'
import type { Origin } from '../../../graph/graph.ts'
import { parseReference, repositoryName } from '../../../oci/reference.ts'
import type { Target } from '../../../provider.ts'
import type { State, StateImage } from '../../../state.ts'
import { formatDestination, formatRepository, formatTarget } from '../../../target.ts'
import type { FindComponent } from './extract-command.ts'

type ReleaseOrigin = Extract<Origin, { kind: 'release' }>

interface HeldRelease {
  readonly image: StateImage
  /** `4.16.8-x86_64` */
  readonly tag: string
  readonly version: string
}

/**
 * @param asked `4.16.8`, `4.16.8-x86_64`, a digest, or undefined where the mirror has one release only
 * @throws UsageError with the releases there are
 */
export function releaseInState(state: State, asked: string | undefined): StateImage {
  const held = releasesOf(state)
  const tags = held.map(({ tag }) => tag)
  const list = tags.length === 0 ? 'it holds no release' : `it holds ${tags.join(', ')}`
  const found =
    asked === undefined
      ? held
      : held.filter(({ image, tag, version }) =>
          [tag, version, image.digest, image.sourceDigest].includes(asked),
        )
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only.image
  if (only !== undefined)
    throw new UsageError(
      asked === undefined ? 'the mirror has several releases' : `the mirror has ${asked} several times`,
      { hint: `name one of them: ${found.map(({ tag }) => tag).join(', ')}` },
    )
  const near =
    asked === undefined ? undefined : suggestKey(asked, [...tags, ...held.map(each => each.version)])
  throw new UsageError(
    `the mirror ${formatTarget(state.target)} has no release${asked === undefined ? '' : ` "${asked}"`}`,
    { hint: `${near === undefined ? '' : `did you mean ${near}? `}${list}` },
  )
}

function releasesOf({ images }: State): readonly HeldRelease[] {
  return images.flatMap(image => {
    const origin = image.origins.find(
      (each): each is ReleaseOrigin => each.kind === 'release' && each.component === undefined,
    )
    return origin === undefined
      ? []
      : [{ image, tag: `${origin.version}-${origin.architecture}`, version: origin.version }]
  })
}

/**
 * `reg.lan/ocp/openshift/release-images@sha256:…`; of a mirror in a folder, which no cluster can pull from, the name at
 * the source.
 */
export function pinOf({ target }: State, { destination, digest, source, sourceDigest }: StateImage): string {
  if (target.kind === 'registry') return `${formatRepository(target, destination.repository)}@${digest}`
  return `${repositoryName(parseReference(source))}@${sourceDigest ?? digest}`
}

/** By the digests that payloads name, whatever the images are called in the mirror. */
export function componentsIn(state: State, target: Target): FindComponent {
  const byDigest = new Map(state.images.map(image => [image.sourceDigest ?? image.digest, image]))
  return async ({ name, image }) => {
    const held = byDigest.get(image.digest)
    if (held === undefined)
      throw new PlaceError(
        `${formatTarget(state.target)} does not hold the component "${name}" (${image.digest})`,
        {
          hint: 'apply the image set again; blockedImages may keep the component out',
        },
      )
    const { repository } = held.destination
    return { reader: target.repository(repository), digest: held.digest }
  }
}

/** For messages: `reg.lan/ocp/openshift/release-images:4.16.8-x86_64`. */
export function nameInState({ target }: State, { destination }: StateImage): string {
  return formatDestination(target, destination)
}
