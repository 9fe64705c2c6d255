/**
 * Asks which manifests have a given one as their subject (OCI distribution-spec 1.1, "Listing Referrers"), and finds out
 * whether a registry answers that at all.
 */
import { SyntaxFault } from '../../../lib/errors.ts'
import { type Descriptor, descriptorFromJson } from '../../../lib/oci/descriptor.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import { essenceOf, OCI_INDEX } from '../../../lib/oci/media-types.ts'
import { pullFrom } from '../auth/scope.ts'
import { answerFault } from '../http/answer-fault.ts'
import { discard } from '../http/body.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import { readPages } from './pages.ts'

/** A registry that has the API may still say so of a repository it does not have. */
const NOT_THERE: ReadonlySet<string | undefined> = new Set(['NAME_UNKNOWN', 'MANIFEST_UNKNOWN'])

/** undefined when the registry has no referrers API, which is remembered, or does not have the repository. */
export async function listReferrers(
  at: RepositoryAt,
  subject: Digest,
  signal: AbortSignal,
): Promise<readonly Descriptor[] | undefined> {
  if (at.session.facts.noReferrers) return undefined
  const found = new Map<Digest, Descriptor>()
  const first = {
    operation: { action: 'list the referrers of', subject: nameOf(at, subject) },
    method: 'GET',
    path: `/v2/${at.path}/referrers/${subject}`,
    scopes: pullFrom(at.path),
    headers: { accept: OCI_INDEX },
  } as const
  const declined = async (answer: Answer) => {
    if (isReferrersList(answer)) return false
    if (answer.status === 200) await discard(answer)
    else if (NOT_THERE.has((await answerFault(answer, at.session.host)).code)) return true
    at.session.facts.noReferrers = true
    return true
  }
  for await (const page of readPages(at, first, declined, meansNoApi, signal)) {
    if (page === undefined) return undefined
    const entries: readonly unknown[] = Array.isArray(page.json.manifests) ? page.json.manifests : []
    for (const entry of entries) {
      const descriptor = descriptorOrJunk(entry)
      if (descriptor !== undefined) found.set(descriptor.digest, descriptor)
    }
  }
  return [...found.values()]
}

/** Artifactory lists files of unfinished uploads as referrers; what is no descriptor names nothing that could be copied. */
function descriptorOrJunk(entry: unknown): Descriptor | undefined {
  try {
    return descriptorFromJson(entry, 'a referrer')
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined
    throw error
  }
}

/** Some front ends answer 200 with a web page for every path they do not know. */
export function isReferrersList(answer: Answer): boolean {
  return answer.status === 200 && essenceOf(headerOf(answer, 'content-type') ?? '') === OCI_INDEX
}

/** How registries without the API refuse its path. */
export function meansNoApi(status: number): boolean {
  return status === 400 || status === 404 || status === 405 || status === 501
}
