/**
 * Images of bundles and charts that would meet at one tag -> each at a place of its own.
 *
 * Catalogs name operands by tag and digest, and build after build under the same tag (charts too): only one can have it. That is
 * whoever names nothing but the tag, else the last one (oc-mirror v2, where the last one written wins and the others lose
 * their tag); the others are tagged by digest, by which clusters pull them anyway. What has one digest is one image,
 * whichever host it is named by.
 */
import type { Digest } from '../../oci/digest.ts'
import { repositoryName, tagByDigest } from '../../oci/reference.ts'
import type { WantedImage } from '../wanted.ts'

export interface PlacedApart {
  readonly images: readonly WantedImage[]
  /** Each one line. */
  readonly notes: readonly string[]
}

/** In the same order. @param images of all kinds; only those that nothing but bundles and charts ask for change places */
export function keepTagsApart(images: readonly WantedImage[]): PlacedApart {
  const notes: string[] = []
  const apart = new Map<WantedImage, WantedImage>()
  for (const meeting of groupsOf(images)) {
    const owner = ownerOf(meeting)
    const moving = meeting.filter(image => digestOf(image) !== owner && isOperand(image))
    for (const image of moving) {
      const digest = digestOf(image)
      if (digest !== undefined) apart.set(image, { ...image, tag: tagByDigest(digest) })
    }
    const [first] = moving
    if (first?.source.kind === 'registry')
      notes.push(
        `${repositoryName(first.source.reference)}:${first.tag} is the tag of several images of catalogs and charts; ${owner ?? 'the one named by tag alone'} keeps it, ${moving.length} more ${moving.length === 1 ? 'is' : 'are'} tagged by digest`,
      )
  }
  const placed = images.map(image => apart.get(image) ?? image)
  const merged = fromOneSource(placed)
  return { images: merged, notes: [...notes, ...otherNames(placed, merged)].sort() }
}

function groupsOf(images: readonly WantedImage[]): readonly (readonly WantedImage[])[] {
  const byPlace = Map.groupBy(images, ({ repository, tag }) => `${repository}:${tag}`)
  return [...byPlace.values()].filter(group => new Set(group.map(digestOf)).size > 1)
}

/** undefined where it is an image named by tag alone. */
function ownerOf(meeting: readonly WantedImage[]): Digest | undefined {
  const fixed = meeting.find(image => !isOperand(image) || digestOf(image) === undefined)
  const last = fixed ?? meeting.at(-1)
  return last && digestOf(last)
}

/** Images of one digest at one place are read from where the first of them, or what is no operand, is read from. */
function fromOneSource(images: readonly WantedImage[]): readonly WantedImage[] {
  const sources = new Map<string, WantedImage>()
  const keyOf = (image: WantedImage) => `${image.repository}:${image.tag}@${digestOf(image)}`
  for (const image of images) {
    const known = sources.get(keyOf(image))
    if (known === undefined || (isOperand(known) && !isOperand(image))) sources.set(keyOf(image), image)
  }
  return images.map(image => {
    if (digestOf(image) === undefined || !isOperand(image)) return image
    return { ...image, source: sources.get(keyOf(image))?.source ?? image.source }
  })
}

/** Names under which nothing is read: what is made from the mirror's images, such as mirror sets, knows nothing of them. */
function otherNames(placed: readonly WantedImage[], merged: readonly WantedImage[]): readonly string[] {
  const read = new Set(merged.flatMap(nameOf))
  const unread = placed.flatMap(nameOf).filter(name => !read.has(name))
  return [...new Set(unread)].map(
    name =>
      `${name} has images that catalogs and charts name by another host too, and they are read from there: cluster resources may not lead from ${name} to the mirror`,
  )
}

function nameOf({ source }: WantedImage): readonly string[] {
  return source.kind === 'registry' ? [repositoryName(source.reference)] : []
}

function isOperand({ origins, made }: WantedImage): boolean {
  return made === undefined && origins.every(({ kind }) => kind === 'bundle' || kind === 'chart')
}

function digestOf({ source, made }: WantedImage): Digest | undefined {
  if (made !== undefined) return made.root
  return source.kind === 'registry' ? source.reference.digest : undefined
}
