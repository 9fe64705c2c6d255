/** A repository that may be written: how its requests declare themselves to the guard, and what they may touch. */
import type { Intent } from '../http/guard.ts'
import type { RepositoryAt } from '../repository-at.ts'

/** A change made through the registry's API. */
export function writing(at: RepositoryAt): Intent {
  return { kind: 'write', host: at.session.host, repository: at.path }
}

/** Bytes sent to the place that the registry named for them. */
export function uploading(at: RepositoryAt): Intent {
  return { kind: 'upload', host: at.session.host, repository: at.path }
}
