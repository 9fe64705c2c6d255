/**
 * A list of images at a target and the images of its state → those of the list that are ours, and go: somebody has looked at
 * the list and named each. Only where the list takes the rest of what one asker has, and not of what another has, an image of
 * both stays for that other: oc-mirror lists what a bundle shares with one that is to stay.
 */
import type { ListedImage } from '../../config/index.ts'
import { UsageError } from '../../errors.ts'
import type { Origin } from '../../graph/graph.ts'
import type { StateImage } from '../../state.ts'
import { formatDestination, formatTarget, type TargetAddress } from '../../target.ts'
import type { ChosenDeletes } from './select.ts'

/** Images that are not ours, told one by one up to this many. */
const TOLD = 10

/** @throws UsageError for a list of another target, before anything is deleted */
export function selectListed(
  listed: readonly ListedImage[],
  images: readonly StateImage[],
  target: TargetAddress,
): ChosenDeletes {
  for (const each of listed) refuseElsewhere(each, target)
  const names = new Set(listed.map(({ reference }) => reference))
  const isListed = ({ destination, digest }: StateImage): boolean =>
    names.has(formatDestination(target, destination)) ||
    names.has(`${withoutTag(formatDestination(target, destination))}@${digest}`)
  const ours = images.filter(isListed)
  const kept = new Set(
    images.filter(image => !isListed(image)).flatMap(({ origins }) => origins.map(askerOf)),
  )
  const reduced = ours.map(image => ({
    image,
    origins: image.origins.filter(each => kept.has(askerOf(each))),
  }))
  const isShared = ({ image, origins }: (typeof reduced)[number]): boolean =>
    origins.length > 0 && origins.length < image.origins.length
  const known = new Set(ours.flatMap(image => namesOf(image, target)))
  const attached = new Map(images.flatMap(image => attachmentsOf(image, target)))
  const others = listed.filter(({ reference }) => !known.has(reference))
  return {
    going: reduced.flatMap(each => (isShared(each) ? [] : [each.image])),
    staying: reduced.flatMap(each => (isShared(each) ? [{ ...each.image, origins: each.origins }] : [])),
    notes: othersNotes(others, attached),
  }
}

/** The same for whichever channels it asks; origins of one state are all written alike. */
function askerOf(origin: Origin): string {
  return JSON.stringify({ ...origin, channels: undefined })
}

/** All that leaves with the image, as a list may name it. */
function namesOf(image: StateImage, target: TargetAddress): readonly string[] {
  const own = formatDestination(target, image.destination)
  return [own, `${withoutTag(own)}@${image.digest}`, ...attachmentsOf(image, target).map(([name]) => name)]
}

/** Tags of signatures and the like, each with the image it belongs to. */
function attachmentsOf(
  { destination, attachments }: StateImage,
  target: TargetAddress,
): readonly (readonly [name: string, image: string])[] {
  const own = formatDestination(target, destination)
  return attachments.flatMap(({ tag }) =>
    tag === undefined ? [] : [[`${withoutTag(own)}:${tag}`, own] as const],
  )
}

function withoutTag(name: string): string {
  return name.replace(/:[^:/]*$/, '')
}

function refuseElsewhere({ reference, place }: ListedImage, target: TargetAddress): void {
  const below = formatTarget(target).replace(/^docker:\/\//, '')
  if (reference.startsWith(`${below}/`)) return
  throw new UsageError(`${place}: ${reference} is not at ${formatTarget(target)}; nothing was deleted`, {
    hint: 'name the registry, with the path below it, that the list was written for',
  })
}

/** @param attached what belongs to images of the state, by name */
function othersNotes(
  others: readonly ListedImage[],
  attached: ReadonlyMap<string, string>,
): readonly string[] {
  const told = others.slice(0, TOLD).map(({ reference, place }) => {
    const image = attached.get(reference)
    return image === undefined
      ? `${place}: ${reference} is not in the state: it is not ours, and stays`
      : `${place}: ${reference} belongs to ${image}, which is not listed: both stay`
  })
  return others.length > TOLD
    ? [...told, `${others.length - TOLD} more of the list are not in the state, and stay`]
    : told
}
