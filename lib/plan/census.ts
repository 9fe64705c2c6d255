/**
 * Who lives in a repository, asked for before anything is deleted from it: every tag with what it names, and everything
 * that somebody else's tags reach, so that none of it goes.
 *
 * Costs one listing, a HEAD for each tag whose digest is not known, and a GET for each index that is not ours.
 */
import pLimit from 'p-limit'
import { PlaceError, PlanError } from '../errors.ts'
import type { ImageContent } from '../graph/graph.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { parseManifest } from '../oci/manifest.ts'
import { manifestKindOf } from '../oci/media-types.ts'
import type { Tag } from '../oci/reference.ts'
import type { TargetRepository } from '../provider.ts'

export interface Census {
  /** Every tag of the repository, with what it names. */
  readonly tags: ReadonlyMap<Tag, Digest>
  /** The manifests that tags reach which are not ours, or no longer name what we put there. */
  readonly foreign: ReadonlySet<Digest>
}

const CONCURRENCY = 32

/** @param ours images of this repository that we own or put there. @param known digests of tags asked for already. */
export async function takeCensus(
  place: TargetRepository,
  ours: readonly ImageContent[],
  known: ReadonlyMap<Tag, Digest>,
  signal: AbortSignal,
): Promise<Census> {
  const limit = pLimit(CONCURRENCY)
  const own = ownTags(ours)
  const isOurs = (tag: Tag, digest: Digest | undefined) =>
    digest !== undefined && own.get(tag)?.has(digest) === true
  const list = await place.tags(signal)
  if (list?.complete === false)
    throw new PlanError(`${place.name} lists only some of its tags, so that nothing can be deleted safely`, {
      hint: 'plan with --skip-deletes to leave unwanted images where they are',
    })
  const tags = new Map<Tag, Digest>()
  const foreign = new Set<Digest>()
  const look = async (tag: Tag): Promise<void> => {
    const told = known.get(tag)
    if (told !== undefined && isOurs(tag, told)) {
      tags.set(tag, told)
      return
    }
    const found = await place.resolve(tag, signal)
    if (found === undefined) return
    tags.set(tag, found.digest)
    if (!isOurs(tag, found.digest)) await addReach(place, found, foreign, signal)
  }
  await Promise.all((list?.tags ?? []).map(tag => limit(() => look(tag))))
  return { tags: new Map((list?.tags ?? []).flatMap(tag => entryOf(tags, tag))), foreign }
}

/** The tags we put into a repository, images' and attachments', each with what it may rightly name. */
function ownTags(images: readonly ImageContent[]): ReadonlyMap<Tag, ReadonlySet<Digest>> {
  const own = new Map<Tag, Set<Digest>>()
  for (const { destination, digest, attachments } of images)
    for (const named of [{ tag: destination.tag, digest }, ...attachments]) {
      if (named.tag === undefined) continue
      own.set(named.tag, (own.get(named.tag) ?? new Set()).add(named.digest))
    }
  return own
}

async function addReach(
  place: TargetRepository,
  { digest, mediaType }: Pick<Descriptor, 'digest' | 'mediaType'>,
  reached: Set<Digest>,
  signal: AbortSignal,
): Promise<void> {
  if (reached.has(digest)) return
  reached.add(digest)
  if (manifestKindOf(mediaType) !== 'index') return
  const raw = await place.manifest(digest, signal).catch((error: unknown) => {
    if (error instanceof PlaceError && error.status === 404) return undefined
    throw error
  })
  if (raw === undefined) return
  const manifest = parseManifest(raw, `${place.name}@${digest}`)
  if (manifest.kind !== 'index') return
  await Promise.all(manifest.manifests.map(child => addReach(place, child, reached, signal)))
}

function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): readonly (readonly [K, V])[] {
  const value = map.get(key)
  return value === undefined ? [] : [[key, value]]
}
