/**
 * Asks the target what the plan needs to know, and nothing else: HEAD for tags, manifests and blobs, and one page of
 * tags for some of the repositories that are written to for the first time.
 */
import pLimit from 'p-limit'
import { messageOf } from '../errors.ts'
import type { Digest } from '../oci/digest.ts'
import type { RepositoryPath } from '../oci/reference.ts'
import type { Target } from '../provider.ts'
import type { Destination } from '../target.ts'
import { destinationKey } from '../target.ts'
import type { Actual } from './classify.ts'

/** Requests at once while planning; the registry client has its own limit for each host below this. */
const CONCURRENCY = 32

/** What each destination's tag names now: one HEAD each. */
export async function surveyTags(
  target: Target,
  destinations: readonly Destination[],
  signal: AbortSignal,
): Promise<Actual> {
  const limit = pLimit(CONCURRENCY)
  const found = await Promise.all(
    destinations.map(({ repository, tag }) =>
      limit(() => target.repository(repository).resolve(tag, signal)),
    ),
  )
  return new Map(
    destinations.map((destination, at) => [destinationKey(destination), found[at]?.digest ?? 'absent']),
  )
}

export interface ManifestQuestion {
  readonly repository: RepositoryPath
  readonly digest: Digest
}

/** Those of the manifests that the repositories hold: one HEAD each. */
export async function surveyManifests(
  target: Target,
  questions: readonly ManifestQuestion[],
  signal: AbortSignal,
): Promise<readonly ManifestQuestion[]> {
  const limit = pLimit(CONCURRENCY)
  const asked = new Map(questions.map(question => [`${question.repository}@${question.digest}`, question]))
  const found = await Promise.all(
    [...asked.values()].map(question =>
      limit(async () => {
        const there = await target.repository(question.repository).resolve(question.digest, signal)
        return there === undefined ? [] : [question]
      }),
    ),
  )
  return found.flat()
}

export interface BlobQuestion {
  readonly repository: RepositoryPath
  readonly digests: readonly Digest[]
  /** Known to exist: then it need not be asked for first. */
  readonly exists: boolean
  /** Neither the state nor a tag that was found speaks for its existence. */
  readonly isNew?: boolean
}

/** New repositories that are asked whether they exist before the rest is taken to be new as well. */
const SAMPLED_REPOSITORIES = 4

/**
 * Which of the blobs the repositories hold already; a repository that does not exist is not in the answer.
 *
 * One listing tells of a repository that it does not exist and so holds nothing. Of many repositories nothing is known
 * of, all without the tag that is wanted there, only a few are asked: when none of them exists, neither will the rest.
 * Should one of those be there after all, blobs it has are sent once more, and nothing else happens.
 */
export async function surveyBlobs(
  target: Target,
  questions: readonly BlobQuestion[],
  sizes: ReadonlyMap<Digest, number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<RepositoryPath, ReadonlySet<Digest>>> {
  const limit = pLimit(CONCURRENCY)
  const isThere = (repository: RepositoryPath): Promise<boolean> =>
    limit(async () => {
      const listed = await target.repository(repository).tags(signal, 1).catch(ignoreUnless(signal))
      return listed !== undefined
    })
  const strangers = questions.filter(({ isNew, digests }) => isNew && digests.length > 0)
  const sample = spread(strangers, SAMPLED_REPOSITORIES).map(({ repository }) => repository)
  const sampled = new Map(
    await Promise.all(sample.map(async repository => [repository, await isThere(repository)] as const)),
  )
  const anyStranger = [...sampled.values()].includes(true)

  async function exists({ repository, digests, exists, isNew }: BlobQuestion): Promise<boolean> {
    if (digests.length === 0 || exists) return true
    const known = sampled.get(repository) ?? (isNew && !anyStranger ? false : undefined)
    return known ?? isThere(repository)
  }

  const answers = questions.map(async question => {
    if (!(await exists(question))) return []
    const { repository, digests } = question
    const there = await Promise.all(
      digests.map(digest =>
        limit(() =>
          target
            .repository(repository)
            .hasBlob({ mediaType: '', digest, size: sizes.get(digest) ?? 0 }, signal),
        ),
      ),
    )
    return [[repository, new Set(digests.filter((_, at) => there[at]))] as const]
  })
  return new Map((await Promise.all(answers)).flat())
}

/** At most so many of a list, from all over it. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  return list.filter(
    (_, at) => Math.floor((at * most) / list.length) !== Math.floor(((at - 1) * most) / list.length),
  )
}

/** A listing that is refused tells nothing: then each blob is asked for. */
function ignoreUnless(signal: AbortSignal) {
  return (error: unknown): { refused: string } => {
    if (signal.aborted) throw error
    return { refused: messageOf(error) }
  }
}
