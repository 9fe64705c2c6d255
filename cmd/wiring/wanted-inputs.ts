/**
 * What may be wanted besides image sets: mapping files, a release or a catalog named on the command line, deletes by file.
 * Each such input becomes wanted images, and from there on there is one way for all of them.
 */
import type { PlanInput } from '../../lib/plan/plan.ts'
import type { Sources } from '../../lib/provider.ts'
import type { State } from '../../lib/state.ts'
import { destinationKey } from '../../lib/target.ts'
import type { CollectingPlaces } from './content/collect-releases.ts'
import type { TargetChoice } from './target/choose-target.ts'
import type { WantedSet } from './wanted-images.ts'

/** What an input may ask. Documents of an archive that is imported are in `collecting.carried`. */
export interface WantedInputPlaces extends Omit<CollectingPlaces, 'choice'> {
  /** What counts as held at the target; undefined before the first apply. */
  readonly state: State | undefined
}

export interface WantedInput {
  /** Files it was read from. */
  readonly inputs: readonly PlanInput[]
  /** Where its images are read in place of where they are named: from a disk, as far as they are on it. */
  readonly sources?: ((named: Sources) => Sources) | undefined
  /** @throws ConfigError, PlanError naming everything that cannot be had, PlaceError */
  collect(choice: TargetChoice, places: WantedInputPlaces): Promise<WantedSet>
}

/** The sources of several inputs: each is asked in its order, what none has is read where it is named. */
export function sourcesOf(inputs: readonly WantedInput[], named: Sources): Sources {
  return inputs.reduceRight((sources, input) => input.sources?.(sources) ?? sources, named)
}

export const NOTHING_WANTED: WantedSet = {
  images: [],
  inputs: [],
  selections: [],
  documents: [],
  incomplete: [],
  pins: [],
  notes: [],
}

/**
 * In the order given; the same image wanted twice stays twice until it is planned (`joinPlaced`). What is missed at a place
 * that something else is wanted at does not stay there.
 */
export function joinWanted(sets: readonly WantedSet[]): WantedSet {
  const images = sets.flatMap(set => set.images)
  const taken = new Set(images.map(({ destination }) => destinationKey(destination)))
  return {
    images,
    stays: sets.flatMap(({ stays }) => stays ?? []).filter(each => !taken.has(destinationKey(each))),
    inputs: sets.flatMap(({ inputs }) => inputs),
    selections: sets.flatMap(({ selections }) => selections),
    documents: sets.flatMap(({ documents }) => documents),
    incomplete: sets.flatMap(({ incomplete }) => incomplete),
    pins: sets.flatMap(({ pins }) => pins),
    notes: sets.flatMap(({ notes }) => notes),
  }
}
