/**
 * One release -> wanted images where `oc adm release mirror` puts them: all in one repository, the payload tagged
 * `<version>-<machine>` and its components `<version>-<machine>-<component>`, or by a template for the tag.
 *
 * Clusters that were pointed at such a repository by oc find the next release in it as well. A payload that is an index is
 * called `-multi`: oc calls it so only with --keep-manifest-list, and else by whichever architecture it lists first.
 */
import { Buffer } from 'node:buffer'
import { PlanError, SyntaxFault } from '../../errors.ts'
import type { Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import {
  isTag,
  parseReference,
  type Reference,
  type RepositoryPath,
  repositoryName,
  type Tag,
} from '../../oci/reference.ts'
import { compareText } from '../../target.ts'
import type { WantedImage } from '../wanted.ts'
import { machineOf } from './architecture.ts'
import type { ReadRelease } from './read-releases.ts'

/** What `--to` says. */
export interface ReleaseDestination {
  readonly host: string
  readonly repository: RepositoryPath
  /** Of the tag, with `${component}` once and `${version}` where they go; absent: oc's own tags. */
  readonly template?: string
}

export interface ReleasePlace {
  readonly repository: RepositoryPath
  readonly tag: Tag
}

export interface ReleaseToMirror extends ReadRelease {
  /** Where the payload is read, or was read once. */
  readonly reference: Reference & { readonly digest: Digest }
}

export interface MirrorChoice {
  readonly to: Omit<ReleaseDestination, 'host'>
  /** `--to-release-image`: where the payload goes in place of its tag beside the components. */
  readonly toReleaseImage?: ReleasePlace | undefined
  readonly skipReleaseImage: boolean
}

const COMPONENT = '$' + '{component}'
const VERSION = '$' + '{version}'
/** The component word of the payload itself (oc, templates). */
const PAYLOAD_WORD = 'release'

/**
 * `reg.lan/ocp4/openshift4`, or with a template for the tag: `reg.lan/ocp4/openshift4:${version}-${component}`.
 *
 * @throws SyntaxFault for a tag or digest without `${component}`, and for a template anywhere but in the tag
 */
export function parseReleaseDestination(text: string): ReleaseDestination {
  const colon = text.lastIndexOf(':')
  const isTemplate = text.includes(COMPONENT) || text.includes(VERSION)
  const template = isTemplate && colon > text.lastIndexOf('/') ? text.slice(colon + 1) : undefined
  const name = template === undefined ? text : text.slice(0, colon)
  if (isTemplate && (name.includes('$') || template?.split(COMPONENT).length !== 2))
    throw new SyntaxFault(`"${text}" is not a template for a release`, {
      hint: `${COMPONENT} goes into the tag, once: reg.lan/ocp4/openshift4:${VERSION}-${COMPONENT}`,
    })
  const { host, path, tag, digest } = parseReference(name)
  if (tag !== undefined || digest !== undefined)
    throw new SyntaxFault(
      `"${text}" has a ${tag === undefined ? 'digest' : 'tag'}, and a release needs a repository`,
      {
        hint: 'leave it out: every image of the release gets a tag of its own',
      },
    )
  return { host, repository: path, ...(template !== undefined && { template }) }
}

/** Where the payload goes, `--to-release-image` and all. @throws PlanError for a version that no tag can have */
export function releaseImagePlace(release: ReadRelease, { to, toReleaseImage }: MirrorChoice): ReleasePlace {
  return toReleaseImage ?? { repository: to.repository, tag: tagOf(release, to.template, undefined) }
}

/** The payload first, unless it is to stay, then its components by name. @throws PlanError for names that no tag can have */
export function mirrorRelease(release: ReleaseToMirror, choice: MirrorChoice): readonly WantedImage[] {
  const { payload, reference, signatures } = release
  const { to, skipReleaseImage } = choice
  const architecture = machineOf(payload.architecture)
  const origin = { kind: 'release', version: payload.version, architecture, channels: [] } satisfies Origin
  const image: WantedImage = {
    source: byDigest(reference),
    ...releaseImagePlace(release, choice),
    platforms: [],
    origins: [origin],
    ...(signatures.length > 0 && {
      releaseSignatures: signatures.map(({ bytes }) => Buffer.from(bytes).toString('base64')).toSorted(),
    }),
  }
  return [
    ...(skipReleaseImage ? [] : [image]),
    ...payload.components.map(({ name, image: component }) => ({
      source: byDigest(component),
      repository: to.repository,
      tag: tagOf(release, to.template, name),
      platforms: [],
      origins: [{ ...origin, component: name }],
    })),
  ]
}

/** Repositories that a cluster asks for images of the release, sorted: those of its components, and that of the payload. */
export function repositoriesOf({ payload, reference }: ReleaseToMirror): readonly string[] {
  const names = [reference, ...payload.components.map(({ image }) => image)].map(repositoryName)
  return [...new Set(names)].sort(compareText)
}

function tagOf({ payload }: ReadRelease, template: string | undefined, component: string | undefined): Tag {
  const { version } = payload
  const machine = machineOf(payload.architecture)
  const tag =
    template === undefined
      ? [version, machine, ...(component === undefined ? [] : [component])].join('-')
      : `${template.replaceAll(COMPONENT, component ?? PAYLOAD_WORD).replaceAll(VERSION, version)}-${machine}`
  if (isTag(tag)) return tag
  throw new PlanError(`"${tag}", of ${component ?? 'the payload'} of release ${version}, cannot be a tag`, {
    hint:
      template === undefined
        ? 'the payload was not made by `oc adm release new`; look at where it comes from'
        : 'tags have at most 128 characters: letters, digits, "_", "." and "-"; change the template',
  })
}

function byDigest({ host, path, digest }: Reference & { readonly digest: Digest }): WantedImage['source'] {
  return { kind: 'registry', reference: { host, path, digest } }
}
