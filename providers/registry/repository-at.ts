/** One repository at one endpoint: the place that a request goes to, and the name that messages know it by. */
import type { RepositoryPath } from '../../lib/oci/reference.ts'
import type { HostSession } from './http/session.ts'

export interface RepositoryAt {
  readonly session: HostSession
  readonly path: RepositoryPath
  /** `quay.io/acme/app`: the name in the image set, also when a mirror serves it. */
  readonly name: string
}

/** `quay.io/acme/app:1`, `quay.io/acme/app@sha256:…` */
export function nameOf(at: Pick<RepositoryAt, 'name'>, reference: string): string {
  return `${at.name}${reference.includes(':') ? '@' : ':'}${reference}`
}
