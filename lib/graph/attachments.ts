/**
 * Finds what travels with an image: cosign's tags (`sha256-<hex>.sig`, `.att`, `.sbom`) and OCI 1.1 referrers, of the
 * root, of its children, and of the attachments themselves (a signed SBOM).
 *
 * Asking is kept cheap: one listing of a repository's tags answers for every cosign tag in it. Only where a repository
 * has more tags than one page is each tag asked for.
 */
import { COSIGN_SUFFIXES, cosignTag, referrersTag } from '../oci/attachment-tags.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import type { Tag } from '../oci/reference.ts'
import { oncePerKey } from '../once-per-key.ts'
import { canListReferrers, canListTags, type RepositoryReader, type TagList } from '../provider.ts'
import { compareText } from '../target.ts'
import type { Attachment } from './graph.ts'

/** One page of tags, as registries serve them (ECR refuses more). */
const LISTED_TAGS = 1000

export interface AttachmentFinder {
  /** Everything attached to `subjects`, and to what is attached to them. */
  find(
    reader: RepositoryReader,
    subjects: readonly Digest[],
    signal: AbortSignal,
  ): Promise<readonly FoundAttachment[]>
}

/** Loads what an attachment points at and gives the digests of its manifests, itself included. */
export type Expand = (
  reader: RepositoryReader,
  digest: Digest,
  signal: AbortSignal,
) => Promise<readonly Digest[]>

export interface FoundAttachment extends Attachment {
  /** How a referrers list describes it; only where the source has the referrers API. */
  readonly listed?: Descriptor
}

/** Registries list referrers in any order; the same ones always make the same graph. */
function byDigest(a: FoundAttachment, b: FoundAttachment): number {
  return compareText(a.digest, b.digest)
}

export function createAttachmentFinder(expand: Expand): AttachmentFinder {
  const listings = new Map<string, Promise<TagList | undefined>>()
  const once = oncePerKey<string, readonly FoundAttachment[]>()

  function listing(reader: RepositoryReader, signal: AbortSignal): Promise<TagList | undefined> {
    if (!canListTags(reader)) return Promise.resolve(undefined)
    const known = listings.get(reader.name)
    if (known !== undefined) return known
    const started = reader.tags(signal, LISTED_TAGS).catch((error: unknown) => {
      if (signal.aborted) throw error
      return undefined
    })
    listings.set(reader.name, started)
    return started
  }

  async function byTag(
    reader: RepositoryReader,
    tag: Tag,
    signal: AbortSignal,
  ): Promise<Descriptor | undefined> {
    const listed = await listing(reader, signal)
    if (listed?.complete && !listed.tags.includes(tag)) return undefined
    return reader.resolve(tag, signal)
  }

  async function tagged(
    reader: RepositoryReader,
    subject: Digest,
    tag: Tag | undefined,
    signal: AbortSignal,
  ) {
    const found = tag && (await byTag(reader, tag, signal))
    return found ? [{ digest: found.digest, subject, tag }] : []
  }

  /** A mirror may use the same tag as the name of an image that was asked for by digest: that is no list of referrers. */
  async function byReferrersTag(reader: RepositoryReader, subject: Digest, signal: AbortSignal) {
    const tag = referrersTag(subject)
    const found = await byTag(reader, tag, signal)
    return found?.mediaType === OCI_INDEX && found.digest !== subject
      ? [{ digest: found.digest, subject, tag }]
      : []
  }

  /** Tags of one image share what is attached to it: asked for once. */
  function ofSubject(
    reader: RepositoryReader,
    subject: Digest,
    signal: AbortSignal,
  ): Promise<readonly FoundAttachment[]> {
    return once(`${reader.name}@${subject}`, () => lookAt(reader, subject, signal))
  }

  async function lookAt(
    reader: RepositoryReader,
    subject: Digest,
    signal: AbortSignal,
  ): Promise<readonly FoundAttachment[]> {
    const signed = COSIGN_SUFFIXES.map(suffix => tagged(reader, subject, cosignTag(subject, suffix), signal))
    const referrers = canListReferrers(reader) ? await reader.referrers(subject, signal) : undefined
    const referring: readonly FoundAttachment[] =
      referrers?.map(listed => ({ digest: listed.digest, subject, listed })) ??
      (await byReferrersTag(reader, subject, signal))
    return [...(await Promise.all(signed)).flat(), ...referring.toSorted(byDigest)]
  }

  async function find(reader: RepositoryReader, roots: readonly Digest[], signal: AbortSignal) {
    const found: FoundAttachment[] = []
    const asked = new Set<Digest>()
    for (let next = roots; next.length > 0; ) {
      const fresh = [...new Set(next)].filter(subject => !asked.has(subject))
      for (const subject of fresh) asked.add(subject)
      const round = (await Promise.all(fresh.map(subject => ofSubject(reader, subject, signal)))).flat()
      found.push(...round)
      next = (await Promise.all(round.map(({ digest }) => expand(reader, digest, signal)))).flat()
    }
    return found
  }

  return { find }
}
