/** Versions that a repository has and what is asked of it → which are taken, and why (Helm, `--version`). */
import { distance } from 'fastest-levenshtein'
import { compareBuild, parse, type SemVer } from 'semver'
import { ChartFault } from '../chart/chart-fault.ts'
import { meetsConstraint } from '../version-constraint.ts'

export interface ChosenVersion {
  readonly version: string
  readonly why: string
}

/** Versions or names that a message lists. */
const LISTED = 5

/**
 * A version is taken as it is written, then as the same version with or without `v`, then as a range, of which the newest is
 * taken; no version means the newest that is no pre-release.
 *
 * @throws ChartFault naming what there is
 */
export function chooseVersion(
  versions: readonly string[],
  asked: string | undefined,
  what: string,
): ChosenVersion {
  if (asked === undefined) {
    const newest =
      newestOf(versions.filter(version => parsed(version)?.prerelease.length === 0)) ?? newestOf(versions)
    if (newest !== undefined) return { version: newest, why: 'newest' }
    throw new ChartFault(`${what} has no versions`)
  }
  const same = versions.find(version => version === asked) ?? versions.find(version => isSame(version, asked))
  if (same !== undefined) return { version: same, why: 'requested' }
  const isRange = parsed(asked) === null
  const fitting = isRange ? versions.filter(version => meetsConstraint(version, asked) === true) : []
  const newest = newestOf(fitting)
  if (newest !== undefined) return { version: newest, why: `newest of ${asked}` }
  throw new ChartFault(`${what} has no version ${isRange ? `in ${asked}` : asked}`, {
    hint:
      versions.length === 0
        ? 'it has no versions at all'
        : `there are ${near(versions, asked).join(', ')}${versions.length > LISTED ? ` and ${versions.length - LISTED} more` : ''}`,
  })
}

/** @returns the names most like it */
export function near(names: readonly string[], asked: string): readonly string[] {
  return names
    .map(name => ({ name, edits: distance(name, asked) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, LISTED)
    .map(({ name }) => name)
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [parsed(a), parsed(b)]
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1
  return compareBuild(left, right, true)
}

function newestOf(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareVersions).at(-1)
}

function isSame(a: string, b: string): boolean {
  return a.replace(/^v/, '') === b.replace(/^v/, '')
}

function parsed(version: string): SemVer | null {
  return parse(version, { loose: true })
}
