/** What is wrong with an archive, in words that name the file and what depends on it. */
import { type ErrorDetails, PlaceError } from '../../lib/errors.ts'

/** An archive cannot be read as it is: damaged, incomplete, tampered with, or none at all. Asking again does not help. */
export class ArchiveError extends PlaceError {
  constructor(
    message: string,
    details: ErrorDetails & { readonly status?: number; readonly code?: string } = {},
  ) {
    super(message, details)
  }
}

/** What to do about something that an archive was not written for. */
export const NOT_ASKED =
  'the image set of the near side did not ask for it: ask for it there, or no longer here'

/** `a, b, c and 12 more` */
export function someOf(names: readonly string[], shown: number = 5): string {
  if (names.length <= shown) return names.join(', ')
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
}
