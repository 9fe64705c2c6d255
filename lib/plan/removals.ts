/**
 * Works out how unwanted images leave a repository without taking anything else along. Pure.
 *
 * Deleting a manifest by digest takes all its tags with it on most registries, so that is only done when every tag on
 * the digest goes, and nothing that stays, ours or not, lists it. Otherwise the tag alone is removed, where the
 * registry can do that; where it cannot, the tag is displaced: put on an empty manifest made for the purpose, which is
 * then deleted by digest. Children and attachments leave with their root by the same rule.
 */
import { closureOf, type ImageContent, type ManifestStore, manifestsBelow } from '../graph/graph.ts'
import type { Digest } from '../oci/digest.ts'
import type { Tag } from '../oci/reference.ts'
import type { Ability } from '../provider.ts'
import type { Census } from './census.ts'
import { displacedManifest } from './displaced.ts'
import type { Removal, RemovalStep } from './plan.ts'

/** One repository, as far as its deletes are concerned. */
export interface RepositoryRemovals {
  readonly repository: string
  /** Images that go. */
  readonly going: readonly ImageContent[]
  /** Images of ours that stay in the same repository, then those that arrive there. */
  readonly staying: readonly ImageContent[]
  readonly census: Census
  readonly deleteTag: Ability
  readonly deleteManifest: Ability
}

export interface PlannedRemoval {
  readonly image: ImageContent
  readonly removal: Removal
}

/** In the order in which they have to be carried out: an index before an image of its own that it lists. */
export function planRemovals(store: ManifestStore, removals: RepositoryRemovals): readonly PlannedRemoval[] {
  const { census, repository } = removals
  const images = removals.going.toSorted((a, b) => heightOf(store, b.digest) - heightOf(store, a.digest))
  const leaving = leavingManifests(store, removals)
  const going = goingTags(images, removals, leaving)
  const goingTo = tagsByDigest(going)
  const tagsOn = tagsByDigest(census.tags)
  const canUntag = removals.deleteTag === 'yes'
  const canDelete = removals.deleteManifest === 'yes'
  const arriving = new Map(removals.staying.map(image => [image.destination.tag, image.digest]))
  const deleted = new Set<Digest>()
  const treated = new Set<Tag>()

  /** Tags on the digest that neither go nor move to another image. */
  function sparedTags(digest: Digest): readonly Tag[] {
    const moves = (tag: Tag) => (arriving.get(tag) ?? digest) !== digest
    return (tagsOn.get(digest) ?? []).filter(tag => !going.has(tag) && !moves(tag))
  }

  /** Frees one tag, and the digest with the last one on it. */
  function freeTag(tag: Tag): readonly RemovalStep[] {
    const digest = going.get(tag)
    if (digest === undefined || treated.has(tag)) return []
    treated.add(tag)
    const untag: readonly RemovalStep[] = canUntag ? [{ do: 'delete-tag', tag }] : []
    if (!canDelete || deleted.has(digest)) return untag
    if (!leaving.has(digest))
      return canUntag ? untag : [{ do: 'displace-tag', tag, with: displacedManifest(repository, tag).digest }]
    const releases = goingTo.get(digest) ?? []
    if (canUntag && releases.at(-1) !== tag) return untag
    deleted.add(digest)
    return [...untag, { do: 'delete-manifest', digest, releases }]
  }

  /** What has no tag of its own and leaves with the image, an index before what it lists. */
  function freeBelow(image: ImageContent): readonly RemovalStep[] {
    if (!deleted.has(image.digest)) return []
    const untagged = closureOf(store, image).filter(
      digest => leaving.has(digest) && !deleted.has(digest) && !goingTo.has(digest),
    )
    for (const digest of untagged) deleted.add(digest)
    return untagged.toReversed().map(digest => ({ do: 'delete-manifest', digest, releases: [] }))
  }

  return images.map(image => {
    const tags = [image.destination.tag, ...image.attachments.flatMap(({ tag }) => tag ?? [])]
    const steps = [...tags.flatMap(freeTag), ...freeBelow(image)]
    return { image, removal: { steps, sparedTags: sparedTags(image.digest) } }
  })
}

/** In the order of the map. */
function tagsByDigest(tags: ReadonlyMap<Tag, Digest>): ReadonlyMap<Digest, readonly Tag[]> {
  const named = new Map<Digest, Tag[]>()
  for (const [tag, digest] of tags) {
    const known = named.get(digest)
    if (known === undefined) named.set(digest, [tag])
    else known.push(tag)
  }
  return named
}

/** Manifests that nothing has a use for once the images are gone. An attachment leaves with what it belongs to. */
function leavingManifests(
  store: ManifestStore,
  { going, staying, census }: RepositoryRemovals,
): ReadonlySet<Digest> {
  const staysWithOurs = new Set(staying.flatMap(image => closureOf(store, image)))
  const stays = (digest: Digest) => staysWithOurs.has(digest) || census.foreign.has(digest)
  const leaving = new Set<Digest>()
  for (const image of going) {
    const omitted = new Set(image.omitted)
    const leave = (root: Digest) => {
      for (const digest of manifestsBelow(store, root, omitted)) if (!stays(digest)) leaving.add(digest)
    }
    leave(image.digest)
    for (let left = image.attachments, before = -1; left.length !== before; ) {
      before = left.length
      for (const { digest, subject } of left) if (leaving.has(subject)) leave(digest)
      left = left.filter(({ subject }) => !leaving.has(subject))
    }
  }
  return leaving
}

/** The tags that go, with what they name. One that is not where we left it, or that something else has, stays. */
function goingTags(
  images: readonly ImageContent[],
  { staying, census }: RepositoryRemovals,
  leaving: ReadonlySet<Digest>,
): ReadonlyMap<Tag, Digest> {
  const kept = new Set(
    staying.flatMap(image => [
      image.destination.tag,
      ...image.attachments.flatMap(({ tag }) => (tag === undefined ? [] : [tag])),
    ]),
  )
  const going = new Map<Tag, Digest>()
  for (const image of images) {
    going.set(image.destination.tag, image.digest)
    for (const { tag, digest, subject } of image.attachments)
      if (tag !== undefined && leaving.has(subject) && !kept.has(tag) && census.tags.get(tag) === digest)
        going.set(tag, digest)
  }
  return going
}

/** 0 for an image, one more for each index above. */
function heightOf(store: ManifestStore, digest: Digest): number {
  const children = store.manifests.get(digest)?.manifests ?? []
  return children.reduce((height, child) => Math.max(height, 1 + heightOf(store, child)), 0)
}
