/**
 * Versions as configuration files write them: semver 2.0.0, but `4.16`, `4` and `v1.2.3` pass too (the tolerant
 * reading of oc-mirror v2). A short version has neither pre-release nor build part.
 */

const CORE = /^v?\d+(?:\.\d+){0,2}$/
const FULL =
  /^v?\d+\.\d+\.\d+(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

export function isTolerantVersion(text: string): boolean {
  const trimmed = text.trim()
  if (CORE.test(trimmed)) return true
  const match = FULL.exec(trimmed)
  if (match === null) return false
  const identifiers = match[1]?.split('.') ?? []
  return identifiers.every(identifier => !/^0\d+$/.test(identifier))
}
