/** Names and versions in a message: all of a short list, the ends of a long one. */
import { suggestKey } from '../../../config/key-suggestion.ts'

const MAX_LISTED = 8
const FIRST_LISTED = 4
const LAST_LISTED = 3

/** `1.0.0, 1.1.0, 1.2.0`; of many `1.0.0, 1.1.0, 1.2.0, 1.3.0, … 14 more …, 2.4.0, 2.5.0, 2.6.0`. */
export function listed(names: readonly string[]): string {
  if (names.length <= MAX_LISTED) return names.join(', ')
  const between = names.length - FIRST_LISTED - LAST_LISTED
  return [
    ...names.slice(0, FIRST_LISTED),
    `… ${between} more …`,
    ...names.slice(names.length - LAST_LISTED),
  ].join(', ')
}

/** The name that was probably meant: a near spelling, or the only one that contains what is written. */
export function suggestName(written: string, known: readonly string[]): string | undefined {
  const near = suggestKey(written, known)
  if (near !== undefined || written.length < 3) return near
  const containing = known.filter(name => name.includes(written) || written.includes(name))
  return containing.length === 1 ? containing[0] : undefined
}

/** `did you mean "stable"?`, or all names there are. */
export function hintForName(written: string, known: readonly string[], what: string): string {
  const meant = suggestName(written, known)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return known.length === 0 ? `there are no ${what}` : `${what}: ${listed(known)}`
}
