/**
 * A repository of the target: compared by HEAD, written in streams, and read back to verify.
 *
 * For a target "no right to see it" often means "not there yet": registries with projects answer 401 or 403 for a
 * repository that does not exist. With a login that was taken this counts as absent, and the push that follows tells the
 * truth.
 */
import type { Descriptor } from '../../../lib/oci/descriptor.ts'
import type { Digest } from '../../../lib/oci/digest.ts'
import type { RawManifest } from '../../../lib/oci/manifest.ts'
import type { Tag } from '../../../lib/oci/reference.ts'
import type { BlobContent, TagList, TargetRepository } from '../../../lib/provider.ts'
import { pushTo } from '../auth/scope.ts'
import { isHiddenAbsence } from '../http/registry-error.ts'
import type { SingleFlight } from '../http/single-flight.ts'
import { hasBlob, readBlob } from '../read/blobs.ts'
import { readManifest, resolveManifest } from '../read/manifests.ts'
import { listReferrers } from '../read/referrers.ts'
import { listTags } from '../read/tags.ts'
import type { RepositoryAt } from '../repository-at.ts'
import { deleteManifest, deleteTag } from './deletes.ts'
import { pushBlob } from './push-blob.ts'
import { pushManifest } from './push-manifest.ts'

export type Uploads = SingleFlight<'mounted' | 'uploaded'>

export class RegistryRepository implements TargetRepository {
  readonly name: string
  readonly #at: RepositoryAt
  readonly #uploads: Uploads

  constructor(at: RepositoryAt, uploads: Uploads) {
    this.name = at.name
    this.#at = at
    this.#uploads = uploads
  }

  resolve(reference: Tag | Digest, signal: AbortSignal): Promise<Descriptor | undefined> {
    return unlessHidden(resolveManifest(this.#at, reference, signal), undefined)
  }

  manifest(digest: Digest, signal: AbortSignal): Promise<RawManifest> {
    return readManifest(this.#at, digest, signal)
  }

  blob(descriptor: Descriptor, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return readBlob(this.#at, descriptor, signal)
  }

  tags(signal: AbortSignal, limit?: number): Promise<TagList | undefined> {
    return unlessHidden(listTags(this.#at, limit, signal), undefined)
  }

  referrers(subject: Digest, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
    return unlessHidden(listReferrers(this.#at, subject, signal), undefined)
  }

  hasBlob(descriptor: Descriptor, signal: AbortSignal): Promise<boolean> {
    return unlessHidden(hasBlob(this.#at, descriptor, pushTo(this.#at.path), signal), false)
  }

  pushBlob(
    descriptor: Descriptor,
    content: BlobContent,
    signal: AbortSignal,
  ): Promise<'mounted' | 'uploaded'> {
    return this.#uploads.run(`${this.name}@${descriptor.digest}`, signal, () =>
      pushBlob(this.#at, descriptor, content, signal),
    )
  }

  pushManifest(manifest: RawManifest, as: Tag | Digest, signal: AbortSignal): Promise<void> {
    return pushManifest(this.#at, manifest, as, signal)
  }

  deleteTag(tag: Tag, signal: AbortSignal): Promise<void> {
    return deleteTag(this.#at, tag, signal)
  }

  deleteManifest(digest: Digest, signal: AbortSignal): Promise<void> {
    return deleteManifest(this.#at, digest, signal)
  }
}

async function unlessHidden<T>(found: Promise<T>, absent: T): Promise<T> {
  try {
    return await found
  } catch (error) {
    if (isHiddenAbsence(error)) return absent
    throw error
  }
}
