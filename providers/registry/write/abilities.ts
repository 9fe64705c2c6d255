/**
 * Finds out what a registry can do without changing anything in it.
 *
 * Whether it deletes is asked by deleting what cannot exist: a digest and a tag of random digits. distribution 2.8
 * answers 404 for such a digest, 400 for any tag, and 405 for both where deletes are turned off. Whether it takes an
 * index with missing children cannot be asked; it is known of registries that can be recognised.
 */
import { randomBytes } from 'node:crypto'
import type { Digest } from '../../../lib/oci/digest.ts'
import type { Ability } from '../../../lib/provider.ts'
import { pullFrom } from '../auth/scope.ts'
import { answerFault } from '../http/answer-fault.ts'
import { readAtMost } from '../http/body.ts'
import { RegistryError } from '../http/registry-error.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import { isReferrersList, meansNoApi } from '../read/referrers.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { sendDelete } from './deletes.ts'

/** mirrorform's own registry says what it can do: `sparse-index=yes` or `sparse-index=no`. */
const OWN_HEADER = 'mirrorform-registry'
const NOT_THERE: ReadonlySet<string | undefined> = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'])
const MAX_PAGE_BYTES = 64 * 1024

export function probeDeleteManifest(at: RepositoryAt, signal: AbortSignal): Promise<Ability> {
  return probeDelete(at, nonexistentDigest(), signal)
}

export function probeDeleteTag(at: RepositoryAt, signal: AbortSignal): Promise<Ability> {
  return probeDelete(at, `mirrorform-probe-${randomBytes(16).toString('hex')}`, signal)
}

async function probeDelete(at: RepositoryAt, reference: string, signal: AbortSignal): Promise<Ability> {
  const operation = { action: 'ask whether deletes are allowed in', subject: at.name }
  try {
    return await sendDelete(
      at,
      reference,
      operation,
      status => status !== 401 && status !== 403 && status < 500,
      signal,
      judge,
    )
  } catch (error) {
    if (error instanceof RegistryError && error.status === 501) return 'no'
    if (error instanceof RegistryError && (error.status === 401 || error.status === 403)) return 'unknown'
    throw error
  }

  async function judge(answer: Answer): Promise<Ability> {
    const { code, retryable } = await answerFault(answer, at.session.host)
    if (answer.status === 202 || answer.status === 200) return 'yes'
    if (answer.status === 404) return NOT_THERE.has(code) ? 'yes' : 'unknown'
    return !retryable && (answer.status === 400 || answer.status === 405) ? 'no' : 'unknown'
  }
}

export interface ReferrersProbe {
  readonly api: Ability
  /** The page of Go's router behind the header of distribution: CNCF distribution 2 and 3, which have no such route. */
  readonly isDistribution: boolean
}

export function probeReferrers(at: RepositoryAt, signal: AbortSignal): Promise<ReferrersProbe> {
  const digest = nonexistentDigest()
  return at.session.request(
    {
      operation: { action: 'find out what is supported in', subject: at.name },
      method: 'GET',
      path: `/v2/${at.path}/referrers/${digest}`,
      scopes: pullFrom(at.path),
      wanted: status => status < 500 && status !== 429,
    },
    signal,
    async answer => {
      const page = new TextDecoder().decode(
        await readAtMost(answer, MAX_PAGE_BYTES).catch(() => new Uint8Array()),
      )
      if (isReferrersList(answer)) return { api: 'yes', isDistribution: false }
      const isDistribution =
        answer.status === 404 &&
        headerOf(answer, 'docker-distribution-api-version') === 'registry/2.0' &&
        page.trim() === '404 page not found'
      // A registry that has the API may say of a repository that it does not exist.
      const isAboutRepository = /NAME_UNKNOWN|MANIFEST_UNKNOWN/.test(page)
      return { api: meansNoApi(answer.status) && !isAboutRepository ? 'no' : 'unknown', isDistribution }
    },
  )
}

/** CNCF distribution checks that the children of an index are there; of others nothing is known beforehand. */
export async function probeSparseIndex(
  at: RepositoryAt,
  referrers: () => Promise<ReferrersProbe>,
  signal: AbortSignal,
): Promise<Ability> {
  const { headers } = await at.session.contact(signal)
  const stated = /(?:^|[\s;,])sparse-index=(yes|no)\b/.exec(headerOf({ headers }, OWN_HEADER) ?? '')?.[1]
  if (stated === 'yes' || stated === 'no') return stated
  return (await referrers()).isDistribution ? 'no' : 'unknown'
}

function nonexistentDigest(): Digest {
  return `sha256:${randomBytes(32).toString('hex')}` as Digest
}
