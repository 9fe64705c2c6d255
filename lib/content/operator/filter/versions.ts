/**
 * Versions of bundles and the ranges an image set writes (oc-mirror v2, "Filter algorithm", rule 6).
 *
 * Build metadata is of no importance for order. Prereleases belong to a range only where one of its ends is a prerelease,
 * and then anywhere in it. A short version leaves open what it does not say: `maxVersion: 1` is every 1.x.
 */
import compareSemver from 'semver/functions/compare.js'
import parseSemver from 'semver/functions/parse.js'

export type Version = NonNullable<ReturnType<typeof parseSemver>>

export interface RangeText {
  readonly minVersion?: string
  readonly maxVersion?: string
}

export interface VersionRange {
  /** As written. */
  readonly text: RangeText
  readonly min?: Bound
  readonly max?: Bound
  /** Both ends are the same whole version. */
  readonly isExact: boolean
  readonly takesPrereleases: boolean
}

interface Bound {
  readonly version: Version
  /** How many of major, minor and patch are written. */
  readonly parts: 1 | 2 | 3
}

const SHORT = /^v?(\d+)(?:\.(\d+))?$/

/** undefined for text that is no semantic version. */
export function parseVersion(text: string): Version | undefined {
  return parseSemver(text) ?? undefined
}

/** In the order of semantic versions, prereleases before their release; text that is no version comes first. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (left !== undefined && right !== undefined) return compareSemver(left, right) || compareText(a, b)
  if (left === right) return compareText(a, b)
  return left === undefined ? -1 : 1
}

/** By code unit: the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** undefined where the text asks for no range, or for one with an end that is no version. */
export function parseRange(text: RangeText): VersionRange | undefined {
  const { minVersion, maxVersion } = text
  const min = minVersion === undefined ? undefined : parseBound(minVersion)
  const max = maxVersion === undefined ? undefined : parseBound(maxVersion)
  if ((minVersion !== undefined && min === undefined) || (maxVersion !== undefined && max === undefined))
    return undefined
  if (min === undefined && max === undefined) return undefined
  return {
    text: {
      ...(minVersion !== undefined && { minVersion }),
      ...(maxVersion !== undefined && { maxVersion }),
    },
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    isExact: min?.parts === 3 && max?.parts === 3 && isSameVersion(min.version, max.version),
    takesPrereleases: [min, max].some(bound => (bound?.version.prerelease.length ?? 0) > 0),
  }
}

export function isVersionText(text: string): boolean {
  return parseBound(text) !== undefined
}

function parseBound(text: string): Bound | undefined {
  const trimmed = text.trim()
  const short = SHORT.exec(trimmed)
  const whole = short === null ? trimmed : `${short[1]}.${short[2] ?? 0}.0`
  const version = parseVersion(whole)
  if (version === undefined) return undefined
  return { version, parts: short === null ? 3 : short[2] === undefined ? 1 : 2 }
}

export function isInRange(version: Version, range: VersionRange): boolean {
  if (version.prerelease.length > 0 && !range.takesPrereleases) return false
  return isBetweenEnds(version, range)
}

/** Whether the range has it but for being a prerelease. */
export function isLeftOutAsPrerelease(version: Version, range: VersionRange): boolean {
  return version.prerelease.length > 0 && !range.takesPrereleases && isBetweenEnds(version, range)
}

/** No version can be in it. */
export function isReversed({ min, ...rest }: VersionRange): boolean {
  return min !== undefined && isAboveRange(min.version, rest)
}

export function isBelowRange(version: Version, { min }: Pick<VersionRange, 'min'>): boolean {
  return min !== undefined && compareSemver(version, min.version) < 0
}

export function isAboveRange(version: Version, { max }: Pick<VersionRange, 'max'>): boolean {
  if (max === undefined) return false
  if (max.parts === 3) return compareSemver(version, max.version) > 0
  if (version.major !== max.version.major || max.parts === 1) return version.major > max.version.major
  return version.minor > max.version.minor
}

function isBetweenEnds(version: Version, range: VersionRange): boolean {
  return !isBelowRange(version, range) && !isAboveRange(version, range)
}

/** Build metadata included. */
export function isSameVersion(a: Version, b: Version): boolean {
  return compareSemver(a, b) === 0 && a.build.join('.') === b.build.join('.')
}

/** `between 1.1.0 and 1.2.0`, `from 1.1.0`, `up to 1.2.0`, `version 1.1.1` */
export function rangeInWords({ text: { minVersion, maxVersion }, isExact }: VersionRange): string {
  if (isExact) return `version ${minVersion}`
  if (maxVersion === undefined) return `from ${minVersion}`
  return minVersion === undefined ? `up to ${maxVersion}` : `between ${minVersion} and ${maxVersion}`
}

/** `minVersion 1.1.0 and maxVersion 1.2.0` */
export function rangeAsWritten({ text: { minVersion, maxVersion } }: VersionRange): string {
  return [
    ...(minVersion === undefined ? [] : [`minVersion ${minVersion}`]),
    ...(maxVersion === undefined ? [] : [`maxVersion ${maxVersion}`]),
  ].join(' and ')
}
