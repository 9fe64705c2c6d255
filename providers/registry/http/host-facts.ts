/**
 * What one request learnt about a registry and the next need not learn again. It lives as long as the client; none of
 * it changes what a request means, only how it is best asked.
 */

export interface HostFacts {
  /** A HEAD tells no digest: ask with GET. */
  headTellsNothing: boolean
  /** `/referrers/` is not served. */
  noReferrers: boolean
  /** Uploads as one streaming PUT, or as one streaming PATCH and an empty PUT. */
  uploadBy: 'put' | 'patch'
  /** Mounts the registry made, and those it answered by starting an upload. */
  readonly mounts: { made: number; missed: number }
  /** How many of the ways to ask for the right to delete were refused. */
  deleteScopesRefused: number
}

export function noFacts(): HostFacts {
  return {
    headTellsNothing: false,
    noReferrers: false,
    uploadBy: 'put',
    mounts: { made: 0, missed: 0 },
    deleteScopesRefused: 0,
  }
}
