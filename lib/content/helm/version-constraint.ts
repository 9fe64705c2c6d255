/**
 * Constraints on versions as Helm reads them (Masterminds/semver) → whether a version meets one. They are npm's with commas
 * between conditions, `!=`, `=>`, short versions with a pre-release (`>=1.21-0`), and pre-releases only where one is named.
 */
import { coerce, parse, type SemVer, satisfies, validRange } from 'semver'

const SHORT_WITH_PRERELEASE = /(?<![\d.])v?(\d+)(?:\.(\d+))?-(?=[0-9A-Za-z])/g
const SPACE_BEHIND_OPERATOR = /\s*(!=|>=?|<=?|=|~|\^)\s+/g
const EXCLUDED = /!=\s*v?(\S+)/g

/** undefined when one of the two is none. */
export function meetsConstraint(version: string, constraint: string): boolean | undefined {
  const parsed = readVersion(version)
  const ways = constraint.split('||').map(way => meetsAll(parsed, way))
  if (parsed === undefined || ways.includes(undefined)) return undefined
  return ways.includes(true)
}

/** Short ones too: `1.2` is `1.2.0`. */
export function readVersion(text: string): SemVer | undefined {
  return parse(text, { loose: true }) ?? coerce(text) ?? undefined
}

function meetsAll(version: SemVer | undefined, conditions: string): boolean | undefined {
  const whole = conditions
    .replace(SHORT_WITH_PRERELEASE, (_, major: string, minor = '0') => `${major}.${minor}.0-`)
    .replaceAll(',', ' ')
    .replace(/=([<>])/g, '$1=')
    .replace(SPACE_BEHIND_OPERATOR, ' $1')
  const excluded = [...whole.matchAll(EXCLUDED)].map(([, each = '']) => each)
  const range = whole.replace(EXCLUDED, '').trim() || '*'
  if (version === undefined || validRange(range, { loose: true }) === null) return undefined
  const options = { includePrerelease: /\d-/.test(whole), loose: true }
  if (excluded.some(each => satisfies(version, each, options))) return false
  return satisfies(version, range, options)
}
