/**
 * Puts a manifest, byte for byte, under a tag or its digest (OCI distribution-spec 1.1, "Pushing Manifests"), and makes
 * sure that the registry stored these bytes and not its own version of them.
 */

import type { Digest } from '../../../lib/oci/digest.ts'
import { algorithmOf, isDigest } from '../../../lib/oci/digest.ts'
import type { RawManifest } from '../../../lib/oci/manifest.ts'
import type { Tag } from '../../../lib/oci/reference.ts'
import { pushTo } from '../auth/scope.ts'
import { discard } from '../http/body.ts'
import { RegistryError } from '../http/registry-error.ts'
import { retrying } from '../http/retry.ts'
import { type Answer, headerOf } from '../http/wire.ts'
import { resolveManifest } from '../read/manifests.ts'
import { nameOf, type RepositoryAt } from '../repository-at.ts'
import { forgetImmutable, learnImmutable } from './immutable-tags.ts'
import { writing } from './target-place.ts'

/** How registries refuse to move a tag that is immutable, also when it would stay where it is (ECR, Harbor). */
const MAY_BE_IMMUTABLE: ReadonlySet<number | undefined> = new Set([400, 403, 409, 412])

/** What a registry says when something that the manifest points at is not there. */
const PARTS_UNKNOWN: ReadonlySet<string | undefined> = new Set(['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN'])
/** What it says of bytes that were damaged on their way to it, and of what it does not take: worth one more try. */
const MAY_BE_DAMAGED: ReadonlySet<string | undefined> = new Set(['DIGEST_INVALID', 'MANIFEST_INVALID'])
/** Replicated registries may take a moment to find, on another node, what was pushed just before. */
const REPLICATION_RETRIES = 2

/** @throws RegistryError */
export async function pushManifest(
  at: RepositoryAt,
  manifest: RawManifest,
  as: Tag | Digest,
  signal: AbortSignal,
): Promise<void> {
  const retries = Math.min(REPLICATION_RETRIES, at.session.policy.retries)
  await retrying({ ...at.session.policy, retries }, signal, failures =>
    put(at, manifest, as, failures === 0, signal),
  )
}

async function put(
  at: RepositoryAt,
  manifest: RawManifest,
  as: Tag | Digest,
  isFirst: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await at.session.request(
      {
        operation: { action: 'push the manifest', subject: nameOf(at, as) },
        method: 'PUT',
        path: `/v2/${at.path}/manifests/${as}`,
        intent: writing(at),
        scopes: pushTo(at.path),
        headers: { 'content-type': manifest.mediaType },
        body: manifest.bytes,
        wanted: status => status === 201 || status === 200,
      },
      signal,
      async answer => {
        await discard(answer)
        checkStored(answer, manifest)
      },
    )
    if (!isDigest(as)) forgetImmutable(at, as)
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    if (MAY_BE_IMMUTABLE.has(error.status) && !isDigest(as) && (await isThere(at, as, manifest, signal)))
      return
    if (!isDigest(as)) learnImmutable(at, as, error)
    throw error.with({
      hint: hintFor(error, manifest) ?? error.hint,
      // What the session gave up on is not begun again here.
      retryable: PARTS_UNKNOWN.has(error.code) || (isFirst && MAY_BE_DAMAGED.has(error.code)),
    })
  }
}

function checkStored(answer: Answer, manifest: RawManifest): void {
  const stated = headerOf(answer, 'docker-content-digest')
  if (stated === undefined || !isDigest(stated) || algorithmOf(stated) !== algorithmOf(manifest.digest))
    return
  if (stated !== manifest.digest)
    throw new RegistryError({
      detail: `${answer.url.host} stored it as ${stated}, not as ${manifest.digest}`,
      hint: 'the registry converts manifests: turn that off (zot: compat), or choose a registry that keeps them as they are',
    })
}

async function isThere(
  at: RepositoryAt,
  tag: Tag,
  manifest: RawManifest,
  signal: AbortSignal,
): Promise<boolean> {
  const there = await resolveManifest(at, tag, signal).catch(() => undefined)
  return there?.digest === manifest.digest
}

function hintFor(error: RegistryError, manifest: RawManifest): string | undefined {
  if (PARTS_UNKNOWN.has(error.code))
    return 'the registry takes a manifest only when everything it points at is there; an index with chosen platforms needs a registry that takes sparse indexes'
  if (/immutab/i.test(error.message))
    return 'the tag exists at another digest and the registry does not let it move: allow that there, or mirror to another tag'
  if (error.code === 'MANIFEST_INVALID' || error.code === 'UNSUPPORTED' || error.status === 415)
    return `the registry may not take ${manifest.mediaType}; mirrorform does not convert, because that changes the digest`
  return undefined
}
