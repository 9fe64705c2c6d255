/**
 * `skipRange` of a channel's entry, as OLM reads it (github.com/blang/semver, ParseRange): comparisons that hold together,
 * alternatives behind `||`, `x` for any number. Prereleases are versions like all others here.
 */
import compareSemver from 'semver/functions/compare.js'
import { parseVersion, type Version } from './versions.ts'

/** Whether the range has a version. */
export type SkipRange = (version: Version) => boolean

const COMPARISON = /^(==?|!=?|<=?|>=?)?(\d.*)$/
const WILDCARD = /^(\d+)(?:\.(\d+))?\.[xX*](?:\.[xX*])?$/

/** A range OLM cannot read has no versions. */
export function parseSkipRange(text: string): SkipRange {
  const alternatives = text.split('||').map(parseTogether)
  if (alternatives.some(each => each === undefined)) return () => false
  return version => alternatives.some(each => each?.every(holds => holds(version)) ?? false)
}

function parseTogether(text: string): readonly SkipRange[] | undefined {
  const parts = text
    .replace(/([<>=!])\s+/g, '$1')
    .split(/\s+/)
    .filter(part => part !== '')
  const comparisons = parts.flatMap(part => parseComparison(part) ?? [])
  return parts.length > 0 && comparisons.length === parts.length ? comparisons : undefined
}

function parseComparison(text: string): SkipRange | undefined {
  const [, operator = '=', operand] = COMPARISON.exec(text) ?? []
  const place = operand === undefined ? undefined : placeFor(operand)
  if (place === undefined) return undefined
  switch (operator) {
    case '<':
      return version => place(version) < 0
    case '<=':
      return version => place(version) <= 0
    case '>':
      return version => place(version) > 0
    case '>=':
      return version => place(version) >= 0
    case '!':
    case '!=':
      return version => place(version) !== 0
    default:
      return version => place(version) === 0
  }
}

/** Where a version stands: below (-1), at (0) or above (1) a version, or all versions that `x` stands for. */
function placeFor(operand: string): ((version: Version) => number) | undefined {
  const wildcard = WILDCARD.exec(operand)
  if (wildcard === null) {
    const exact = parseVersion(operand)
    return exact === undefined ? undefined : version => compareSemver(version, exact)
  }
  const major = Number(wildcard[1])
  const minor = wildcard[2] === undefined ? undefined : Number(wildcard[2])
  const first = parseVersion(`${major}.${minor ?? 0}.0`)
  const after = parseVersion(minor === undefined ? `${major + 1}.0.0` : `${major}.${minor + 1}.0`)
  if (first === undefined || after === undefined) return undefined
  return version => {
    if (compareSemver(version, first) < 0) return -1
    return compareSemver(version, after) < 0 ? 0 : 1
  }
}
