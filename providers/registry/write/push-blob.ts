/**
 * Puts one blob into a repository: by mounting it from a repository that has it, else by POST and a streaming PUT, else,
 * where a registry does not take that, by POST, PATCH and PUT. What worked is remembered for the host. Smaller pieces
 * would be further rungs of this ladder.
 */
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import type { BlobContent } from '../../../lib/provider.ts'
import { type Operation, RegistryError } from '../http/registry-error.ts'
import { retrying } from '../http/retry.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import { openSource } from './blob-source.ts'
import { mountBlob, type Payload, patchAndClose, putWhole, startUpload } from './upload-session.ts'

/** A registry that answered so many mounts by starting an upload, and made none, is not asked again. */
const HOPELESS_MOUNTS = 5
/** Uploads that may be started again because the token ran out on the way. */
const MAX_TOKENS_SPENT = 1

/** @throws RegistryError, GuardError, and what the source throws */
export async function pushBlob(
  at: RepositoryAt,
  descriptor: Descriptor,
  content: BlobContent,
  signal: AbortSignal,
): Promise<'mounted' | 'uploaded'> {
  const operation = { action: 'push the blob', subject: nameOf(at, descriptor.digest) }
  let started = await tryMount(at, descriptor, content, operation, signal)
  if (started === 'mounted') return 'mounted'
  let tokensSpent = 0
  return retrying(at.session.policy, signal, async (): Promise<'uploaded'> => {
    const location = started instanceof URL ? started : undefined
    started = undefined
    try {
      await upload(at, descriptor, content, location, operation, signal)
      return 'uploaded'
    } catch (error) {
      if (!(error instanceof RegistryError) || error.status !== 401) throw error
      throw error.with({ retryable: error.retryable && tokensSpent++ < MAX_TOKENS_SPENT })
    }
  })
}

async function tryMount(
  at: RepositoryAt,
  { digest }: Descriptor,
  { mountFrom }: BlobContent,
  operation: Operation,
  signal: AbortSignal,
): Promise<'mounted' | URL | undefined> {
  const { mounts } = at.session.facts
  const isHopeless = mounts.made === 0 && mounts.missed >= HOPELESS_MOUNTS
  if (mountFrom === undefined || mountFrom === at.path || isHopeless) return undefined
  try {
    const answer = await mountBlob(at, digest, mountFrom, operation, signal)
    if (answer.kind === 'mounted') {
      mounts.made++
      return 'mounted'
    }
    mounts.missed++
    return answer.location
  } catch (error) {
    if (signal.aborted || !(error instanceof RegistryError)) throw error
    mounts.missed++
    return undefined
  }
}

async function upload(
  at: RepositoryAt,
  descriptor: Descriptor,
  content: BlobContent,
  started: URL | undefined,
  operation: Operation,
  signal: AbortSignal,
): Promise<void> {
  const { facts } = at.session
  const send = (
    location: URL | undefined,
    way: (location: URL, payload: Payload) => Promise<boolean | undefined>,
  ) => sendFromSource(at, descriptor, content, location, way, operation, signal)
  const { digest } = descriptor
  if (facts.uploadBy === 'put') {
    const taken = await send(started, (location, payload) =>
      putWhole(at, location, digest, payload, operation, signal),
    )
    if (taken !== false) return
  }
  await send(facts.uploadBy === 'put' ? undefined : started, async (location, payload) => {
    await patchAndClose(at, location, digest, payload, operation, signal)
    return true
  })
  facts.uploadBy = 'patch'
}

/** Opens the source, starts the upload, sends. The source's own failure wins over what it did to the request. */
async function sendFromSource(
  at: RepositoryAt,
  descriptor: Descriptor,
  content: BlobContent,
  started: URL | undefined,
  way: (location: URL, payload: Payload) => Promise<boolean | undefined>,
  operation: Operation,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const location = started ?? (await startUpload(at, operation, signal))
  const source = await openSource(content, descriptor.size, signal)
  try {
    return await way(location, source.payload)
  } catch (error) {
    signal.throwIfAborted()
    throw source.failure()?.error ?? error
  } finally {
    await source.close()
  }
}
