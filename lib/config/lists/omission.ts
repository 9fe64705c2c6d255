/** What is not carried over, as an entry: logins in addresses are taken out, so that no message repeats one. */
import { withoutLogins } from '../../errors.ts'
import type { ListPlace, ListSection, NotCarried } from './imported-list.ts'

export function notCarried(
  section: ListSection,
  place: ListPlace,
  message: string,
  hint?: string | undefined,
): NotCarried {
  return {
    kind: 'notCarried',
    section,
    message: shown(message),
    ...(hint !== undefined && { hint: shown(hint) }),
    place,
  }
}

/** Queries of addresses hold tokens as often as not. */
function shown(text: string): string {
  return withoutLogins(text).replace(/(:\/\/[^\s"'?]*\?)[^\s"')]+/g, '$1…')
}
