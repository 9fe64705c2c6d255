/** Says of a 401 or 403 which login was refused and where it came from, or that there was none. Never the login itself. */
import type { Authorization } from '../auth/authorizer.ts'
import type { Credentials } from '../auth/credentials.ts'
import { formatScopes, type Scopes } from '../auth/scope.ts'
import type { Fault } from './registry-error.ts'

export interface Refused {
  readonly host: string
  readonly scopes: Scopes
  readonly sent: Authorization | undefined
  readonly credentials: Pick<Credentials, 'searched' | 'troubles'>
}

/** The fault, with what is known of the login added when it is about the login. */
export function refusalOf(fault: Fault, { host, scopes, sent, credentials }: Refused): Fault {
  if (fault.status !== 401 && fault.status !== 403) return fault
  const asked = sent?.token === undefined ? '' : ` (scope ${formatScopes(scopes).join(' and ')})`
  const detail = `${fault.detail}${asked}`
  const origin = sent?.found?.origin
  if (origin === undefined) {
    const places = credentials.searched.length === 0 ? 'no credential file' : credentials.searched.join(', ')
    const troubles = credentials.troubles.map(trouble => `; ${trouble}`).join('')
    return {
      ...fault,
      detail,
      hint: `there is no login for ${host} (searched: ${places}${troubles}); log in, for example with: skopeo login ${host}`,
    }
  }
  if (fault.status === 401 && sent?.token === undefined)
    return { ...fault, detail, hint: `check the user and password in ${origin}` }
  return {
    ...fault,
    detail,
    mayBeAbsent: true,
    hint: `the login from ${origin} was taken, but it may not do this; the repository may also not exist`,
  }
}
