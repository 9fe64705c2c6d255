/**
 * What images are shown together: the heading an image stands under, and the part it belongs to (a release, a package).
 *
 * A release has some two hundred images, which nobody reads one by one: they are one entry, in the order of versions.
 */
import semver from 'semver'
import type { ImageContent, Origin } from '../graph/graph.ts'
import { describeOrigin } from '../graph/origins.ts'
import { compareText } from '../target.ts'
import { printable } from './fit.ts'
import { contentTitle } from './naming.ts'

/** Images that are one entry. */
export interface Together<T> {
  readonly members: readonly [T, ...T[]]
  /** `release 4.16.8 (x86_64), channel stable-4.16`; absent where they are no part of anything. */
  readonly part?: string
  /** The same for narrow terminals: `release 4.16.8 (x86_64)`. */
  readonly brief?: string
}

interface HasOrigins {
  readonly image: Pick<ImageContent, 'origins'>
}

/** `releases`, `catalog registry.example/index:v4.16` */
export function headingOf(image: Pick<ImageContent, 'origins'>): string {
  const origin = image.origins[0]
  if (origin === undefined) return 'images of no known origin'
  if (origin.kind === 'catalog' || origin.kind === 'bundle') return printable(`catalog ${origin.catalog}`)
  return contentTitle(origin.kind)
}

/**
 * Entries where their first image stood, releases among themselves in the order of versions.
 *
 * @param placeOf what those that are no part of anything are put together by; default: each stands alone
 */
export function putTogether<T extends HasOrigins>(
  items: readonly T[],
  placeOf?: (item: T) => string,
): readonly Together<T>[] {
  const entries = new Map<string, { members: [T, ...T[]]; origin: Origin | undefined }>()
  items.forEach((item, at) => {
    const origin = item.image.origins[0]
    const part = origin && partOf(origin)
    const key = part ?? ` ${placeOf?.(item) ?? at}`
    const known = entries.get(key)
    if (known === undefined)
      entries.set(key, { members: [item], origin: part === undefined ? undefined : origin })
    else known.members.push(item)
  })
  return inVersionOrder([...entries.values()]).map(({ members, origin }) =>
    origin === undefined || members.length === 1
      ? { members }
      : { members, part: partText(origin), brief: partText(withoutChannels(origin)) },
  )
}

/** Each by itself. */
export function apart<T>(items: readonly T[]): readonly Together<T>[] {
  return items.map(item => ({ members: [item] }))
}

/** The reason of one change, or the one that several share; else only that there are several. */
export function commonReason(changes: readonly { readonly reason: string }[]): string {
  const reasons = new Set(changes.map(({ reason }) => reason))
  const [first = ''] = reasons
  return reasons.size === 1 ? printable(first) : 'for several reasons'
}

/** The same for two images of one part; undefined for an origin that is no part of anything. */
function partOf(origin: Origin): string | undefined {
  switch (origin.kind) {
    case 'release':
      return `release ${origin.architecture} ${origin.version}`
    case 'bundle':
      return `package ${origin.package} of ${origin.catalog}`
    case 'chart':
      return `chart ${origin.chart} ${origin.version} of ${origin.repository}`
    case 'additionalImage':
    case 'graphData':
    case 'catalog':
    case 'sample':
    case 'mapping':
      return undefined
    default:
      return origin satisfies never
  }
}

function partText(origin: Origin): string {
  if (origin.kind === 'bundle') return printable(`package ${origin.package}`)
  if (origin.kind !== 'release') return printable(describeOrigin(origin))
  const { component: _, ...release } = origin
  return printable(describeOrigin(release))
}

function withoutChannels(origin: Origin): Origin {
  return 'channels' in origin ? { ...origin, channels: [] } : origin
}

/** Releases change places only with each other. */
function inVersionOrder<E extends { readonly origin: Origin | undefined }>(
  entries: readonly E[],
): readonly E[] {
  const isRelease = ({ origin }: E) => origin?.kind === 'release'
  const sorted = entries.filter(isRelease).sort((a, b) => compareReleases(a.origin, b.origin))
  return entries.map(entry => (isRelease(entry) ? (sorted.shift() ?? entry) : entry))
}

/** A release whose version is not known (it was named by digest) comes after those with one. */
function compareReleases(a: Origin | undefined, b: Origin | undefined): number {
  if (a?.kind !== 'release' || b?.kind !== 'release') return 0
  const [left, right] = [semver.parse(a.version), semver.parse(b.version)]
  const byVersion =
    left !== null && right !== null
      ? semver.compare(left, right)
      : Number(left === null) - Number(right === null)
  return byVersion || compareText(a.version, b.version) || compareText(a.architecture, b.architecture)
}
