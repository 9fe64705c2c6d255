/**
 * Puts one blob into a repository: by mounting it from a repository that has it, else by an upload. An upload that broke
 * off, or whose token ran out on the way, goes on from where the registry says it is; else it starts again.
 */
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import type { BlobContent } from '../../../lib/provider.ts'
import { apiHost } from '../http/api-host.ts'
import { areMountsHopeless } from '../http/host-facts.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import { retrying } from '../http/retry.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import { BlobSource } from './blob-source.ts'
import { askProgress, mountBlob, type UploadPlace } from './upload-session.ts'
import { isThere, type Outgoing, sendBlob } from './upload-ways.ts'

/** Tokens that may run out in one upload without a byte of progress between them. */
const MAX_TOKENS_SPENT = 1
/** Size of a blob from which on it is worth a request to learn how much of it arrived, bytes. */
const WORTH_ASKING = 1024 * 1024

/** Why the last attempt ended, for the next one. */
type Break = 'none' | 'connection' | 'token'

/** @throws RegistryError, GuardError, and what the source throws */
export async function pushBlob(
  at: RepositoryAt,
  descriptor: Descriptor,
  content: BlobContent,
  signal: AbortSignal,
): Promise<'mounted' | 'uploaded'> {
  const operation = { action: 'push the blob', subject: nameOf(at, descriptor.digest) }
  const place = await tryMount(at, descriptor, content, operation, signal)
  if (place === 'mounted') return 'mounted'
  const source = new BlobSource(content, descriptor.size)
  const outgoing: Outgoing = { at, descriptor, source, operation, place }
  try {
    await uploadWithRetries(outgoing, signal)
    return 'uploaded'
  } finally {
    await source.close()
  }
}

async function tryMount(
  at: RepositoryAt,
  { digest }: Descriptor,
  { mountFrom }: BlobContent,
  operation: Operation,
  signal: AbortSignal,
): Promise<'mounted' | UploadPlace | undefined> {
  const { mounts } = at.session.facts
  if (mountFrom === undefined || mountFrom === at.path || areMountsHopeless(mounts)) return undefined
  try {
    const answer = await mountBlob(at, digest, mountFrom, operation, signal)
    if (answer.kind === 'mounted') {
      mounts.made++
      return 'mounted'
    }
    mounts.missed++
    return answer.place
  } catch (error) {
    if (signal.aborted || !(error instanceof RegistryError)) throw error
    mounts.missed++
    return undefined
  }
}

async function uploadWithRetries(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  let attempts = 0
  let broken: Break = 'none'
  let tokensSpent = 0
  let furthest = 0
  await retrying(outgoing.at.session.policy, signal, async () => {
    for (;;) {
      if (await isFoundComplete(outgoing, broken, signal)) return
      const from = outgoing.place?.offset ?? 0
      if (from > furthest) tokensSpent = 0
      furthest = Math.max(furthest, from)
      try {
        await sendOrStartAgain(outgoing, attempts++ > 0 && outgoing.place !== undefined, signal)
        return
      } catch (error) {
        if (!isTokenSpent(error)) {
          // Who is told to come back later comes back to the same upload.
          broken = error instanceof RegistryError && error.status === 429 ? 'none' : 'connection'
          throw error
        }
        broken = 'token'
        // A token that is refused again at the same byte did not run out: it is no use.
        if ((outgoing.place?.offset ?? 0) > furthest) tokensSpent = 0
        if (tokensSpent++ >= MAX_TOKENS_SPENT) throw error.with({ retryable: false })
      }
    }
  })
}

/** The source's own failure wins over what it did to the request. An upload that was gone on with in vain starts again. */
async function sendOrStartAgain(
  outgoing: Outgoing,
  isContinued: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await sendBlob(outgoing, signal)
  } catch (error) {
    signal.throwIfAborted()
    const cause = outgoing.source.takeFailure()?.error ?? error
    if (!isContinued && isDamagedOnTheWay(cause)) {
      outgoing.place = undefined
      throw cause.with({ retryable: true })
    }
    if (!isContinued || !(cause instanceof RegistryError) || cause.retryable) throw cause
    outgoing.place = undefined
    await sendOrStartAgain(outgoing, false, signal)
  }
}

/** What is sent is what the digest names: its source has been checked to the last byte. */
function isDamagedOnTheWay(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.code === 'DIGEST_INVALID'
}

/** The session has a new token by then, so what remains is to send again. */
function isTokenSpent(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.status === 401 && error.retryable
}

/**
 * After a break: finds out how far the upload came, so that it goes on from there or starts again.
 *
 * @returns true when the registry has all of it, and only its answer was lost
 */
async function isFoundComplete(outgoing: Outgoing, broken: Break, signal: AbortSignal): Promise<boolean> {
  const { at, descriptor, place, source, operation } = outgoing
  if (broken === 'none' || place === undefined) return false
  outgoing.place = undefined
  const isOurs =
    place.location.host === new URL(`${place.location.protocol}//${apiHost(at.session.host)}`).host
  if (!isOurs || (broken === 'connection' && descriptor.size < WORTH_ASKING)) return false
  const wasAllSent = place.offset >= descriptor.size || source.isSpent
  if (wasAllSent && broken === 'connection' && (await isThere(outgoing, signal).catch(() => false)))
    return true
  signal.throwIfAborted()
  const known = await askProgress(at, place, operation, signal)
  if (known === undefined || known.offset > descriptor.size) return false
  if (known.offset > 0 || broken === 'token') outgoing.place = known
  return false
}
