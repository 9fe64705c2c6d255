/**
 * Which tags of a registry cannot be put on another digest, as far as that can be known without trying: Harbor tells it
 * in its own API, for each tag; of others it is known once a push was refused so, and kept in the host's profile.
 */
import type { Tag } from '../../../lib/oci/reference.ts'
import type { ImmutableTag } from '../../../lib/provider.ts'
import type { HostFacts } from '../http/host-facts.ts'
import type { RegistryError } from '../http/registry-error.ts'
import { profileFileName } from '../profile/profile-files.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { isHarbor, projectOf, tellImmutable } from './harbor-api.ts'

export interface TagAt {
  readonly at: RepositoryAt
  readonly tag: Tag
}

/** All tags of a repository. */
const ALL = '*'
/** Whole repositories are immutable in ECR, single tags also elsewhere: each says so in its words. */
const IS_IMMUTABLE = /immutab|ImageTagAlreadyExists/i
const IS_IMMUTABLE_REPOSITORY = /repository is immutable/i

/** @param tags of one registry, all of them there */
export async function findImmutableTags(
  tags: readonly TagAt[],
  signal: AbortSignal,
): Promise<readonly ImmutableTag[]> {
  const [first] = tags
  if (first === undefined) return []
  const told = (await isHarbor(first.at, signal)) ? await tellImmutable(tags, signal) : new Map()
  return tags.flatMap(tagAt => {
    const { at, tag } = tagAt
    const destination = { repository: at.path, tag }
    const stated = told.get(tagAt)
    if (stated === true)
      return [
        {
          destination,
          because: 'so says Harbor',
          advice: `change the immutability rules of the project ${projectOf(at.path)} in Harbor`,
        },
      ]
    if (stated === false) forgetImmutable(at, tag)
    return isKnown(at.session.facts, at.path, tag)
      ? [
          {
            destination,
            because: 'a push was refused so before',
            advice: `let tags move there, and then delete "immutableTags" from ${profileFileName(at.session.host)} in the folder hosts of the cache`,
          },
        ]
      : []
  })
}

/** Keeps what a refused push says of its tag, if it says that. */
export function learnImmutable({ session, path }: RepositoryAt, tag: Tag, refused: RegistryError): void {
  if (!IS_IMMUTABLE.test(refused.message)) return
  const { facts } = session
  const named = IS_IMMUTABLE_REPOSITORY.test(refused.message) ? ALL : tag
  const known = facts.immutableTags[path] ?? []
  if (!known.includes(named)) keep(facts, path, [...known, named])
}

/** A tag that was pushed, or that the registry says may move. */
export function forgetImmutable({ session, path }: RepositoryAt, tag: Tag): void {
  const { facts } = session
  const known = facts.immutableTags[path]
  if (known?.includes(tag))
    keep(
      facts,
      path,
      known.filter(one => one !== tag),
    )
}

function isKnown({ immutableTags }: HostFacts, repository: string, tag: Tag): boolean {
  const known = immutableTags[repository] ?? []
  return known.includes(tag) || known.includes(ALL)
}

/** In a fixed order, whichever was refused first. */
function keep(facts: HostFacts, repository: string, tags: readonly string[]): void {
  const { [repository]: _, ...others } = facts.immutableTags
  const all = tags.length === 0 ? others : { ...others, [repository]: [...tags].sort() }
  facts.immutableTags = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}
