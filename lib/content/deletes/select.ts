/**
 * A delete set and the images of a state → what goes. Nothing is looked up: the state knows why each image is there.
 *
 * An image goes when nothing that asked for it is left. Where something is, it stays, and only its origins change: the next
 * plan knows then who still wants it. The data of the update graph serve every release, so they stay as long as one does.
 */
import type { DeleteSet } from '../../config/index.ts'
import type { ImageContent, Origin } from '../../graph/graph.ts'
import type { StateImage } from '../../state.ts'
import { chartChoices } from './chart-choices.ts'
import type { Choice, Remainder } from './choice.ts'
import { operatorChoices } from './operator-choices.ts'
import { otherChoices, type PlaceOfRepository } from './other-choices.ts'
import { releaseChoices } from './release-choices.ts'

export interface ChosenDeletes {
  /** Nothing else asks for them. In the order of the state. */
  readonly going: readonly StateImage[]
  /** With what still asks for them as their origins. */
  readonly staying: readonly ImageContent[]
  /** What a delete set names and no image has, what stays although it is named, what is wider than it may seem: a line each. */
  readonly notes: readonly string[]
}

/** Parts of a wide entry that a note tells one by one. */
const TOLD = 5

/** @param placeOf for `targetRepo` */
export function selectDeletes(
  sets: readonly DeleteSet[],
  images: readonly StateImage[],
  placeOf: PlaceOfRepository,
): ChosenDeletes {
  const choices = sets.flatMap(set => [
    ...releaseChoices(set.platform, set.path, images),
    ...operatorChoices(set.operators),
    ...chartChoices(set.helm),
    ...otherChoices(set, placeOf),
  ])
  const used = new Map<Choice, Set<string>>()
  const reduced = images.map(image => ({ image, origins: reduce(image, choices, used) }))
  const graphs = sets.filter(({ platform }) => platform?.graph)
  const releaseLeft = reduced.flatMap(({ origins }) => origins).find(({ kind }) => kind === 'release')
  const settled =
    graphs.length === 0 || releaseLeft !== undefined
      ? reduced
      : reduced.map(({ image, origins }) => ({
          image,
          origins: origins.filter(({ kind }) => kind !== 'graphData'),
        }))
  const hasGraph = images.some(({ origins }) => origins.some(({ kind }) => kind === 'graphData'))
  const named = settled.filter(({ image, origins }) => isLess(origins, image))
  return {
    going: named.flatMap(({ image, origins }) => (origins.length === 0 ? [image] : [])),
    staying: named.flatMap(({ image, origins }) => (origins.length === 0 ? [] : [{ ...image, origins }])),
    notes: [
      ...choices.flatMap(choice => choiceNotes(choice, used.get(choice))),
      ...graphs.flatMap(({ path }) => graphNotes(path, hasGraph, releaseLeft)),
    ],
  }
}

/** @param used what each choice has taken, by the parts that it tells apart */
function reduce(
  image: StateImage,
  choices: readonly Choice[],
  used: Map<Choice, Set<string>>,
): readonly Origin[] {
  return image.origins.flatMap(origin => {
    let left: Origin | undefined = origin
    for (const choice of choices) {
      if (choice.without(origin, image) === 'untouched') continue
      const parts = used.get(choice) ?? new Set()
      used.set(choice, parts.add(choice.wide?.part(origin, image) ?? ''))
      const remainder: Remainder = left === undefined ? undefined : choice.without(left, image)
      if (remainder !== 'untouched') left = remainder
    }
    return left === undefined ? [] : [left]
  })
}

function isLess(origins: readonly Origin[], image: StateImage): boolean {
  return origins.length !== image.origins.length || origins.some((origin, at) => origin !== image.origins[at])
}

function choiceNotes(
  { name, place, wide }: Choice,
  parts: ReadonlySet<string> | undefined,
): readonly string[] {
  if (parts === undefined) return [`${place}: nothing in the state is there for ${name}`]
  if (wide === undefined || parts.size < 2) return []
  const told = [...parts].slice(0, TOLD)
  if (parts.size > TOLD) told.push(`${parts.size - TOLD} more`)
  return [`${place}: ${name} ${wide.because}: all of it that is held is meant, ${told.join(', ')}`]
}

function graphNotes(path: string, hasGraph: boolean, left: Origin | undefined): readonly string[] {
  if (!hasGraph) return [`${path}: nothing in the state is there for the update graph data`]
  if (left?.kind !== 'release') return []
  return [`${path}: the update graph data stays: release ${left.version} needs it`]
}
