/**
 * Which images a plan is about: `--only` and `--exclude`. What lies outside is neither asked for nor changed, and never
 * deleted because it is missing from the part that was looked at.
 */
import picomatch from 'picomatch'
import type { Destination } from '../target.ts'
import { destinationKey } from '../target.ts'

export type Scope = (destination: Destination, source: string) => boolean

/**
 * A glob is held against `repository`, `repository:tag` (both with and without the target's prefix) and the source
 * reference; `*` stays within a path component, `**` does not.
 */
export function scopeOf(prefix: string, only: readonly string[], exclude: readonly string[]): Scope {
  const inside = matcher(only, true)
  const outside = matcher(exclude, false)
  return (destination, source) => {
    const key = destinationKey(destination)
    const names = [key, destination.repository, source]
    if (prefix !== '' && key.startsWith(`${prefix}/`))
      names.push(key.slice(prefix.length + 1), destination.repository.slice(prefix.length + 1))
    return names.some(inside) && !names.some(outside)
  }
}

/** Images that must not be deleted, by the same kind of glob. */
export function protectedBy(prefix: string, globs: readonly string[]): Scope {
  return globs.length === 0 ? () => false : scopeOf(prefix, globs, [])
}

function matcher(globs: readonly string[], whenEmpty: boolean): (text: string) => boolean {
  return globs.length === 0 ? () => whenEmpty : picomatch([...globs], { dot: true })
}
