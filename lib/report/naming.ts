/**
 * How targets, destinations, origins and commands are written in reports: as short as the reader's context allows,
 * and never so that two different things read the same.
 */
import type { ImageContent, Origin } from '../graph/graph.ts'
import { describeOrigin } from '../graph/origins.ts'
import { type Digest, hexOf, shortDigest } from '../oci/digest.ts'
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_ARTIFACT, OCI_INDEX, OCI_MANIFEST } from '../oci/media-types.ts'
import type { Action } from '../plan/plan.ts'
import { type Destination, formatDestination, formatTarget, type TargetAddress } from '../target.ts'
import { printable } from './fit.ts'
import type { Style } from './style.ts'

/** A registry by its host and prefix, a folder with its transport. */
export function targetName(target: TargetAddress): string {
  return printable(formatTarget(target).replace(/^docker:\/\//, ''))
}

/** A destination below the target's prefix without it; one that lies elsewhere (folded paths) with the host. */
export function shortDestination(target: TargetAddress, destination: Destination): string {
  const { repository, tag } = destination
  const prefix = target.kind === 'registry' && target.prefix !== '' ? `${target.prefix}/` : ''
  return repository.startsWith(prefix)
    ? `${repository.slice(prefix.length)}:${tag}`
    : formatDestination(target, destination)
}

/** The heading of a content kind in plans and states. */
export function contentTitle(kind: Origin['kind']): string {
  switch (kind) {
    case 'additionalImage':
      return 'additional images'
    case 'release':
      return 'releases'
    case 'graphData':
      return 'update graph data'
    case 'catalog':
      return 'operator catalogs'
    case 'bundle':
      return 'operators'
    case 'sample':
      return 'samples'
    case 'chart':
      return 'helm charts'
    case 'mapping':
      return 'mappings'
    default:
      return kind satisfies never
  }
}

/** `additional image registry.redhat.io/ubi9/ubi:latest` */
export function originText(origin: Origin): string {
  return printable(describeOrigin(origin))
}

/** Why an image is there, in a few words. */
export function originsText(image: Pick<ImageContent, 'origins'>): string {
  return image.origins.length === 0 ? 'no known origin' : image.origins.map(originText).join(', ')
}

/** `12ab34cd56ef`: for narrow terminals, where `sha256:` is taken as read. */
export function briefDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12)
}

/** Two digests, the way a moved tag goes. */
export function digestStep(from: Digest, to: Digest, narrow: boolean): string {
  const short = narrow ? briefDigest : shortDigest
  return `${short(from)} → ${short(to)}`
}

export function actionSymbol(action: Action): string {
  switch (action) {
    case 'add':
      return '+'
    case 'adopt':
      return '='
    case 'move':
      return '~'
    case 'repair':
      return '↻'
    case 'keep':
      return '·'
    case 'delete':
      return '−'
    case 'forget':
      return '×'
  }
}

export function actionStyle(style: Style, action: Action): (text: string) => string {
  switch (action) {
    case 'add':
      return style.added
    case 'move':
      return style.changed
    case 'repair':
      return style.repaired
    case 'delete':
      return style.removed
    case 'adopt':
    case 'keep':
    case 'forget':
      return style.faint
  }
}

/** `OCI index`, `Docker manifest`; any other media type as it is. */
export function mediaTypeName(mediaType: string): string {
  return MEDIA_TYPE_NAMES.get(mediaType) ?? printable(mediaType)
}

const MEDIA_TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  [OCI_INDEX, 'OCI index'],
  [OCI_MANIFEST, 'OCI manifest'],
  [OCI_ARTIFACT, 'OCI artifact manifest'],
  [DOCKER_LIST, 'Docker manifest list'],
  [DOCKER_MANIFEST, 'Docker manifest'],
])

/** An argument as it can be pasted into a shell. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
