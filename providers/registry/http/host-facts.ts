/**
 * What one request learnt about a registry and the next need not learn again. It lives as long as the client, and longer
 * in the host's profile (`profile/`); none of it changes what a request means, only how it is best asked.
 */
import type { TargetAbilities } from '../../../lib/provider.ts'

/** From the fewest requests to the most: one streaming PUT; one streaming PATCH and a PUT; PATCHes of limited size and a PUT. */
export const UPLOAD_WAYS = ['put', 'patch', 'chunks'] as const
export type UploadWay = (typeof UPLOAD_WAYS)[number]

export type ImmutableTags = Readonly<Record<string, readonly string[]>>

export interface HostFacts {
  /** A HEAD tells no digest: ask with GET. */
  headTellsNothing: boolean
  /** `/referrers/` is not served. */
  noReferrers: boolean
  uploadBy: UploadWay
  /** The longest body that one request may have where longer ones were refused (413), bytes. */
  maxBody: number | undefined
  /** The longest chunk where longer ones were refused, bytes. */
  chunkSize: number | undefined
  /** Mounts the registry made, and those it answered by starting an upload. */
  readonly mounts: { made: number; missed: number }
  /** How many of the ways to ask for the right to delete were refused. */
  deleteScopesRefused: number
  /** Tags that it refused to move, by repository; `*` for all of a repository. */
  immutableTags: ImmutableTags
  /** What the registry calls itself on `/v2/`; the facts hold as long as it says the same. */
  software: string | undefined
  /** What is known for certain of what it can do. */
  readonly abilities: { -readonly [A in keyof TargetAbilities]?: 'yes' | 'no' | undefined }
}

/** A registry that answered so many mounts by starting an upload, and made none, is not asked again. */
const HOPELESS_MOUNTS = 5

export function areMountsHopeless({ made, missed }: HostFacts['mounts']): boolean {
  return made === 0 && missed >= HOPELESS_MOUNTS
}

/** One more miss and mounts are hopeless: for a registry that was, and may have been set up otherwise since. */
export const NEARLY_HOPELESS: HostFacts['mounts'] = { made: 0, missed: HOPELESS_MOUNTS - 1 }

export function noFacts(): HostFacts {
  return {
    headTellsNothing: false,
    noReferrers: false,
    uploadBy: 'put',
    maxBody: undefined,
    chunkSize: undefined,
    mounts: { made: 0, missed: 0 },
    deleteScopesRefused: 0,
    immutableTags: {},
    software: undefined,
    abilities: {},
  }
}
