/**
 * Asks the target what the plan needs to know, and nothing else: HEAD for tags, manifests and blobs, and one page of
 * tags for a repository that is written to for the first time.
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
}

/**
 * Which of the blobs the repositories hold already. A repository that does not exist holds none, which one listing
 * tells for all its blobs.
 */
export async function surveyBlobs(
  target: Target,
  questions: readonly BlobQuestion[],
  sizes: ReadonlyMap<Digest, number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<RepositoryPath, ReadonlySet<Digest>>> {
  const limit = pLimit(CONCURRENCY)
  const answers = questions.map(async ({ repository, digests, exists }) => {
    const place = target.repository(repository)
    const isThere =
      digests.length === 0 ||
      exists ||
      (await limit(() => place.tags(signal, 1).catch(ignoreUnless(signal)))) !== undefined
    if (!isThere) return [repository, new Set<Digest>()] as const
    const there = await Promise.all(
      digests.map(digest =>
        limit(() => place.hasBlob({ mediaType: '', digest, size: sizes.get(digest) ?? 0 }, signal)),
      ),
    )
    return [repository, new Set(digests.filter((_, at) => there[at]))] as const
  })
  return new Map(await Promise.all(answers))
}

/** A listing that is refused tells nothing: then each blob is asked for. */
function ignoreUnless(signal: AbortSignal) {
  return (error: unknown): { refused: string } => {
    if (signal.aborted) throw error
    return { refused: messageOf(error) }
  }
}
