/** What is not carried over, as an entry: logins in addresses are taken out, so that no message repeats one. */
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
    message: withoutLogin(message),
    ...(hint !== undefined && { hint: withoutLogin(hint) }),
    place,
  }
}

/** `https://bob:secret@host` → `https://…@host` */
function withoutLogin(text: string): string {
  return text.replace(/:\/\/[^\s/"]*@/g, '://…@')
}
