/**
 * What may be wanted besides image sets: mapping files, a release or a catalog named on the command line, deletes by file.
 * Each such input becomes wanted images, and from there on there is one way for all of them.
 */
import type { PlanInput } from '../../lib/plan/plan.ts'
import type { State } from '../../lib/state.ts'
import type { TargetChoice } from './choose-target.ts'
import type { CollectingPlaces } from './collect-releases.ts'
import type { WantedSet } from './wanted-images.ts'

/** What an input may ask. Documents of an archive that is imported are in `collecting.carried`. */
export interface WantedInputPlaces extends Omit<CollectingPlaces, 'choice'> {
  /** What counts as held at the target; undefined before the first apply. */
  readonly state: State | undefined
}

export interface WantedInput {
  /** Files it was read from. */
  readonly inputs: readonly PlanInput[]
  /** @throws ConfigError, PlanError naming everything that cannot be had, PlaceError */
  collect(choice: TargetChoice, places: WantedInputPlaces): Promise<WantedSet>
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

/** In the order given; the same image wanted twice stays twice, planning brings its origins together. */
export function joinWanted(sets: readonly WantedSet[]): WantedSet {
  return {
    images: sets.flatMap(({ images }) => images),
    inputs: sets.flatMap(({ inputs }) => inputs),
    selections: sets.flatMap(({ selections }) => selections),
    documents: sets.flatMap(({ documents }) => documents),
    incomplete: sets.flatMap(({ incomplete }) => incomplete),
    pins: sets.flatMap(({ pins }) => pins),
    notes: sets.flatMap(({ notes }) => notes),
  }
}
